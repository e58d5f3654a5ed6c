"""The engine's own Python runtime over the Runtime API, where AWS's cannot be installed."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Callable
from typing import Any

from lambdalab.clock import MILLISECOND
from lambdalab.runtime.child_process.inside.process_view import ProcessView
from lambdalab.runtime.executor import InvokeRequest
from lambdalab.runtime.python_runtime import Failure, LogSink, PythonRuntime
from lambdalab.runtime.shown_traceback import shown_frames

__all__ = ["prepare"]

_API = "/2018-06-01/runtime"


class _RuntimeApiClient:
    """Asks for events and posts what came of them, on one connection."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address)

    def next_event(self) -> InvokeRequest:
        """Wait for an event."""
        headers, payload = self._exchange("GET", f"{_API}/invocation/next", None, {})
        return InvokeRequest(
            headers["Lambda-Runtime-Aws-Request-Id"],
            payload,
            int(headers["Lambda-Runtime-Deadline-Ms"]) * MILLISECOND,
            headers["Lambda-Runtime-Invoked-Function-Arn"],
            headers["Lambda-Runtime-Trace-Id"],
            headers.get("Lambda-Runtime-Client-Context"),
        )

    def post(self, path: str, body: bytes, error_type: str | None = None) -> None:
        """Post a result."""
        headers = {"Content-Type": "application/json"}
        if error_type is not None:
            headers["Lambda-Runtime-Function-Error-Type"] = error_type
        self._exchange("POST", f"{_API}/{path}", body, headers)

    def _exchange(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[Any, bytes]:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content.decode('utf-8', 'replace')}")
        return answer.headers, content


def prepare(settings: dict[str, Any], view: ProcessView) -> Callable[[], None]:
    """What serves events until the process ends. Everything it needs is imported."""
    return lambda: _serve(settings, view)


def _serve(settings: dict[str, Any], view: ProcessView) -> None:
    client = _RuntimeApiClient(settings["variables"]["AWS_LAMBDA_RUNTIME_API"])
    variables = settings["variables"]
    runtime = PythonRuntime(
        settings["runtime"],
        LogSink(sys.stdout.write),
        lambda trace: shown_frames(trace, settings["runtime"]),
        variables.get("AWS_LAMBDA_LOG_FORMAT") == "JSON",
        variables.get("AWS_LAMBDA_LOG_LEVEL"),
    )
    failure = runtime.start(settings["handler"])
    if failure is not None:
        client.post("init/error", failure.payload, failure.error_type)
        sys.exit(1)
    while True:
        request = client.next_event()
        view.begin_phase()
        result = runtime.handle(request)
        if isinstance(result, Failure):
            client.post(f"invocation/{request.request_id}/error", result.payload, result.error_type)
        else:
            client.post(f"invocation/{request.request_id}/response", result)
