"""Function states that settle a moment after the call: Pending → Active, InProgress → Successful."""

from __future__ import annotations

from collections.abc import Callable

from lambdalab.clock import Clock, Scheduler, Timer

__all__ = ["Transitions"]


class Transitions:
    """State changes under way.

    They are timers of the scheduler. A handler that calls the Lambda API runs the clock ahead without the scheduler,
    so every call settles what is due by then.

    Parameters
    ----------
    duration_ns
        How long a function stays Pending, or an update InProgress.
    """

    def __init__(self, clock: Clock, scheduler: Scheduler, duration_ns: int) -> None:
        self._clock = clock
        self._scheduler = scheduler
        self._waiting: list[Timer] = []
        self.duration_ns = duration_ns

    def begin(self, settle: Callable[[], None], label: str, duration_ns: int | None = None) -> None:
        """Call `settle` once the duration has passed; the usual one unless another is given."""
        length_ns = self.duration_ns if duration_ns is None else duration_ns
        self._waiting.append(self._scheduler.after(length_ns, settle, label))

    def settle_due(self) -> None:
        """Run what is due at the clock's instant and has not run yet."""
        if not self._waiting:
            return
        now = self._clock.time_ns
        waiting = [timer for timer in self._waiting if timer.state == "waiting"]
        self._waiting = [timer for timer in waiting if timer.instant_ns > now]
        for timer in sorted(waiting, key=lambda timer: timer.instant_ns):
            if timer.instant_ns <= now:
                timer.cancel()
                timer.action()
