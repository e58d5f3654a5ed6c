"""A loopback HTTP server that answers as AWS does, and has a path to wind the clock."""

from __future__ import annotations

import json
import math
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lambdalab.cloud import Cloud
from lambdalab.errors import ClockError, EngineFault, UsageError
from lambdalab.moto_seams.handler_calls import answer_aws_call

__all__ = ["ADVANCE_PATH", "CloudServer"]

ADVANCE_PATH = "/lambdalab/advance"
"""``POST {"seconds": 90}`` winds the clock forward; the answer names the new instant."""


class CloudServer(ThreadingHTTPServer):
    """Answers AWS requests on 127.0.0.1 with a running cloud, one at a time.

    Parameters
    ----------
    cloud
        The cloud of this process.
    port
        Port to listen on; 0 lets the system choose, `url` tells which.
    """

    daemon_threads = True
    # A second server on the same port must fail, not share it.
    allow_reuse_port = False

    def __init__(self, cloud: Cloud, port: int = 0) -> None:
        self.cloud = cloud
        self.turn = threading.Lock()
        super().__init__(("127.0.0.1", port), _Request)

    @property
    def url(self) -> str:
        """What clients give as ``--endpoint-url`` or ``endpoint_url``."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: CloudServer

    def _any(self) -> None:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            self.close_connection = True
            self._send(411, {}, b"lambdalab serve needs a Content-Length; chunked bodies are not emulated")
            return
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with self.server.turn:
            if self.path == ADVANCE_PATH:
                status, headers, content = self._advance(body)
            else:
                status, headers, content = self._aws(body)
        self._send(status, headers, content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _any  # noqa: N815 (named by the base class)

    def _aws(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        try:
            return answer_aws_call(self.command, self.path, dict(self.headers.items()), body)
        except EngineFault as fault:
            return _json(501, {"message": str(fault)})

    def _advance(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.command != "POST":
            return _json(405, {"message": f"{ADVANCE_PATH} takes POST"})
        try:
            seconds = json.loads(body)["seconds"]
        except (ValueError, KeyError, TypeError):
            seconds = None
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not math.isfinite(seconds):
            return _json(400, {"message": 'the body must be JSON such as {"seconds": 90}'})
        try:
            now = self.server.cloud.advance(seconds=seconds)
        except (ClockError, UsageError) as refused:
            return _json(400, {"message": str(refused)})
        return _json(200, {"now": now.isoformat()})

    def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Requests are in the cloud's timeline; the terminal stays quiet."""


def _json(status: int, content: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps(content).encode()
