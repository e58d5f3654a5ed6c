"""Serving the book: the address, a taken port, types a browser insists on."""

from __future__ import annotations

import contextlib
import socket
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from workshop import serving
from workshop.failures import PortsTaken


@contextlib.contextmanager
def taken(count: int) -> Iterator[int]:
    """The first of `count` consecutive ports that something else listens on."""
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        for port in range(first + 1, first + count):
            with contextlib.suppress(OSError):  # taken by a stranger: as good
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
        yield first


def test_a_taken_port_gives_way_to_the_next_free_one(tmp_path: Path) -> None:
    # GIVEN a port something else listens on
    # WHEN the book is to be served there
    with taken(1) as port, serving.server(tmp_path, port) as server:
        host, actual = server.server_address[:2]
        # THEN it is served at a port after it, on loopback
        assert host == "127.0.0.1"
        assert port < actual < port + serving.TRIED_PORTS


def test_no_free_port_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN that every port to be tried is taken
    monkeypatch.setattr(serving, "TRIED_PORTS", 2)
    # WHEN the book is to be served, THEN the message names the ports and the way out
    with taken(2) as port, pytest.raises(PortsTaken, match=rf"{port} to {port + 1}.*make book PORT="):
        serving.server(tmp_path, port)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("run.mjs", "text/javascript"), ("core.wasm", "application/wasm"), ("index.html", "text/html")],
)
def test_files_have_the_type_a_browser_insists_on(tmp_path: Path, name: str, kind: str) -> None:
    # GIVEN a folder with a file
    (tmp_path / name).write_bytes(b"content")
    with serving.server(tmp_path, 8000) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # WHEN it is asked for
        address = f"http://127.0.0.1:{server.server_address[1]}/{name}"
        with urllib.request.urlopen(address) as answer:
            # THEN its type is right, and the browser asks again after the next build
            assert answer.headers["Content-Type"] == kind
            assert answer.headers["Cache-Control"] == "no-cache"
        server.shutdown()
