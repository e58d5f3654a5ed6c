"""What runs a handler: the protocol the in-process and the child-process executors share.

An `Executor` makes a `Sandbox` for one execution environment. The life cycle above it
(`lambdalab.runtime.environment`) decides when to initialise, invoke, reset and shut down;
a sandbox only runs code and says what came of it. Both executors pass one behaviour suite,
``tests/lambdalab/runtime/behaviour``.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

__all__ = ["Connections", "Executor", "InitResult", "InvokeRequest", "InvokeResult", "Sandbox", "SandboxSpecification"]


@dataclass(frozen=True)
class SandboxSpecification:
    """Everything an execution environment is made from.

    Attributes
    ----------
    function_arn
        Unqualified ARN.
    version
        ``$LATEST`` or a number.
    handler, runtime
        As configured, such as ``lambda_function.lambda_handler`` and ``python3.12``.
    code
        The deployment package: bytes of a zip archive.
    layers
        Zip archives of the layers, in the order of the configuration.
    environment_variables
        All variables the process sees, the reserved ones included (behaviours §2.8), except
        ``AWS_LAMBDA_RUNTIME_API``, ``LAMBDA_TASK_ROOT``, ``LAMBDA_RUNTIME_DIR`` and ``TMPDIR``,
        which are the executor's.
    memory_mb, timeout_ns, ephemeral_storage_mb
        Limits as configured.
    log_format, application_log_level
        ``Text`` or ``JSON``; level for JSON logging, None for Text.
    """

    environment_id: str
    function_name: str
    function_arn: str
    version: str
    handler: str
    runtime: str
    code: bytes
    code_sha256: str
    environment_variables: Mapping[str, str]
    memory_mb: int
    timeout_ns: int
    ephemeral_storage_mb: int
    log_group: str
    log_stream: str
    layers: tuple[bytes, ...] = ()
    log_format: Literal["Text", "JSON"] = "Text"
    application_log_level: str | None = None


@dataclass(frozen=True)
class InvokeRequest:
    """One event for a sandbox.

    ``deadline_ns`` is the virtual instant at which the timeout strikes. ``client_context`` is the decoded
    JSON text or None. ``invoked_function_arn`` carries the qualifier the caller used, if any.
    """

    request_id: str
    payload: bytes
    deadline_ns: int
    invoked_function_arn: str
    trace_id: str
    client_context: str | None = None


@dataclass(frozen=True)
class InitResult:
    """What came of INIT.

    ``outcome`` "error" means user code raised or the handler is missing; "exit" that the process ended; "timeout" that
    the init limit struck. ``payload`` is the error object (bytes of JSON) as an invocation would return it, None on
    success.
    ``log`` is what the code wrote, in order.
    """

    outcome: Literal["success", "error", "timeout", "exit"]
    payload: bytes | None = None
    error_type: str | None = None
    log: str = ""


@dataclass(frozen=True)
class InvokeResult:
    """What came of INVOKE. ``payload`` is the return value or the error object, bytes of JSON.

    After "timeout" and "exit" the process is gone: the sandbox needs `Sandbox.initialize` again.
    ``max_memory_mb`` is modelled in process and measured in the child executor.
    """

    outcome: Literal["success", "error", "timeout", "exit"]
    payload: bytes
    max_memory_mb: int
    error_type: str | None = None
    error_message: str | None = None
    log: str = ""
    warnings: tuple[str, ...] = field(default=())


class Sandbox(Protocol):
    """The process (or what stands for it) of one execution environment. Its ``/tmp`` outlives resets."""

    def initialize(self, limit_ns: int) -> InitResult:
        """Run the static code, at most `limit_ns` of virtual time. The clock moves by what it took."""

    def invoke(self, request: InvokeRequest) -> InvokeResult:
        """Hand one event to the handler. The clock moves by what it took, at most to ``request.deadline_ns``."""

    def reset(self) -> None:
        """End the process after a crash or timeout; keep ``/tmp``."""

    def shutdown(self) -> None:
        """End the process and remove ``/tmp``. Safe to call twice."""


class Connections(Protocol):
    """Where connections of a handler that are no AWS calls lead to."""

    def concerns_caller(self) -> bool:
        """Whether the handler that runs is attached to a VPC."""

    def connect(self, host: str, port: int, timeout: float | None) -> Any | None:
        """What stands for the connected socket, or None: the machine's own network is to be used."""


class Executor(Protocol):
    """Makes sandboxes."""

    name: str

    def create(self, specification: SandboxSpecification) -> Sandbox:
        """A sandbox for a new execution environment; no user code has run yet."""

    def outside(self) -> AbstractContextManager[None]:
        """Leave the handler that runs in this interpreter, if one does, to answer an AWS call it made.

        Inside, files, clocks, modules and streams are this program's own. At the end the handler goes on,
        or ends when the clock has reached its deadline meanwhile.
        """

    def close(self) -> None:
        """End every process the executor started."""
