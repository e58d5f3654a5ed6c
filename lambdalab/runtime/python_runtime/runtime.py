"""A Python runtime that behaves like AWS's: finds the handler, calls it, reports what came of it."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from lambdalab.clock import MILLISECOND
from lambdalab.runtime.executor import InvokeRequest
from lambdalab.runtime.python_runtime.context import LambdaContext, client_context
from lambdalab.runtime.python_runtime.fault import RuntimeFault
from lambdalab.runtime.python_runtime.function_log import (
    UNHANDLED_AT_INIT,
    FunctionLogHandler,
    LogSink,
    error_lines,
    level_from_configuration,
)
from lambdalab.runtime.python_runtime.marshaller import Marshaller

__all__ = ["Failure", "Frame", "PythonRuntime", "find_handler"]

Frame = tuple[str, int | None, str, str]
"""File, line number, function, source line."""


@dataclass(frozen=True)
class Failure:
    """An error object, encoded, with the two of its members that matter further up."""

    payload: bytes
    error_type: str
    message: str


class PythonRuntime:
    """The part of the process that is not the user's.

    Everything here is called inside the environment: ``os.environ``, ``sys.path`` and the root logger
    are the function's.

    Parameters
    ----------
    runtime
        Configured runtime, such as ``python3.12``.
    sink
        Receives log text.
    frames
        Turns a traceback into the frames a reader on AWS would see.
    as_json, level
        Log format and application log level.
    """

    def __init__(
        self,
        runtime: str,
        sink: LogSink,
        frames: Callable[[TracebackType | None], list[Frame]],
        as_json: bool = False,
        level: str | None = None,
    ) -> None:
        self._marshaller = Marshaller(runtime)
        self._sink = sink
        self._frames = frames
        self._as_json = as_json
        self._level = level_from_configuration(level)
        self._log_handler = FunctionLogHandler(sink, as_json)
        # The frame of AWS's runtime (4.2.2) that calls the handler: shown when the call itself fails.
        self._call: Frame = (
            f"/var/lang/lib/{runtime}/site-packages/awslambdaric/bootstrap.py",
            178,
            "handle_event_request",
            "response = request_handler(event, lambda_context)",
        )
        self._handler: Callable[[Any, Any], Any] | None = None

    def start(self, handler: str) -> Failure | None:
        """Set up logging and import the handler; the failure when that fails."""
        root = logging.getLogger()
        if self._level in logging.getLevelNamesMapping():
            root.setLevel(self._level or "")
        root.addHandler(self._log_handler)
        try:
            self._handler = find_handler(handler)
        except RuntimeFault as fault:
            error = _error_object(fault.message, fault.error_type, fault.stack_trace, "")
        except Exception as raised:
            error = self._error_of(raised, "")
        else:
            return None
        logging.warning(UNHANDLED_AT_INIT)
        return self._report(error)

    def handle(self, request: InvokeRequest) -> bytes | Failure:
        """Call the handler with one event: the payload of the response, or the failure.

        Whatever this raises ends the process: exceptions that are not an `Exception`, and text that
        cannot be sent as UTF-8.
        """
        self._log_handler.request_id = request.request_id
        os.environ["_X_AMZN_TRACE_ID"] = request.trace_id
        assert self._handler is not None
        try:
            context = LambdaContext(
                request.request_id,
                client_context(request.client_context),
                request.deadline_ns // MILLISECOND,
                request.invoked_function_arn,
            )
            event = self._marshaller.event(request.payload)
            response = self._marshaller.response(self._handler(event, context))
        except RuntimeFault as fault:
            return self._report(_error_object(fault.message, fault.error_type, fault.stack_trace, request.request_id))
        except Exception as raised:
            return self._report(self._error_of(raised, request.request_id))
        return response if isinstance(response, bytes) else response.encode()

    def _error_of(self, raised: BaseException, request_id: str) -> dict[str, Any]:
        frames = self._frames(raised.__traceback__) or [self._call]
        return _error_object(str(raised), type(raised).__name__, [_frame_text(frame) for frame in frames], request_id)

    def _report(self, error: dict[str, Any]) -> Failure:
        self._sink.log_error(error_lines(error, self._marshaller.encode, self._as_json))
        payload = self._marshaller.encode(error).encode()
        return Failure(payload, error["errorType"], error["errorMessage"])


def find_handler(handler: str) -> Callable[[Any, Any], Any]:
    """Import the module of a handler such as ``module.function`` and look the function up.

    Raises
    ------
    RuntimeFault
        In AWS's words, when the name, the import or the look-up fails. Other exceptions of the module come through.
    """
    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError as error:
        raise RuntimeFault("Runtime.MalformedHandlerName", f"Bad handler '{handler}': {error}") from error
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise RuntimeFault("Runtime.BuiltInModuleConflict", message)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise RuntimeFault("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        where = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        message = f"Syntax error in module '{module_name}': {error}"
        raise RuntimeFault("Runtime.UserCodeSyntaxError", message, [where]) from error
    try:
        found: Callable[[Any, Any], Any] = getattr(module, function_name)
    except AttributeError as error:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise RuntimeFault("Runtime.HandlerNotFound", message) from error
    return found


def _error_object(message: str, error_type: str, stack_trace: list[str] | None, request_id: str) -> dict[str, Any]:
    return {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": stack_trace or []}


def _frame_text(frame: Frame) -> str:
    file, line_number, function, line = frame
    text = f'  File "{file}", line {line_number}, in {function}\n'
    return f"{text}    {line.strip()}\n" if line else text
