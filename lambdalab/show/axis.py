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
    whole
        The same for a stretch in which something runs from beginning to end: room for its label.
    fold
        Width of a folded stretch.
    folds
        How many folded stretches may appear. With more, or where they would take most of the width,
        nothing is folded.
    """

    width: float
    least: float
    whole: float
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

    Attributes
    ----------
    width
        Of the whole axis.
    folds
        The folded stretches, from left to right.
    widened_ns
        The longest stretch that had to be drawn much wider than the scale would have it; 0 for none.
    """

    def __init__(self, instants: Iterable[int], busy: Iterable[tuple[int, int]], measure: Measure) -> None:
        changes: dict[int, int] = {}
        spans = list(busy)
        for start, end in spans:
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
        whole = set(spans)
        least = [measure.whole if pair in whole else measure.least for pair in pairwise(self._instants)]
        widths, scale = _widths(gaps, folded, least, measure)
        widened = [
            gap
            for index, (gap, width) in enumerate(zip(gaps, widths, strict=True))
            if index not in folded and width > 1.5 * gap * scale
        ]
        self.widened_ns = max(widened, default=0)
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


def _widths(gaps: list[int], folded: set[int], least: list[float], measure: Measure) -> tuple[list[float], float]:
    """Widths of all stretches, and the one scale of those neither folded nor too short for it."""
    plain = [index for index in range(len(gaps)) if index not in folded]
    room = measure.width - measure.fold * len(folded)
    if not gaps:
        return [], 0.0
    if not plain:
        return [measure.width / len(gaps)] * len(gaps), 0.0
    # Least widths take at most three fifths of the room; where there are too many stretches, none has one.
    wanted = sum(least[index] for index in plain)
    share = min(1.0, 0.6 * room / wanted) if len(plain) <= _INSTANTS else 0.0
    floors = {index: least[index] * share for index in plain}
    # Give the scale to the stretches that need no least width, as few at a time as the room allows.
    plain.sort(key=lambda index: gaps[index] / least[index], reverse=True)
    total, taken, scale = sum(gaps[index] for index in plain), 0.0, 0.0
    for index in reversed(plain):
        scale = (room - taken) / total
        if gaps[index] * scale >= floors[index]:
            break
        total -= gaps[index]
        taken += floors[index]
    widths = [measure.fold if index in folded else max(floors[index], gap * scale) for index, gap in enumerate(gaps)]
    return widths, scale
