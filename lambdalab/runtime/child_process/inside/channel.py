"""Requests to the engine for what AWS has no API for: the passing of virtual time.

One connection per thread, so that threads can wait side by side.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from typing import Any

__all__ = ["PATH_PREFIX", "Channel", "of_thread", "open_to"]

PATH_PREFIX = "/.lambdalab/"

_address: tuple[str, int] | None = None
_channels = threading.local()


class Channel:
    """One connection; requests on it are answered in order."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def send(self, action: str, **arguments: Any) -> None:
        """Send a request and do not wait."""
        body = json.dumps(arguments).encode()
        head = f"POST {PATH_PREFIX}{action} HTTP/1.1\r\nHost: engine\r\nContent-Length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body)

    def receive(self) -> None:
        """Wait for one answer; none has a body."""
        while b"\r\n\r\n" not in self._received:
            received = self.socket.recv(4096)
            if not received:
                raise ConnectionError("the engine has closed the connection")
            self._received += received
        self._received = self._received.partition(b"\r\n\r\n")[2]

    def end_nap(self, called_off: bool) -> None:
        """Take the answer to a ``doze`` that was sent; call it off first, unless it has come by itself."""
        if called_off:
            self.send("wake")
            self.receive()
        self.receive()

    def ask(self, action: str, **arguments: Any) -> None:
        """Send a request and wait for its answer."""
        self.send(action, **arguments)
        self.receive()


def open_to(address: str) -> None:
    """Set the engine's address, ``host:port``."""
    global _address
    host, _, port = address.partition(":")
    _address = host, int(port)
    _forget()


def of_thread() -> Channel | None:
    """The calling thread's connection; None in a process that belongs to no environment."""
    channel: Channel | None = getattr(_channels, "channel", None)
    if channel is None and _address is not None:
        channel = _channels.channel = Channel(_address)
    return channel


def _forget() -> None:
    """A forked process must not share a connection with its parent."""
    global _channels
    _channels = threading.local()


os.register_at_fork(after_in_child=_forget)
