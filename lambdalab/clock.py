"""Virtual time: the one clock, and the one queue of things that happen later.

Instants and durations are integers of nanoseconds, so that a sum of a thousand
milliseconds is exactly a second on every machine. Seconds appear only at the edges.
"""

from __future__ import annotations

import datetime
import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from lambdalab.errors import ClockError

__all__ = ["MILLISECOND", "MINUTE", "SECOND", "Clock", "Remaining", "Scheduler", "Timer", "nanoseconds"]

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
_UTC = datetime.UTC
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=_UTC)


def nanoseconds(duration: float | int | datetime.timedelta) -> int:
    """A duration in seconds, or a ``timedelta``, as whole nanoseconds."""
    if isinstance(duration, datetime.timedelta):
        return (duration.days * 86_400 + duration.seconds) * SECOND + duration.microseconds * 1_000
    return round(duration * SECOND)


class Clock:
    """The only source of time.

    Parameters
    ----------
    start
        First instant, timezone-aware. Default 2026-01-01T00:00:00Z.

    Notes
    -----
    An invocation runs to completion the moment it starts; `time_ns` moves with it.
    `at` then puts the clock back to the start, so that whatever else happens
    during that virtual interval happens at its own instant. Only the engine does this.
    """

    __slots__ = ("time_ns",)

    def __init__(self, start: datetime.datetime | None = None) -> None:
        first = start or datetime.datetime(2026, 1, 1, tzinfo=_UTC)
        if first.tzinfo is None:
            raise ClockError(f"start time {first.isoformat()} has no time zone; write {first.isoformat()}Z")
        self.time_ns: int = nanoseconds(first - _EPOCH)

    def time(self) -> float:
        """Seconds since the epoch."""
        return self.time_ns / SECOND

    def now(self, timezone: datetime.tzinfo | None = _UTC) -> datetime.datetime:
        """The virtual instant as a ``datetime``, exact to the microsecond."""
        aware = self.moment(self.time_ns)
        return aware.astimezone(timezone) if timezone else aware.replace(tzinfo=None)

    @staticmethod
    def moment(instant_ns: int) -> datetime.datetime:
        """An instant as an aware ``datetime`` in UTC."""
        return _EPOCH + datetime.timedelta(microseconds=instant_ns // 1_000)

    def spend(self, duration_ns: int) -> None:
        """Let `duration_ns` pass. Raises `ClockError` when negative."""
        if duration_ns < 0:
            raise ClockError(f"time cannot pass backwards ({duration_ns} ns)")
        self.time_ns += duration_ns

    def advance_to(self, instant_ns: int) -> None:
        """Move forward to `instant_ns`; stay when it lies in the past."""
        if instant_ns > self.time_ns:
            self.time_ns = instant_ns

    @contextmanager
    def at(self, instant_ns: int) -> Iterator[None]:
        """Stand at `instant_ns` for a while, then return to the present instant."""
        present, self.time_ns = self.time_ns, instant_ns
        try:
            yield
        finally:
            self.time_ns = present


@dataclass(frozen=True)
class Remaining:
    """What `lambdalab.cloud.Cloud.run_until_idle` left undone.

    ``waiting`` lists (instant, what) of events beyond the horizon; ``recurring`` what never ends by itself.
    """

    stopped_at: datetime.datetime
    waiting: tuple[tuple[datetime.datetime, str], ...]
    recurring: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"idle at {self.stopped_at:%Y-%m-%d %H:%M:%S} UTC" if not self.waiting else "not idle at the horizon:"]
        lines += [f"  {instant:%Y-%m-%d %H:%M:%S} UTC  {what}" for instant, what in self.waiting]
        lines += [f"  recurring: {what}" for what in self.recurring]
        return "\n".join(lines)

    __repr__ = __str__


class Timer:
    """A thing that happens later; `cancel` it and it will not.

    ``recurring`` timers (polls, idle clean-up) do not keep `Scheduler.run_until_idle` running.
    """

    __slots__ = ("_scheduler", "action", "instant_ns", "label", "recurring", "state")

    def __init__(
        self, scheduler: Scheduler, instant_ns: int, action: Callable[[], None], label: str, recurring: bool
    ) -> None:
        self._scheduler = scheduler
        self.instant_ns = instant_ns
        self.action = action
        self.label = label
        self.recurring = recurring
        self.state: Literal["waiting", "done", "cancelled"] = "waiting"

    def cancel(self) -> None:
        """Forget it. Nothing happens when it has already run."""
        if self.state == "waiting":
            self.state = "cancelled"
            self._scheduler.forget(self)


class Scheduler:
    """Runs timers in order of their instant, then of their making."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._heap: list[tuple[int, int, Timer]] = []
        self._count = itertools.count()
        self._single = 0  # waiting timers that are not recurring

    def at(self, instant_ns: int, action: Callable[[], None], label: str = "", recurring: bool = False) -> Timer:
        """Call `action` when the clock stands at `instant_ns` (never earlier than now)."""
        timer = Timer(self, max(instant_ns, self.clock.time_ns), action, label, recurring)
        heapq.heappush(self._heap, (timer.instant_ns, next(self._count), timer))
        if not recurring:
            self._single += 1
        return timer

    def after(self, duration_ns: int, action: Callable[[], None], label: str = "", recurring: bool = False) -> Timer:
        """Call `action` once `duration_ns` have passed."""
        return self.at(self.clock.time_ns + duration_ns, action, label, recurring)

    def forget(self, timer: Timer) -> None:
        """Stop counting a timer that will not run; the heap drops it when it comes up."""
        if not timer.recurring:
            self._single -= 1

    def run_until(self, instant_ns: int) -> None:
        """Run everything due up to and including `instant_ns`; the clock ends there.

        A timer's action may run the clock ahead (a handler that takes five seconds);
        the clock is put back to the next timer's instant before that one runs.
        """
        while self._heap and self._heap[0][0] <= instant_ns:
            self._run_next()
        self.clock.time_ns = instant_ns

    def run_until_idle(self, horizon_ns: int) -> None:
        """Run until only recurring timers remain or the next one lies beyond `horizon_ns`.

        The clock ends when the last thing has ended, a handler that was started included.
        """
        ended = self.clock.time_ns
        while self._single and self._heap[0][0] <= horizon_ns:
            last = self._heap[0][0]
            self._run_next()
            ended = max(ended, self.clock.time_ns)
            self.clock.time_ns = last
        ended = min(ended, horizon_ns)
        if ended > self.clock.time_ns:
            self.run_until(ended)

    def _run_next(self) -> None:
        instant, _, timer = heapq.heappop(self._heap)
        if timer.state == "cancelled":
            return
        timer.state = "done"
        self.forget(timer)
        self.clock.time_ns = instant
        timer.action()

    def pending(self) -> list[Timer]:
        """Timers still to come, in order, recurring ones included."""
        entries = sorted(self._heap, key=lambda entry: entry[:2])
        return [timer for _, _, timer in entries if timer.state == "waiting"]
