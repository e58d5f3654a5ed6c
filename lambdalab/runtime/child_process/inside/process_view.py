"""The process as the substitutes for ``time``, ``os`` and ``open`` see it (`lambdalab.runtime.in_process`).

There the interpreter is shared, and a substitute asks which process runs. Here the interpreter is
one process's own: every thread of it belongs to it.
"""

from __future__ import annotations

import _thread
import os
from pathlib import Path
from typing import Any

from lambdalab.runtime.child_process.inside import channel
from lambdalab.runtime.child_process.shared_clock import SharedClock
from lambdalab.runtime.in_process.presence import presence
from lambdalab.runtime.process_model import read_cost_ns
from lambdalab.runtime.virtual_filesystem import VirtualFilesystem

__all__ = ["ProcessView", "become"]

_HOUR = 3_600_000_000_000
_write = os.write


class _RealOutput:
    """Standard output of the process, which is a real one here."""

    def add(self, data: bytes) -> None:
        """Write to it."""
        remaining = memoryview(data)
        while remaining:
            remaining = remaining[_write(1, remaining) :]


class _EveryThread(set[int]):
    def __contains__(self, thread: object) -> bool:
        return True


class ProcessView:
    """Virtual time and files of this process.

    Parameters
    ----------
    clock
        The clock shared with the engine.
    filesystem
        Where ``/tmp``, ``/var/task`` and ``/opt`` lie.
    """

    def __init__(self, clock: SharedClock, filesystem: VirtualFilesystem) -> None:
        self.filesystem = filesystem
        self.output = _RealOutput()
        self._clock = clock
        self._steady_base_ns = clock.instant_ns() - _HOUR
        self._reads = 0

    def now_ns(self) -> int:
        """The virtual instant. Reading costs nothing until code does little else: a busy wait must come to its end."""
        self._reads += 1
        if self._reads > 1_000:
            self._clock.spend(read_cost_ns(self._reads))
            if self._clock.instant_ns() >= self._clock.deadline_ns():
                self.sleep(0)  # the engine sees that the time is up
        return self._clock.instant_ns()

    def steady_ns(self) -> int:
        """A clock that only its differences matter of."""
        return self.now_ns() - self._steady_base_ns

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass. The engine wakes the sleeper, or ends the process when its time is up."""
        self._reads = 0
        nanoseconds = round(min(seconds, 1e9) * 1_000_000_000)
        line = channel.of_thread()
        assert line is not None
        line.ask("sleep", nanoseconds=nanoseconds, alone=_thread._count() == 0)

    def begin_phase(self) -> None:
        """A new phase: reading the clock is free again."""
        self._reads = 0


def become(settings: dict[str, Any]) -> ProcessView:
    """Make this interpreter the process of an environment."""
    layers = Path(settings["layers"]) if settings["layers"] else None
    filesystem = VirtualFilesystem(
        Path(settings["task"]), layers, Path(settings["tmp"]), settings["ephemeral_storage_mb"]
    )
    view = ProcessView(SharedClock(Path(settings["clock"])), filesystem)
    presence.threads = _EveryThread()
    presence.process = view  # type: ignore[assignment]
    return view
