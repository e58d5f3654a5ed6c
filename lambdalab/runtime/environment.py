"""The life cycle of an execution environment: INIT, INVOKE, freeze, reset, SHUTDOWN.

Behaviours §2. The sandbox underneath runs the code; this room decides what happens around it,
writes the platform's log lines and records the phases on the timeline.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Literal

from lambdalab import quotas
from lambdalab.clock import MILLISECOND, SECOND, Clock
from lambdalab.runtime.executor import InitResult, InvokeRequest, InvokeResult, Sandbox, SandboxSpecification
from lambdalab.timeline import (
    Attempt,
    EnvironmentCreated,
    EnvironmentReset,
    EnvironmentShutdown,
    Init,
    InvocationType,
    LogLine,
    Timeline,
)

__all__ = ["EnvironmentAnswer", "ExecutionEnvironment"]


@dataclass(frozen=True, slots=True)
class EnvironmentAnswer:
    """What an invocation in an environment came to.

    ``payload`` is the return value or the error object; ``failed`` tells which.
    ``log`` holds START to REPORT, as ``LogType=Tail`` shows it.
    """

    payload: bytes
    failed: bool
    log: str


class ExecutionEnvironment:
    """One execution environment of one function version; serves one event at a time.

    Attributes
    ----------
    busy_until_ns
        Virtual instant at which the last invocation ends; idle (frozen) from then on.
    """

    def __init__(
        self,
        specification: SandboxSpecification,
        sandbox: Sandbox,
        clock: Clock,
        timeline: Timeline,
        initialization_type: str = "on-demand",
    ) -> None:
        self.specification = specification
        self.environment_id = specification.environment_id
        self.busy_until_ns = clock.time_ns
        self._sandbox = sandbox
        self._clock = clock
        self._timeline = timeline
        self._state: Literal["new", "ready", "reset", "gone"] = "new"
        self._tail: list[str] = []  # the log since START
        timeline.record(
            EnvironmentCreated(
                clock.time_ns,
                specification.function_arn,
                specification.environment_id,
                specification.version,
                initialization_type,
            )
        )

    def invoke(self, request: InvokeRequest, invocation_type: InvocationType, attempt: int) -> EnvironmentAnswer:
        """Run one event, with INIT before it when the environment is new.

        The clock moves to the end of the invocation. ``request.deadline_ns`` is ignored here: the deadline is
        the configured timeout after the end of INIT.
        """
        init_ns = self._initialize(request.request_id) if self._state == "new" else 0
        started_ns = self._clock.time_ns
        deadline_ns = started_ns + self.specification.timeout_ns
        self._tail.clear()
        self._log(request.request_id, f"START RequestId: {request.request_id} Version: {self.specification.version}")
        result = self._suppressed_init(request) if self._state == "reset" else None
        if result is None:
            result = self._sandbox.invoke(
                InvokeRequest(
                    request.request_id,
                    request.payload,
                    deadline_ns,
                    request.invoked_function_arn,
                    request.trace_id,
                    request.client_context,
                )
            )
        self._clock.time_ns = min(self._clock.time_ns, deadline_ns)
        if result.outcome == "success" and len(result.payload) > quotas.PAYLOAD_SYNCHRONOUS_RESPONSE:
            result = _response_too_large(result)
        for line in _lines(result.log):
            self._log(request.request_id, line)
        ended_ns = self._clock.time_ns
        billed_ms = math.ceil((ended_ns - started_ns + init_ns) / MILLISECOND)
        report = self._report(request.request_id, ended_ns - started_ns, billed_ms, init_ns, result)
        self._log(request.request_id, f"END RequestId: {request.request_id}")
        self._log(request.request_id, report)
        self._timeline.record(
            Attempt(
                started_ns,
                self.specification.function_arn,
                request.request_id,
                invocation_type,
                attempt,
                self.environment_id,
                self.specification.version,
                ended_ns,
                result.outcome,
                result.error_type,
                result.error_message,
                init_ns,
                billed_ms,
                self.specification.memory_mb,
                result.max_memory_mb,
            )
        )
        self.busy_until_ns = ended_ns
        if result.outcome in ("timeout", "exit") and self._state == "ready":
            self._reset("timeout" if result.outcome == "timeout" else "runtime exited")
        return EnvironmentAnswer(result.payload, result.outcome != "success", "\n".join([*self._tail, ""]))

    def shut_down(self, reason: str) -> None:
        """SHUTDOWN; nothing happens when the environment is gone already."""
        if self._state != "gone":
            self._state = "gone"
            self._sandbox.shutdown()
            self._timeline.record(
                EnvironmentShutdown(self._clock.time_ns, self.specification.function_arn, self.environment_id, reason)
            )

    def _initialize(self, request_id: str) -> int:
        """The INIT phase of a new environment; its virtual duration. A failure is repeated inside INVOKE."""
        started_ns = self._clock.time_ns
        limit_ns = quotas.INIT_LIMIT * SECOND
        result = self._sandbox.initialize(limit_ns)
        self._clock.time_ns = min(self._clock.time_ns, started_ns + limit_ns)
        duration_ns = self._clock.time_ns - started_ns
        self._record_init(started_ns, result, suppressed=False)
        for line in _lines(result.log):
            self._log(request_id, line)
        if result.outcome == "success":
            self._state = "ready"
            return duration_ns
        status = "timeout" if result.outcome == "timeout" else "error"
        error_type = f"\tError Type: {result.error_type}" if status == "error" else ""
        self._log(
            request_id,
            f"INIT_REPORT Init Duration: {_milliseconds(duration_ns)} ms\tPhase: init\tStatus: {status}{error_type}",
        )
        self._reset(f"init {status}")
        return 0

    def _suppressed_init(self, request: InvokeRequest) -> InvokeResult | None:
        """INIT again, silently, within the invocation's own time. None when it succeeded."""
        started_ns = self._clock.time_ns
        result = self._sandbox.initialize(self.specification.timeout_ns)
        self._clock.time_ns = min(self._clock.time_ns, started_ns + self.specification.timeout_ns)
        self._record_init(started_ns, result, suppressed=True)
        if result.outcome == "success":
            self._state = "ready"
            for line in _lines(result.log):
                self._log(request.request_id, line)
            return None
        payload, error_type, message = _init_error(result, request.request_id, self.specification.timeout_ns)
        self._sandbox.reset()
        return InvokeResult(result.outcome, payload, 0, error_type, message, result.log)

    def _reset(self, reason: str) -> None:
        self._state = "reset"
        self._sandbox.reset()
        self._timeline.record(
            EnvironmentReset(self._clock.time_ns, self.specification.function_arn, self.environment_id, reason)
        )

    def _record_init(self, started_ns: int, result: InitResult, suppressed: bool) -> None:
        self._timeline.record(
            Init(
                started_ns,
                self.specification.function_arn,
                self.environment_id,
                self._clock.time_ns,
                result.outcome,
                suppressed,
            )
        )

    def _report(self, request_id: str, duration_ns: int, billed_ms: int, init_ns: int, result: InvokeResult) -> str:
        """The REPORT line, behaviours §1.2."""
        parts = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {_milliseconds(duration_ns)} ms",
            f"Billed Duration: {billed_ms} ms",
            f"Memory Size: {self.specification.memory_mb} MB",
            f"Max Memory Used: {min(result.max_memory_mb, self.specification.memory_mb)} MB",
        ]
        if init_ns:
            parts.append(f"Init Duration: {_milliseconds(init_ns)} ms")
        if result.outcome == "timeout":
            parts.append("Status: timeout")
        elif result.outcome == "exit":
            parts.append(f"Status: error\tError Type: {result.error_type}")
        return "\t".join([*parts, ""])

    def _log(self, request_id: str, text: str) -> None:
        specification = self.specification
        self._tail.append(text)
        self._timeline.record(
            LogLine(
                self._clock.time_ns,
                specification.function_arn,
                request_id,
                self.environment_id,
                specification.log_group,
                specification.log_stream,
                text,
            )
        )


def _lines(log: str) -> list[str]:
    """The lines of a log. Only a line feed ends one: error reports hold carriage returns inside a line."""
    return log.removesuffix("\n").split("\n") if log else []


def _milliseconds(duration_ns: int) -> str:
    return f"{duration_ns / MILLISECOND:.2f}"


def _response_too_large(result: InvokeResult) -> InvokeResult:
    message = (
        f"Response payload size exceeded maximum allowed payload size ({quotas.PAYLOAD_SYNCHRONOUS_RESPONSE} bytes)."
    )
    error_type = "Function.ResponseSizeTooLarge"
    payload = json.dumps({"errorMessage": message, "errorType": error_type}).encode()
    return InvokeResult("error", payload, result.max_memory_mb, error_type, message, result.log, result.warnings)


def _init_error(result: InitResult, request_id: str, timeout_ns: int) -> tuple[bytes, str, str]:
    """The error object of an INIT that failed inside an invocation, with the error's type and message."""
    if result.outcome == "error" and result.payload is not None:
        error = json.loads(result.payload)
        return result.payload, result.error_type or error.get("errorType", ""), error.get("errorMessage", "")
    if result.outcome == "timeout":
        error_type = "Sandbox.Timedout"
        message = f"RequestId: {request_id} Error: Task timed out after {timeout_ns / SECOND:.2f} seconds"
    else:
        error_type = result.error_type or "Runtime.ExitError"
        reason = json.loads(result.payload).get("errorMessage", "") if result.payload else ""
        reason = reason.partition("Error: ")[2] or reason or "Runtime exited without providing a reason"
        message = f"RequestId: {request_id} Error: {reason}"
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode(), error_type, message
