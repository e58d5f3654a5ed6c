"""An invocation as the Lambda API hands it over, its answer, and who carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from lambdalab.functions.function import Function

__all__ = ["Invocation", "InvocationAnswer", "Invoker"]


@dataclass(frozen=True)
class Invocation:
    """A request to run a function, checked for size and form.

    Attributes
    ----------
    function
        The function; it has `qualifier`.
    qualifier
        ``$LATEST``, a version number or an alias; None when the caller named none.
    payload
        Bytes of JSON.
    invocation_type
        As in the header ``X-Amz-Invocation-Type``.
    log_tail
        Whether the last 4 KB of the log were asked for.
    client_context
        Decoded JSON text of ``X-Amz-Client-Context``, or None.
    """

    function: Function
    qualifier: str | None
    payload: bytes
    invocation_type: Literal["RequestResponse", "Event", "DryRun"]
    log_tail: bool
    client_context: str | None


@dataclass(frozen=True)
class InvocationAnswer:
    """What the caller gets.

    Attributes
    ----------
    status
        HTTP status: 200, 202 or 204.
    payload
        The return value or the error object, bytes of JSON; b"" unless synchronous.
    executed_version
        ``$LATEST`` or a number; None unless synchronous.
    function_error
        Value of ``X-Amz-Function-Error``, None on success.
    log_result
        The last 4 KB of the log, not yet Base64; None unless asked for.
    request_id
        The invocation's request id; the header ``x-amzn-RequestId`` and the handler's context carry it.
    """

    status: int
    payload: bytes
    executed_version: str | None
    function_error: str | None
    log_result: bytes | None
    request_id: str = ""


class Invoker(Protocol):
    """Carries invocations out."""

    def invoke(self, invocation: Invocation) -> InvocationAnswer:
        """Run or queue the function.

        Raises
        ------
        lambdalab.errors.AwsError
            The code was not run: throttled, not ready, not allowed.
        """

    def code_changed(self, function: Function, number: str) -> None:
        """Version `number` has new code or configuration: retire the environments of the old."""

    def function_deleted(self, function: Function) -> None:
        """The function is gone with its environments, queue entries and settings."""
