"""The SDK's calls from inside a VPC: whose operation they are, how long they try to connect, and what stops them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from lambdalab.network.calls import HandlerCalls
from lambdalab.network.path import Obstacle

__all__ = ["SdkCalls"]

DEFAULT_CONNECT_TIMEOUT = 60.0
"""Seconds botocore tries to connect unless it is told otherwise."""


class SdkCalls:
    """Notes operation and connect timeout while botocore sends, where the request itself does not tell.

    Parameters
    ----------
    calls
        Judges the running handler's calls.
    """

    def __init__(self, calls: Callable[[], HandlerCalls]) -> None:
        self._calls = calls
        self._noted = threading.local()
        self._undo: Callable[[], None] | None = None

    def install(self) -> None:
        """Look over botocore's shoulder."""
        from botocore.endpoint import Endpoint

        real = Endpoint._do_get_response
        calls = self

        def noting(endpoint: Any, request: Any, operation_model: Any, *rest: Any) -> Any:
            if not calls._calls().concerns_caller():
                return real(endpoint, request, operation_model, *rest)
            action = f"{operation_model.service_model.signing_name}:{operation_model.name}"
            timeout = getattr(endpoint.http_session, "_timeout", None)
            seconds = DEFAULT_CONNECT_TIMEOUT if timeout is None else timeout.connect_timeout
            calls._noted.call = action, seconds
            try:
                return real(endpoint, request, operation_model, *rest)
            finally:
                del calls._noted.call

        Endpoint._do_get_response = noting
        self._undo = lambda: setattr(Endpoint, "_do_get_response", real)

    def uninstall(self) -> None:
        """Let botocore be."""
        if self._undo is not None:
            self._undo()
            self._undo = None

    def gate(self, request: Any) -> Obstacle | None:
        """What stops a prepared request; None for nothing."""
        if not self._calls().concerns_caller():
            return None
        action, timeout = getattr(self._noted, "call", (None, DEFAULT_CONNECT_TIMEOUT))
        return self._calls().to_service(urlsplit(request.url).hostname or "", action, timeout)
