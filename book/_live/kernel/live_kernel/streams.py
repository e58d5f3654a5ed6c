"""Standard output and standard error of a cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

__all__ = ["LIMIT", "CellStreams"]

LIMIT = 1_000_000  # characters a cell may print before the rest is dropped: a loop must not fill the page
_CHUNK = 8_192


class CellStreams:
    """Collects what a cell prints and sends it on in pieces.

    Parameters
    ----------
    send
        Takes one notebook output of type ``stream``.
    now
        Seconds of real time. The labs' virtual clock must not decide when output appears.
    interval
        Seconds between two pieces, unless a piece grows large.
    """

    def __init__(self, send: Callable[[dict[str, Any]], None], now: Callable[[], float], interval: float = 0.1) -> None:
        self._send = send
        self._now = now
        self._interval = interval
        self._name = "stdout"
        self._pieces: list[str] = []
        self._waiting = 0
        self._written = 0
        self._sent_at = float("-inf")
        self.stdout = _Stream(self, "stdout")
        self.stderr = _Stream(self, "stderr")

    def write(self, name: str, text: str) -> None:
        """Take `text` printed to the stream `name`."""
        if self._written >= LIMIT:
            return
        if name != self._name:
            self.flush()
            self._name = name
        room = LIMIT - self._written
        self._written += len(text)
        if len(text) >= room:
            text = text[:room] + f"\n… cut: this cell has printed {LIMIT:,} characters.\n"
        self._pieces.append(text)
        self._waiting += len(text)
        if self._waiting >= _CHUNK or (text.endswith("\n") and self._now() - self._sent_at >= self._interval):
            self.flush()

    def flush(self) -> None:
        """Send what is waiting."""
        if self._pieces:
            self._send({"output_type": "stream", "name": self._name, "text": "".join(self._pieces)})
            self._pieces.clear()
            self._waiting = 0
            self._sent_at = self._now()

    def begin(self) -> None:
        """A new cell starts: it may print `LIMIT` characters again."""
        self._written = 0


class _Stream(io.TextIOBase):
    """One of the two streams; stays valid between cells, because loggers keep it."""

    def __init__(self, owner: CellStreams, name: str) -> None:
        super().__init__()
        self._owner = owner
        self._stream_name = name

    @property
    def name(self) -> str:
        return f"<{self._stream_name}>"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._owner.write(self._stream_name, text)
        return len(text)

    def flush(self) -> None:
        self._owner.flush()
