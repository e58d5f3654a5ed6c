"""Serve the built book on loopback."""

from __future__ import annotations

import errno
import functools
import http.server
from pathlib import Path
from typing import Any

from workshop.failures import PortsTaken

__all__ = ["serve", "server"]

TRIED_PORTS = 20


class _Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 - the base class declares it so
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json",
    }

    def end_headers(self) -> None:
        # A rebuilt book under the same address must not be mixed with pages the browser kept.
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: the terminal is for the address."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """A server of `folder` on 127.0.0.1, at `port` or the first free one of the 19 after it.

    Raises
    ------
    PortsTaken
        None of them is free.
    """
    handler = functools.partial(_Handler, directory=str(folder))
    for candidate in range(port, port + TRIED_PORTS):
        try:
            return _Server(("127.0.0.1", candidate), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise PortsTaken(
        f"Ports {port} to {port + TRIED_PORTS - 1} are taken or not allowed. Choose another: make book PORT=9000"
    )


def serve(folder: Path, port: int) -> None:
    """Serve `folder` until interrupted; print the address first."""
    with server(folder, port) as serving:
        actual = serving.server_address[1]
        if actual != port:
            print(f"Port {port} is taken.")
        print(f"The book is at http://127.0.0.1:{actual}/ (Ctrl+C ends it)", flush=True)
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            print()
