"""One at a time: two `make` in one tree take turns."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

__all__ = ["exclusive"]


@contextlib.contextmanager
def exclusive(path: Path, what: str) -> Iterator[None]:
    """Hold a lock on the file `path`; when another process has it, say `what` it is doing and wait.

    The system lets go of the lock when the process ends, however it ends.
    """
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Another make is {what}: waiting for it.", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
