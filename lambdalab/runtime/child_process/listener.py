"""The loopback socket of one execution environment, served by whoever waits on it; no thread of its own."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Iterable

from lambdalab.runtime.child_process.http_message import MalformedRequest, Request, RequestParser, response_bytes

__all__ = ["Connection", "Listener"]

CONNECTIONS_MAX = 128
_READ = 256 * 1024
_READABLE = select.POLLIN | select.POLLHUP | select.POLLERR | select.POLLNVAL


class Connection:
    """One connection from the process. Nothing here blocks: what the process does not read waits in a buffer.

    Parameters
    ----------
    accepted
        The socket.
    on_change
        Called when the connection was closed or its buffer filled or emptied.
    """

    def __init__(self, accepted: socket.socket, on_change: Callable[[Connection], None]) -> None:
        accepted.setblocking(False)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.descriptor = accepted.fileno()
        self.parser = RequestParser()
        self.outgoing = bytearray()
        self.open = True
        self.ending = False
        self._socket = accepted
        self._on_change = on_change

    def answer(
        self, status: int, body: bytes, headers: Iterable[tuple[str, str]] = (), content_length: int | None = None
    ) -> None:
        """Send a response, as far as the process reads."""
        self.respond(response_bytes(status, body, headers, content_length))

    def respond(self, response: bytes) -> None:
        """Send a complete response; the last one of a connection that is to be closed closes it."""
        self.send(response)
        if self.ending and not self.outgoing:
            self.close()

    def send(self, outgoing: bytes) -> None:
        """Send bytes, as far as the process reads."""
        if self.open:
            self.outgoing += outgoing
            self.flush()
            if self.outgoing:
                self._on_change(self)

    def flush(self) -> None:
        """Send what waits."""
        try:
            while self.outgoing:
                sent = self._socket.send(self.outgoing)
                del self.outgoing[:sent]
        except BlockingIOError:
            return
        except OSError:  # the process closed its end; nobody is left to be told
            self.close()

    def receive(self) -> list[Request]:
        """The requests that have arrived completely. Closes the connection at its end and at nonsense."""
        try:
            received = self._socket.recv(_READ)
        except BlockingIOError:
            return []
        except OSError:
            received = b""
        if not received:
            self.close()
            return []
        self.parser.feed(received)
        requests: list[Request] = []
        try:
            while True:
                request, wants_continue = self.parser.next_request()
                if wants_continue:
                    self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
                if request is None:
                    return requests
                requests.append(request)
                self.ending = not request.keep_alive
        except MalformedRequest as malformed:
            self.ending = True
            self.answer(400, f'{{"errorType":"InvalidRequest","errorMessage":"{malformed}"}}'.encode())
            return requests

    def is_there(self) -> bool:
        """Whether the other end is still open, as far as that can be seen."""
        if self.open:
            try:
                return self._socket.recv(1, socket.MSG_PEEK) != b""
            except BlockingIOError:
                return True
            except OSError:
                return False
        return False

    def close(self) -> None:
        """Close, dropping what was not sent."""
        if self.open:
            self.open = False
            self.outgoing.clear()
            self._on_change(self)
            self._socket.close()


class Listener:
    """Accepts connections and collects requests.

    Attributes
    ----------
    address
        ``127.0.0.1:port``, as ``AWS_LAMBDA_RUNTIME_API`` wants it.
    """

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._socket.setblocking(False)
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._connections: dict[int, Connection] = {}
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        self._watched: set[int] = set()

    def watch(self, descriptor: int) -> None:
        """Let `wait` return when `descriptor` becomes readable, too."""
        self._poll.register(descriptor, select.POLLIN)
        self._watched.add(descriptor)

    def unwatch(self, descriptor: int) -> None:
        """The opposite of `watch`; harmless when not watched."""
        if descriptor in self._watched:
            self._watched.discard(descriptor)
            self._poll.unregister(descriptor)

    def wait(self, milliseconds: float) -> tuple[list[tuple[Connection, Request]], set[int]]:
        """Wait for something to happen; the complete requests, and the watched descriptors that are readable."""
        requests: list[tuple[Connection, Request]] = []
        readable: set[int] = set()
        for descriptor, event in self._poll.poll(milliseconds):
            if descriptor in self._watched:
                readable.add(descriptor)
            elif descriptor == self._socket.fileno():
                while self._accept():
                    pass
            elif descriptor in self._connections:
                connection = self._connections[descriptor]
                if event & select.POLLOUT:
                    self._flush(connection)
                if connection.open and event & _READABLE:
                    requests += [(connection, request) for request in connection.receive()]
        return requests, readable

    def disconnect(self) -> None:
        """Close every connection; the socket stays for the next process."""
        while self._accept():
            pass
        for connection in list(self._connections.values()):
            connection.close()

    def close(self) -> None:
        """Close everything."""
        self.disconnect()
        for descriptor in list(self._watched):
            self.unwatch(descriptor)
        self._socket.close()

    def _accept(self) -> bool:
        try:
            accepted, _ = self._socket.accept()
        except OSError:  # nobody there, or gone again before we came to it
            return False
        if len(self._connections) >= CONNECTIONS_MAX:
            accepted.close()
            return True
        connection = Connection(accepted, self._changed)
        self._connections[connection.descriptor] = connection
        self._poll.register(connection.descriptor, select.POLLIN)
        return True

    def _flush(self, connection: Connection) -> None:
        connection.flush()
        if connection.open and not connection.outgoing:
            if connection.ending:
                connection.close()
            else:
                self._changed(connection)

    def _changed(self, connection: Connection) -> None:
        if connection.open:
            waiting = select.POLLOUT if connection.outgoing else 0
            self._poll.modify(connection.descriptor, select.POLLIN | waiting)
        else:
            del self._connections[connection.descriptor]
            self._poll.unregister(connection.descriptor)
