"""Connections handlers make with Python's own modules: ``socket.create_connection``, ``http.client``, ``urllib``."""

from __future__ import annotations

from typing import Any

from lambdalab.errors import NotEmulatedError
from lambdalab.network.calls import NameNotResolved
from lambdalab.runtime.executor import Connections
from lambdalab.runtime.in_process.presence import here, outside

__all__ = ["HandlerConnections"]

_DEFAULT = object()


class HandlerConnections:
    """Puts itself before the ways out while an executor is in use. Only code of a process is concerned."""

    def __init__(self, connections: Connections) -> None:
        import socket

        self._socket: Any = socket
        self._connections = connections
        self._real_create = socket.create_connection
        self._real_connect = socket.socket.connect
        self._real_wrap: Any = None

    def install(self) -> None:
        """Replace the functions."""
        socket = self._socket
        vars(socket)["create_connection"] = self._create_connection
        connections, real_connect = self._connections, self._real_connect

        def connect(sock: Any, address: Any) -> None:
            if here() is not None and sock.family != getattr(socket, "AF_UNIX", None) and connections.concerns_caller():
                raise NotEmulatedError(
                    f"connect() of a bare socket to {address} in a VPC; use socket.create_connection, http.client, "
                    "urllib.request or boto3"
                )
            real_connect(sock, address)

        setattr(socket.socket, "connect", connect)  # noqa: B010 - mypy holds methods for constant
        try:
            import ssl
        except ImportError:  # some browsers' Python has none
            return
        self._real_wrap = real_wrap = ssl.SSLContext.wrap_socket

        def wrap_socket(context: Any, sock: Any, *arguments: Any, **keywords: Any) -> Any:
            # A pretend host's connection is no socket; nobody listens who must not.
            if not isinstance(sock, socket.socket) and here() is not None:
                return sock
            return real_wrap(context, sock, *arguments, **keywords)

        setattr(ssl.SSLContext, "wrap_socket", wrap_socket)  # noqa: B010

    def uninstall(self) -> None:
        """Put the real ones back."""
        socket = self._socket
        vars(socket)["create_connection"] = self._real_create
        if "connect" in vars(socket.socket):
            del socket.socket.connect
        if self._real_wrap is not None:
            import ssl

            setattr(ssl.SSLContext, "wrap_socket", self._real_wrap)  # noqa: B010

    def _create_connection(self, address: Any, timeout: Any = _DEFAULT, *arguments: Any, **keywords: Any) -> Any:
        if here() is None:
            return self._real(address, timeout, *arguments, **keywords)
        seconds = timeout if isinstance(timeout, int | float) else self._socket.getdefaulttimeout()
        failure: Exception | None = None
        made: Any = None
        with outside():
            try:
                made = self._connections.connect(str(address[0]), int(address[1]), seconds)
            except NameNotResolved:
                failure = self._socket.gaierror(-2, "Name or service not known")
            except (OSError, NotEmulatedError) as error:
                failure = error  # raised below: a deadline that has passed meanwhile ends the handler first
        if failure is not None:
            raise failure
        if made is None:
            return self._real(address, timeout, *arguments, **keywords)
        return made

    def _real(self, address: Any, timeout: Any, *arguments: Any, **keywords: Any) -> Any:
        if timeout is _DEFAULT:
            return self._real_create(address, *arguments, **keywords)
        return self._real_create(address, timeout, *arguments, **keywords)
