"""What a process writes to its standard streams."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lambdalab.runtime.log_buffer import LogBuffer

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["Output"]


class Output(LogBuffer):
    """Collects standard output and standard error of a process, in order.

    Parameters
    ----------
    elsewhere
        Called with a stream's name; the stream of the notebook when the writing thread is not the process's, else None.
    """

    def __init__(self, elsewhere: Callable[[str], Any]) -> None:
        super().__init__()
        self.stdout = _text_stream(_Stream(self, "stdout", 1, elsewhere), "strict")
        self.stderr = _text_stream(_Stream(self, "stderr", 2, elsewhere), "backslashreplace")


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
