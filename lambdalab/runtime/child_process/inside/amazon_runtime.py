"""AWS's own Python runtime, ``awslambdaric``, with the paths of its tracebacks made AWS's."""

from __future__ import annotations

from typing import Any

from lambdalab.runtime.child_process.inside.process_view import ProcessView
from lambdalab.runtime.child_process.inside.stack import frames

__all__ = ["run"]


def run(settings: dict[str, Any], view: ProcessView) -> None:
    """Serve events until the process ends."""
    # Imported now: it reads the environment's variables when imported.
    import awslambdaric.bootstrap as bootstrap
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient

    class Client(LambdaRuntimeClient):  # type: ignore[misc]
        def wait_next_invocation(self) -> Any:
            event = super().wait_next_invocation()
            view.begin_phase()
            return event

    bootstrap.extract_traceback = lambda trace: frames(trace, settings["runtime"])
    bootstrap.run(settings["handler"], Client(settings["variables"]["AWS_LAMBDA_RUNTIME_API"]))
