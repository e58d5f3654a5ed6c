"""How long a phase may run in real time: computing passes no virtual time, so an endless loop would have no end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from lambdalab.runtime.child_process.measurement import computed_ns

__all__ = ["Budget"]

Value = TypeVar("Value")

_PATIENCE = 3


def _real_time_ns() -> int:
    # The one real clock that nothing here ever replaces by a virtual one.
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class Budget:
    """The budget of one phase of one process.

    A process that waits without computing – for a lock, for its share of a busy machine – is given `_PATIENCE` times
    as long. Where the system does not tell what a process has computed, all time counts as computing.

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
        self._computed_ns = computed_ns(pid)
        self._waited_ns = 0

    def while_waiting(self, wait: Callable[[], Value]) -> Value:
        """Call `wait`; the time that takes is the process's."""
        began_ns = _real_time_ns()
        try:
            return wait()
        finally:
            self._waited_ns += _real_time_ns() - began_ns

    def is_used_up(self) -> bool:
        """Whether the process has had all it may have."""
        if self._waited_ns < self._budget_ns:
            return False
        computed = computed_ns(self._pid)
        if computed is None or self._computed_ns is None:
            return True
        return computed - self._computed_ns >= self._budget_ns or self._waited_ns >= _PATIENCE * self._budget_ns
