"""How long a phase may run in real time: computing passes no virtual time, so an endless loop would have no end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from lambdalab.runtime.child_process.measurement import computed_ns

__all__ = ["Budget"]


_PATIENCE = 3
_LOOKS = 20


def _real_time_ns() -> int:
    # The one real clock that nothing here ever replaces by a virtual one.
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class Budget:
    """The budget of one phase of one process.

    A process that waits without computing – for a lock, for its share of a busy machine – is given `_PATIENCE` times
    as long. Where the system does not tell what a process has computed, all time counts as computing. It is slow to
    tell, and first asked when a twentieth of the budget has passed: most phases are over by then.

    Parameters
    ----------
    pid
        The process.
    budget_ns
        Real time it may compute.
    """

    def __init__(self, pid: int, budget_ns: int) -> None:
        self._pid = pid
        self._budget_ns = budget_ns
        self.renew()

    def renew(self) -> None:
        """Begin anew: code that gets on in virtual time comes to its deadline by itself."""
        self._computed_ns: int | None = None
        self._asked = False
        self._began_ns = _real_time_ns()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What the engine does meanwhile is not the process's time."""
        began_ns = _real_time_ns()
        try:
            yield
        finally:
            self._began_ns += _real_time_ns() - began_ns

    def is_used_up(self) -> bool:
        """Whether the process has had all it may have."""
        spent_ns = _real_time_ns() - self._began_ns
        if not self._asked and spent_ns >= self._budget_ns // _LOOKS:
            self._asked = True
            self._computed_ns = computed_ns(self._pid)
        if spent_ns < self._budget_ns:
            return False
        computed = computed_ns(self._pid)
        if computed is None or self._computed_ns is None:
            return True
        return computed - self._computed_ns >= self._budget_ns or spent_ns >= _PATIENCE * self._budget_ns
