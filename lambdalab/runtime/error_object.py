"""The error objects the service itself makes, when the runtime had no chance to (behaviours §1.1).

Those a runtime makes from an exception are `lambdalab.runtime.python_runtime`'s.
"""

from __future__ import annotations

import json

from lambdalab.clock import SECOND

__all__ = ["EXIT_ERROR", "TIMED_OUT", "error_object", "exit_reason", "timeout_reason"]

EXIT_ERROR = "Runtime.ExitError"
TIMED_OUT = "Sandbox.Timedout"


def error_object(error_type: str, request_id: str, reason: str) -> tuple[bytes, str]:
    """The error object and its message, which names the request.

    >>> error_object("Runtime.ExitError", "1-2", "Runtime exited without providing a reason")[1]
    'RequestId: 1-2 Error: Runtime exited without providing a reason'
    """
    message = f"RequestId: {request_id} Error: {reason}"
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode(), message


def exit_reason(status: int, signal_words: str | None = None) -> str:
    """Why the process is gone, as AWS says it.

    Parameters
    ----------
    status
        Exit status, 0 to 255.
    signal_words
        What a signal that ended it is called, such as "killed".
    """
    if signal_words is not None:
        return f"Runtime exited with error: signal: {signal_words}"
    if status == 0:
        return "Runtime exited without providing a reason"
    return f"Runtime exited with error: exit status {status}"


def timeout_reason(timeout_ns: int) -> str:
    """The sentence for a timeout; `timeout_ns` is the configured one.

    >>> timeout_reason(3_000_000_000)
    'Task timed out after 3.00 seconds'
    """
    return f"Task timed out after {timeout_ns / SECOND:.2f} seconds"
