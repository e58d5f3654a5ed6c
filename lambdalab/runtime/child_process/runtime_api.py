"""The Runtime API, version 2018-06-01, seen from the service's side.

A runtime asks for the next event, posts a response or an error for it, and asks again; when
its initialisation fails, it posts that instead. This is the state of that conversation; `listener` carries it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from lambdalab.clock import MILLISECOND
from lambdalab.runtime.child_process.http_message import Request
from lambdalab.runtime.child_process.listener import Connection
from lambdalab.runtime.executor import InvokeRequest

__all__ = ["Posted", "RuntimeApi"]

_PREFIX = "/2018-06-01/runtime/"
_JSON = [("Content-Type", "application/json")]
_UNSUPPORTED = ("/2020-01-01/extension/", "/2020-08-15/logs", "/2022-07-01/telemetry", _PREFIX + "restore/")


@dataclass(frozen=True, slots=True)
class Posted:
    """What the runtime posted: a response, an error, or the failure of its initialisation."""

    kind: Literal["response", "error", "init error"]
    body: bytes
    error_type: str | None = None


class RuntimeApi:
    """The conversation with one process.

    Attributes
    ----------
    state
        "init" until the first request for an event; "ready" while the runtime waits for one; "invoking" from its
        delivery to the post of its result; "posted" until the runtime asks for the next; "failed" after an init error.
    posted
        Result of the current event (or of INIT), None until there is one.
    """

    def __init__(self) -> None:
        self.state: Literal["init", "ready", "invoking", "posted", "failed"] = "init"
        self.posted: Posted | None = None
        self._event: InvokeRequest | None = None
        self._waiting: list[Connection] = []

    @staticmethod
    def concerns(request: Request) -> bool:
        """Whether a request is for this API, and not for an AWS service."""
        return request.path.startswith((_PREFIX, *_UNSUPPORTED)) and request.header("authorization") is None

    def deliver(self, event: InvokeRequest) -> None:
        """Hand over an event; the runtime must be "ready"."""
        self._event, self.posted, self.state = event, None, "invoking"
        self._hand_over()

    def answer(self, connection: Connection, request: Request) -> None:
        """Answer one request of the runtime."""
        words = request.path.removeprefix(_PREFIX).split("/")
        if request.path.startswith(_UNSUPPORTED):
            _refuse(connection, 404, "NotEmulated", f"{request.path} is not emulated")
        elif request.method == "GET" and words == ["invocation", "next"]:
            self._next(connection)
        elif request.method == "POST" and words == ["init", "error"]:
            self._init_error(connection, request)
        elif (
            request.method == "POST"
            and len(words) == 3
            and words[0] == "invocation"
            and words[2] in ("response", "error")
        ):
            self._result(connection, request, words[1], words[2] == "error")
        else:
            _refuse(connection, 404, "NotFound", f"there is no {request.method} {request.path}")

    def _next(self, connection: Connection) -> None:
        if self.state == "failed":
            _refuse(connection, 403, "InvalidStateTransition", "Initialisation has failed")
            return
        if self.state == "invoking" and self._event is None:
            _refuse(connection, 403, "InvalidStateTransition", "The event in hand has no response yet")
            return
        self._waiting.append(connection)
        if self.state == "invoking":
            self._hand_over()
        else:
            self.state = "ready"

    def _hand_over(self) -> None:
        """Send the event to the runtime, when it has asked; a connection closed meanwhile does not count."""
        self._waiting = [connection for connection in self._waiting if connection.is_there()]
        if self._waiting and self._event is not None:
            event, self._event = self._event, None
            self._in_hand = event.request_id
            headers = [
                *_JSON,
                ("Lambda-Runtime-Aws-Request-Id", event.request_id),
                ("Lambda-Runtime-Deadline-Ms", str(event.deadline_ns // MILLISECOND)),
                ("Lambda-Runtime-Invoked-Function-Arn", event.invoked_function_arn),
                ("Lambda-Runtime-Trace-Id", event.trace_id),
            ]
            if event.client_context is not None:
                headers.append(("Lambda-Runtime-Client-Context", _one_line(event.client_context)))
            self._waiting.pop(0).answer(200, event.payload, headers)

    def _result(self, connection: Connection, request: Request, request_id: str, is_error: bool) -> None:
        if self.state not in ("invoking", "posted") or self._event is not None or request_id != self._in_hand:
            _refuse(connection, 400, "InvalidRequestID", "Invalid request ID")
        elif self.state == "posted":
            _refuse(connection, 403, "InvalidStateTransition", "This event has its response already")
        else:
            error_type = request.header("lambda-runtime-function-error-type")
            self.posted = Posted("error" if is_error else "response", request.body, error_type)
            self.state = "posted"
            _accept(connection)

    def _init_error(self, connection: Connection, request: Request) -> None:
        if self.state != "init":
            _refuse(connection, 403, "InvalidStateTransition", "Initialisation is over")
            return
        self.posted = Posted("init error", request.body, request.header("lambda-runtime-function-error-type"))
        self.state = "failed"
        _accept(connection)

    _in_hand: str | None = None


def _one_line(client_context: str) -> str:
    """The client context as a header can hold it: JSON says everything in one line of ASCII."""
    try:
        return json.dumps(json.loads(client_context))
    except ValueError:  # the runtime is to see, and to say, that it is none
        return " ".join(client_context.split())


def _accept(connection: Connection) -> None:
    connection.answer(202, b'{"status":"OK"}\n', _JSON)


def _refuse(connection: Connection, status: int, error_type: str, message: str) -> None:
    connection.answer(status, json.dumps({"errorMessage": message, "errorType": error_type}).encode(), _JSON)
