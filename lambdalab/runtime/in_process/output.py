"""What a process writes to its standard streams."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["LOG_BYTES_MAX", "Output"]

LOG_BYTES_MAX = 1_048_576
"""Bytes of log kept per phase. Of a longer one the first and the last part are kept, with a line in between."""

_TAIL = 262_144


class Output:
    """Collects standard output and standard error of a process, in order.

    Parameters
    ----------
    elsewhere
        Called with a stream's name; the stream of the notebook when the writing thread is not the process's, else None.
    """

    def __init__(self, elsewhere: Callable[[str], Any]) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0
        self.stdout = _text_stream(_Stream(self, "stdout", 1, elsewhere), "strict")
        self.stderr = _text_stream(_Stream(self, "stderr", 2, elsewhere), "backslashreplace")

    def add(self, data: bytes) -> None:
        """Append bytes."""
        room = LOG_BYTES_MAX - _TAIL - len(self._head)
        if not self._tail and len(data) <= room:
            self._head += data
            return
        self._head += data[:room]
        self._tail += data[room:]
        surplus = len(self._tail) - _TAIL
        if surplus > 0:
            del self._tail[:surplus]
            self._dropped += surplus

    def take(self) -> str:
        """Everything written since the last call. Bytes that are no UTF-8 become replacement characters."""
        if not self._head:
            return ""
        data = bytes(self._head)
        if self._dropped:
            data += b"\n[%d bytes of log left out here]\n" % self._dropped
        data += self._tail
        self._head.clear()
        self._tail.clear()
        self._dropped = 0
        return data.decode("utf-8", "replace")


class _Stream(io.BufferedIOBase):
    """The binary layer of a standard stream."""

    def __init__(self, output: Output, name: str, descriptor: int, elsewhere: Callable[[str], Any]) -> None:
        self._output = output
        self._name = name
        self._descriptor = descriptor
        self._elsewhere = elsewhere

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    @property
    def mode(self) -> str:
        return "wb"

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return False

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        written = bytes(data)
        other = self._elsewhere(self._name)
        if other is None:
            self._output.add(written)
        else:
            other.write(written.decode("utf-8", "replace"))
        return len(written)


def _text_stream(stream: _Stream, errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, encoding="utf-8", errors=errors, newline="\n", write_through=True)
