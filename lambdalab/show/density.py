"""Counts per place of a lane that is too full to show one by one."""

from __future__ import annotations

from dataclasses import dataclass

from lambdalab.show.axis import Axis
from lambdalab.show.lane import BarKind, Lane, MarkKind

__all__ = ["Density"]


@dataclass(slots=True)
class Density:
    """How full a lane is along the axis.

    Attributes
    ----------
    good, bad
        Per bin: how many things that went well or were merely begun, and that were refused or failed.
    total, total_bad
        Over the whole lane, bars and marks together.
    peak
        The largest bin.
    peak_ns
        An instant in that bin.
    """

    good: list[int]
    bad: list[int]
    total: int
    total_bad: int
    peak: int
    peak_ns: int

    @classmethod
    def of(cls, lane: Lane, axis: Axis, bins: int) -> Density:
        """Count what begins or happens in each of `bins` equal stretches of the axis."""
        good, bad = [0] * bins, [0] * bins
        seen: dict[int, int] = {}

        def add(instant: int, kind: BarKind | MarkKind, count: int) -> None:
            place = min(bins - 1, int(axis.place(instant) / axis.width * bins)) if axis.width else 0
            (bad if kind in _BAD else good)[place] += count
            seen.setdefault(place, instant)

        for bar in lane.bars:
            if bar.kind not in ("init", "suppressed init"):
                add(bar.start_ns, bar.kind, 1)
        for mark in lane.marks:
            if mark.kind not in ("reset", "shutdown"):
                add(mark.at_ns, mark.kind, 1)
        for instant, kind, count in lane.counted:
            add(instant, kind, count)
        heights = [one + other for one, other in zip(good, bad, strict=True)]
        peak = max(heights, default=0)
        place = heights.index(peak) if peak else 0
        return cls(good, bad, sum(heights), sum(bad), peak, seen.get(place, 0))


_BAD: frozenset[BarKind | MarkKind] = frozenset(
    {"error", "timeout", "exit", "failed call", "throttle", "discarded", "undelivered", "api error"}
)
