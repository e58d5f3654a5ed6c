"""A time axis on which a millisecond and six hours fit: one scale, with long idle stretches folded away.

Units are abstract: SVG pixels or terminal columns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Axis", "Fold", "Measure"]

_FOLD_IDLE = 4
"""An idle stretch is folded when it is longer than this many times everything shorter together,
and longer than anything that runs."""

_FOLD_BUSY = 40
"""The same for a stretch during which something runs, which a reader would rather see whole."""

_INSTANTS = 240
"""Beyond so many distinct instants none gets a width of its own."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What an axis is made of, in the units of the drawing.

    Attributes
    ----------
    width
        Of the whole axis.
    least
        Width of the shortest stretch between two instants, where there is room.
    fold
        Width of a folded stretch.
    folds
        How many folded stretches may appear. With more, or where they would take most of the width,
        nothing is folded.
    """

    width: float
    least: float
    fold: float
    folds: int


@dataclass(frozen=True, slots=True)
class Fold:
    """A stretch shown shorter than the scale: ``duration_ns`` between ``left`` and ``right``."""

    left: float
    right: float
    duration_ns: int


class Axis:
    """Maps instants to places.

    Parameters
    ----------
    instants
        Every instant that must be told apart.
    busy
        Intervals during which something runs.
    measure
        Widths.
    """

    def __init__(self, instants: Iterable[int], busy: Iterable[tuple[int, int]], measure: Measure) -> None:
        changes: dict[int, int] = {}
        for start, end in busy:
            changes[start] = changes.get(start, 0) + 1
            changes[end] = changes.get(end, 0) - 1
        self._instants = sorted({*instants, *changes})
        self.width = measure.width
        gaps = [after - before for before, after in pairwise(self._instants)]
        running, occupied = 0, []
        for instant in self._instants[:-1]:
            running += changes.get(instant, 0)
            occupied.append(running > 0)
        folded = _folded(gaps, occupied)
        if len(folded) > measure.folds or len(folded) * measure.fold > 0.75 * measure.width:
            folded = set()
        widths = _widths(gaps, folded, measure)
        self._places = [0.0]
        for width in widths:
            self._places.append(self._places[-1] + width)
        self.folds = [Fold(self._places[index], self._places[index + 1], gaps[index]) for index in sorted(folded)]
        self._clusters = [self._instants[0]] if self._instants else []
        self._clusters += [self._instants[index + 1] for index in sorted(folded)]

    @property
    def clusters(self) -> list[int]:
        """The first instant, and the first one after each fold."""
        return list(self._clusters)

    def place(self, instant: int) -> float:
        """Where `instant` lies; instants outside the axis lie at its ends."""
        if not self._instants:
            return 0.0
        index = bisect_right(self._instants, instant) - 1
        if index < 0:
            return 0.0
        if index >= len(self._instants) - 1:
            return self._places[-1]
        before, after = self._instants[index], self._instants[index + 1]
        left, right = self._places[index], self._places[index + 1]
        return left + (right - left) * ((instant - before) / (after - before))


def _folded(gaps: list[int], occupied: list[bool]) -> set[int]:
    """Indices of the stretches to fold, found from the shortest up."""
    folded: set[int] = set()
    longest = max((gap for gap, runs in zip(gaps, occupied, strict=True) if runs), default=0)
    total, counted = 0, 0
    for gap, index in sorted((gap, index) for index, gap in enumerate(gaps)):
        if occupied[index]:
            fold = counted >= 4 and gap > _FOLD_BUSY * total
        else:
            fold = counted >= 1 and gap > _FOLD_IDLE * total and gap > longest
        if fold:
            folded.add(index)
        else:
            total, counted = total + gap, counted + 1
    return folded


def _widths(gaps: list[int], folded: set[int], measure: Measure) -> list[float]:
    """One scale for all stretches that are not folded, none narrower than the least width."""
    if not gaps:
        return []
    room = measure.width - measure.fold * len(folded)
    plain = sorted((gap for index, gap in enumerate(gaps) if index not in folded), reverse=True)
    if not plain:
        return [measure.width / len(gaps)] * len(gaps)
    least = min(measure.least, 0.6 * room / len(plain)) if len(plain) <= _INSTANTS else 0.0
    # Give the longest stretches the scale and the rest the least width, as few at a time as the room allows.
    total, scale = sum(plain), 0.0
    for count in range(len(plain), 0, -1):
        scale = (room - least * (len(plain) - count)) / total
        if plain[count - 1] * scale >= least:
            break
        total -= plain[count - 1]
    return [measure.fold if i in folded else max(least, gap * scale) for i, gap in enumerate(gaps)]
