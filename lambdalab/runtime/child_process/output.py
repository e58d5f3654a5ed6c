"""What a process writes: one pipe for both standard streams, so that lines keep their order."""

from __future__ import annotations

import os

__all__ = ["Output"]

KEPT_MAX = 4 * 1024 * 1024


class Output:
    """The reading end of a process's output, with the writing end until the process has it.

    Attributes
    ----------
    reading, writing
        The descriptors.
    """

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        self._kept = bytearray()
        self._dropped = 0
        self._open = True

    def close_writing(self) -> None:
        """Leave the writing end to the process alone."""
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1

    def drain(self) -> bool:
        """Read what is there, without waiting. False once every writer has closed its end."""
        while self._open:
            try:
                read = os.read(self.reading, 1 << 16)
            except BlockingIOError:
                return True
            if not read:
                return False
            room = KEPT_MAX - len(self._kept)
            self._kept += read[:room]
            self._dropped += max(0, len(read) - room)
            if len(read) < 1 << 16:
                return True
        return False

    def take(self) -> str:
        """What was written since the last call. Bytes that are not UTF-8 are replaced, what is too much is left out."""
        text = self._kept.decode("utf-8", "replace")
        if self._dropped:
            text += f"\n[{self._dropped} more bytes of output were left out]\n"
        self._kept.clear()
        self._dropped = 0
        return text

    def close(self) -> None:
        """Close both ends. Safe to call twice."""
        self.close_writing()
        if self._open:
            self._open = False
            os.close(self.reading)
