"""Virtual time shared with a process: its instant and deadline, and what reading the clock has cost.

Three 64-bit integers in a file both sides have mapped. The engine writes the first two, the process the third.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

__all__ = ["SharedClock"]

_INTEGER = struct.Struct("<q")
_INSTANT, _DEADLINE, _SPENT, _SIZE = 0, 8, 16, 24


class SharedClock:
    """One side of the mapping.

    Parameters
    ----------
    path
        The file; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _SIZE)

    def set(self, instant_ns: int, deadline_ns: int) -> None:
        """The engine's: where virtual time stands and where the phase ends."""
        _INTEGER.pack_into(self._memory, _DEADLINE, deadline_ns)
        _INTEGER.pack_into(self._memory, _SPENT, 0)
        _INTEGER.pack_into(self._memory, _INSTANT, instant_ns)

    def take_spent(self) -> int:
        """The engine's: nanoseconds the process has spent on its own since `set`. Nonsense counts as none."""
        spent: int = _INTEGER.unpack_from(self._memory, _SPENT)[0]
        return max(0, spent)

    def spend(self, duration_ns: int) -> None:
        """The process's: let time pass without asking."""
        _INTEGER.pack_into(self._memory, _SPENT, self.take_spent() + duration_ns)

    def instant_ns(self) -> int:
        """Virtual time now, what was spent included."""
        instant: int = _INTEGER.unpack_from(self._memory, _INSTANT)[0]
        return instant + self.take_spent()

    def deadline_ns(self) -> int:
        """End of the phase."""
        deadline: int = _INTEGER.unpack_from(self._memory, _DEADLINE)[0]
        return deadline

    def close(self) -> None:
        """Unmap."""
        self._memory.close()
