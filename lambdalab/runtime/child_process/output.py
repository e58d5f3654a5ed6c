"""What a process writes: one pipe for both standard streams, so that lines keep their order."""

from __future__ import annotations

import os

from lambdalab.runtime.log_buffer import LogBuffer

__all__ = ["Output"]

_READ = 1 << 16


class Output(LogBuffer):
    """The reading end of a process's output, with the writing end until the process has it.

    Attributes
    ----------
    reading, writing
        The descriptors.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)

    def close_writing(self) -> None:
        """Leave the writing end to the process alone."""
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1

    def drain(self) -> bool:
        """Read what is there, without waiting. False once every writer has closed its end."""
        while self.reading >= 0:
            try:
                read = os.read(self.reading, _READ)
            except BlockingIOError:
                return True
            if not read:
                return False
            self.add(read)
            if len(read) < _READ:
                return True
        return False

    def close(self) -> None:
        """Close both ends. Safe to call twice."""
        self.close_writing()
        if self.reading >= 0:
            os.close(self.reading)
            self.reading = -1
