"""HTTP in front of a cloud. Connections have threads of their own; the cloud is used by one thread alone."""

from __future__ import annotations

import errno
import queue
import threading
import traceback
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from lambdalab.errors import UsageError
from lambdalab.serve.clock_requests import PREFIX, answer_clock_request
from lambdalab.serve.response import Response, refusal

if TYPE_CHECKING:
    from lambdalab.cloud import Cloud

__all__ = ["CloudServer"]

_ONLY_HERE = "127.0.0.1"


class CloudServer:
    """Serves a running cloud on loopback.

    Requests to AWS are those the CLI and the SDKs send when they are given `endpoint`; the service is the one they are
    signed for. Paths below ``/_lambdalab/`` wind the clock and show what happened, see `answer_clock_request`.
    Virtual time stands still between requests.

    Parameters
    ----------
    cloud
        It stays the caller's: closing the server does not stop it.
    port
        0 takes any that is free.

    Raises
    ------
    UsageError
        The port is taken, or may not be used.

    Notes
    -----
    There is no protection: whoever can reach loopback on this machine can run code through it, as with any other local
    emulator.
    """

    def __init__(self, cloud: Cloud, port: int = 0) -> None:
        self._cloud = cloud
        self._waiting: queue.SimpleQueue[tuple[Any, Future[Response]] | None] = queue.SimpleQueue()
        try:
            self._http = _HttpServer((_ONLY_HERE, port), _Connection, self)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise UsageError(
                    f"port {port} is taken; stop what listens there, or choose another with --port"
                ) from None
            raise UsageError(f"cannot listen on {_ONLY_HERE}:{port}: {error.strerror}") from None
        except OverflowError:
            raise UsageError(f"there is no port {port}; ports go from 0 to 65535") from None
        self.endpoint = f"http://{_ONLY_HERE}:{self._http.server_address[1]}"
        """What ``--endpoint-url`` takes."""

    def serve(self) -> None:
        """Answer requests, in the calling thread and one after the other, until `close` or Ctrl-C."""
        listening = threading.Thread(target=self._http.serve_forever, name="lambdalab-serve", daemon=True)
        listening.start()
        try:
            while (job := self._waiting.get()) is not None:
                work, future = job
                try:
                    future.set_result(work())
                except KeyboardInterrupt:
                    future.set_result(refusal(503, "ServiceUnavailable", "the server was interrupted"))
                    raise
                except Exception as error:
                    traceback.print_exc()
                    future.set_result(refusal(500, type(error).__name__, str(error)))
        finally:
            self._http.shutdown()
            self._http.server_close()

    def close(self) -> None:
        """Let `serve` return. Any thread may call it."""
        self._waiting.put(None)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Response:
        """Answer one request when its turn comes. Called by the threads of connections."""
        future: Future[Response] = Future()

        def work() -> Response:
            if path.startswith(PREFIX):
                return answer_clock_request(self._cloud, method, path, body)
            if "authorization" not in {name.lower() for name in headers}:
                return refusal(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
            return Response(*self._cloud.answer_aws_call(method, path, headers, body))

        self._waiting.put((work, future))
        return future.result()


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], server: CloudServer) -> None:
        self.cloud_server = server
        super().__init__(address, handler)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _HttpServer

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self._chunks() if self.headers.get("Transfer-Encoding") == "chunked" else self.rfile.read(length)
        answer = self.server.cloud_server.answer(self.command, self.path, dict(self.headers.items()), body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        # An answer to HEAD says how long the body would be.
        told = next((value for name, value in answer.headers.items() if name.lower() == "content-length"), None)
        self.send_header("Content-Length", told if told and self.command == "HEAD" else str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _handle  # noqa: N815

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def log_message(self, *_: object) -> None:
        """A line per request would hide what the command has to say."""
