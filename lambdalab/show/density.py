"""A lane that is too full to show one by one: its numbers, and its height along the axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from lambdalab.show.axis import Axis
from lambdalab.show.duration import since_start
from lambdalab.show.lane import Bar, BarKind, Lane, MarkKind

__all__ = ["Density"]

_BAD: frozenset[BarKind | MarkKind] = frozenset(
    {"error", "timeout", "exit", "failed call", "throttle", "discarded", "undelivered", "api error"}
)
_PAST: dict[BarKind | MarkKind, str] = {
    "success": "succeeded",
    "error": "failed",
    "timeout": "timed out",
    "exit": "exited",
    "queued": "queued",
    "waiting": "waits",
    "call": "calls answered",
    "failed call": "calls failed",
    "accepted": "accepted",
    "throttle": "throttled",
    "discarded": "given up",
    "delivered": "delivered",
    "undelivered": "not delivered",
    "api call": "calls",
    "api error": "refused",
}
"""What is counted, in words that follow a number. Cold starts and ends of environments are not."""


@dataclass(frozen=True, slots=True)
class Density:
    """How full a lane is along the axis.

    Attributes
    ----------
    good, bad
        Per bin: how many things that went well or were merely begun, and that were refused or failed.
        Where things last (callers, waits, environments) a bin holds all that lasted during it,
        otherwise all that happened in it.
    words
        The lane's numbers, such as ``1,000 accepted · 80,000 throttled · at most 1,000 at once``.
    peak
        The largest bin.
    """

    good: list[int]
    bad: list[int]
    words: str
    peak: int

    @classmethod
    def of(cls, lane: Lane, axis: Axis, bins: int, start_ns: int) -> Density:
        """Count over `bins` equal stretches of the axis; `start_ns` is the instant called t."""
        bars = [bar for bar in lane.bars if bar.kind in _PAST]
        counts: Counter[BarKind | MarkKind] = Counter(bar.kind for bar in bars)
        for mark in lane.marks:
            counts[mark.kind] += mark.kind in _PAST
        for _, kind, count in lane.counted:
            counts[kind] += count
        happened: list[tuple[int, BarKind | MarkKind, int]] = [(mark.at_ns, mark.kind, 1) for mark in lane.marks]
        words = [f"{counts[kind]:,} {said}" for kind, said in _PAST.items() if counts[kind]]

        def bin_of(instant: int) -> int:
            return min(bins - 1, int(axis.place(instant) / axis.width * bins))

        if lane.kind in ("callers", "waiting", "more environments") and not lane.counted:
            good = _levels([bar for bar in bars if bar.kind not in _BAD], bin_of, bins)
            bad = _levels([bar for bar in bars if bar.kind in _BAD], bin_of, bins)
            most = max(_levels(bars, lambda _: 0, 1)) if any(bad) else max(good)
            if most:
                words.append(f"at most {most:,} at once")
        else:
            good, bad, most = [0] * bins, [0] * bins, 0
            happened += [(bar.start_ns, bar.kind, 1) for bar in bars]
            happened += lane.counted
        first_at: dict[int, int] = {}
        for instant, kind, count in happened:
            if kind in _PAST:
                place = bin_of(instant)
                (bad if kind in _BAD else good)[place] += count
                first_at[place] = min(instant, first_at.get(place, instant))
        heights = [one + other for one, other in zip(good, bad, strict=True)]
        peak = max(heights)
        if peak and not most:
            words.append(f"most around {since_start(first_at[heights.index(peak)], start_ns)}")
        return cls(good, bad, " · ".join(words), peak)


def _levels(bars: list[Bar], bin_of: Callable[[int], int], bins: int) -> list[int]:
    """Per bin, how many bars lasted at once at the busiest instant in it."""
    # At one instant what ends comes before what begins, so that bars which only touch are not together.
    changes = sorted([(bar.start_ns, 1) for bar in bars] + [(bar.end_ns, -1) for bar in bars])
    heights, level, reached = [0] * bins, 0, 0
    for instant, change in changes:
        place = bin_of(instant)
        for between in range(reached + 1, place + 1):
            heights[between] = max(heights[between], level)
        level, reached = level + change, place
        heights[place] = max(heights[place], level)
    return heights
