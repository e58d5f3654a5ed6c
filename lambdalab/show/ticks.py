"""Round instants to write along a time axis."""

from __future__ import annotations

from collections.abc import Callable

from lambdalab.clock import MILLISECOND, MINUTE, SECOND
from lambdalab.show.axis import Axis
from lambdalab.show.duration import since_start

__all__ = ["Tick", "ticks"]

Tick = tuple[float, str]

_STEPS = (
    *(factor * power * MILLISECOND for power in (1, 10, 100) for factor in (1, 2, 5)),
    *(seconds * SECOND for seconds in (1, 2, 5, 10, 15, 30)),
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * 60 * MINUTE for hours in (1, 2, 3, 6, 12, 24, 48, 168)),
)

_MOST = 40
"""No cluster gets more ticks than this."""


def ticks(axis: Axis, start_ns: int, last_ns: int, width_of: Callable[[str], float]) -> list[Tick]:
    """Places and labels: the start of every cluster first, then as many round instants as fit.

    Parameters
    ----------
    axis
        The axis to label.
    start_ns
        The instant called t.
    last_ns
        The end of the axis.
    width_of
        Width of a label in the axis's units, the space around it included.
    """
    found: list[tuple[float, float, str]] = []

    def offer(instant: int) -> None:
        place, label = axis.place(instant), since_start(instant, start_ns)
        end = place + width_of(label)
        if end <= axis.width + width_of("") and all(end <= left or place >= right for left, right, _ in found):
            found.append((place, end, label))

    clusters = axis.clusters
    for instant in clusters:
        offer(instant)
    for first, following in zip(clusters, [*clusters[1:], None], strict=True):
        # A cluster ends where the next fold begins; a tick inside a fold would be a lie about the scale.
        end = axis.width
        if following is not None:
            end = next(fold.left for fold in axis.folds if fold.right == axis.place(following))
        length = end - axis.place(first)
        for step in _STEPS:
            instant = start_ns + -(-(first - start_ns) // step) * step
            inside: list[int] = []
            while axis.place(instant) < end and instant <= last_ns and len(inside) <= _MOST:
                inside.append(instant)
                instant += step
            if inside and length / len(inside) >= width_of("t+00 min 00 s"):
                for instant in inside:
                    offer(instant)
                break
    return sorted((place, label) for place, _, label in found)
