"""AWS's own Python runtime, ``awslambdaric``, with the paths of its tracebacks made AWS's."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import importlib.util
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType
from typing import Any

from lambdalab.runtime.child_process.inside.process_view import ProcessView
from lambdalab.runtime.shown_traceback import shown_frames

__all__ = ["preload", "prepare", "rehearse"]

# These read the environment's variables when imported: a fork imports them itself, from code read beforehand.
_LATE = ("awslambdaric.lambda_runtime_client", "awslambdaric.bootstrap")
_code: dict[str, tuple[ModuleSpec, CodeType]] = {}


def preload() -> None:
    """Import what can be, and read the code of what cannot.

    Raises
    ------
    ImportError
        The runtime is not installed.
    """
    importlib.import_module("awslambdaric")

    # Its library must be loaded late, as it reads the environment's variables then; what it needs can be there.
    with contextlib.suppress(OSError):
        ctypes.CDLL("libstdc++.so.6")
    for name in ("exception", "log_utils", "marshaller"):
        importlib.import_module(f"awslambdaric.lambda_runtime_{name}")
    for name in ("lambda_context", "lambda_literals"):
        importlib.import_module(f"awslambdaric.{name}")
    for name in _LATE:
        specification = importlib.util.find_spec(name)
        assert specification is not None
        assert isinstance(specification.loader, SourceFileLoader)
        code = specification.loader.get_code(name)
        assert code is not None
        _code[name] = specification, code


def rehearse() -> None:
    """Import for nothing what `prepare` will: a fork's pages are copied when they are first written to."""
    if not _code:
        return
    sys.modules["runtime_client"] = None  # type: ignore[assignment]  # its library is to be loaded later
    _import_late()
    for name in ("runtime_client", *_LATE):
        del sys.modules[name]


def _import_late() -> None:
    for name, (specification, code) in _code.items():
        module = sys.modules[name] = importlib.util.module_from_spec(specification)
        exec(code, vars(module))
        setattr(sys.modules["awslambdaric"], name.rpartition(".")[2], module)


def prepare(settings: dict[str, Any], view: ProcessView) -> Callable[[], None]:
    """What serves events until the process ends. Everything it needs is imported."""
    _import_late()
    import awslambdaric.bootstrap as bootstrap
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient

    class Client(LambdaRuntimeClient):  # type: ignore[misc]
        def wait_next_invocation(self) -> Any:
            event = super().wait_next_invocation()
            view.begin_phase()
            return event

    bootstrap.extract_traceback = lambda trace: shown_frames(trace, settings["runtime"])
    client = Client(settings["variables"]["AWS_LAMBDA_RUNTIME_API"])
    return lambda: bootstrap.run(settings["handler"], client)
