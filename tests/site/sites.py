"""Sites to look at: the course's own, and a small one with every directive."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workshop.exclusive import exclusive

__all__ = ["build_sample", "serving"]

SAMPLE = Path(__file__).with_name("sample")


def build_sample(root: Path, folder: Path) -> Path:
    """Build the sample with the course's configuration and extensions in `folder`; gives its site."""
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    (folder / "_config.yml").symlink_to(root / "_config.yml")
    for name in ("_ext", "_static", "_templates"):
        (folder / "book" / name).symlink_to(root / "book" / name)
    # Both this and the course's build make the pages' scripts and keep experiments below _build.
    with exclusive(root / "_build" / "book.lock", "building the sample"):
        _build(folder)
    return folder / "_build" / "html"


def _build(folder: Path) -> None:
    program = Path(sys.executable).with_name("jupyter-book")
    command = [program, "build", ".", "--toc", "book/_toc.yml"]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "WARNING:" not in done.stderr, done.stderr


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """The tests' output is not the place for an access log."""


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """Serve `site` on loopback; gives the address, with a slash at its end."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
