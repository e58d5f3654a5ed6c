"""What a process writes to its standard streams, kept until it is asked for, and bounded."""

from __future__ import annotations

__all__ = ["LOG_BYTES_MAX", "LogBuffer"]

LOG_BYTES_MAX = 1_048_576
"""Bytes of log kept per phase. Of a longer one the first and the last part are kept, with a line in between."""

_TAIL = 262_144


class LogBuffer:
    """Collects bytes in order."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

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
