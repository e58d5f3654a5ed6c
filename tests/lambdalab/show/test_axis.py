"""The time axis: one scale, idle stretches folded, everything in order and visible."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lambdalab.clock import MILLISECOND, MINUTE, SECOND
from lambdalab.show.axis import Axis, Measure
from lambdalab.show.ticks import ticks

MEASURE = Measure(width=600, least=10, whole=40, fold=70, folds=5)


def test_a_minute_between_two_short_runs_is_folded() -> None:
    # GIVEN two runs of 100 ms, a minute apart
    later = MINUTE + 100 * MILLISECOND
    runs = [(0, 100 * MILLISECOND), (later, later + 100 * MILLISECOND)]

    # WHEN they share an axis
    axis = Axis([], runs, MEASURE)

    # THEN the minute takes a fold's width, says how long it was, and the runs get equal shares of the rest
    assert [fold.duration_ns for fold in axis.folds] == [MINUTE]
    assert axis.folds[0].right - axis.folds[0].left == 70
    assert axis.place(100 * MILLISECOND) == (600 - 70) / 2
    assert axis.clusters == [0, later]


def test_a_pause_no_longer_than_the_runs_is_not_folded() -> None:
    # GIVEN runs of 100 ms, 50 ms apart
    axis = Axis([], [(0, 100), (150, 250)], MEASURE)

    # THEN the scale is the same everywhere
    assert axis.folds == []
    assert axis.place(150) == 600 * 150 / 250


def test_a_millisecond_stays_visible_beside_fifteen_minutes() -> None:
    # GIVEN a run of 1 ms before one of 15 min
    axis = Axis([], [(0, MILLISECOND), (MILLISECOND, 15 * MINUTE)], MEASURE)

    # THEN it is as wide as a label needs
    assert axis.place(MILLISECOND) - axis.place(0) == MEASURE.whole


def test_a_stretch_that_is_only_part_of_a_run_needs_no_room_for_a_label() -> None:
    # GIVEN two runs that overlap but for a millisecond at either end
    axis = Axis([], [(0, 1001), (1, 1002)], MEASURE)
    # THEN that millisecond has the least width
    assert axis.place(1) - axis.place(0) == MEASURE.least


def test_evenly_spread_instants_are_not_folded_at_all() -> None:
    # GIVEN one instant every five minutes for six hours
    axis = Axis(range(0, 360 * MINUTE, 5 * MINUTE), [], MEASURE)

    # THEN nothing is folded and the places are even
    assert axis.folds == []
    widths = [axis.place(b) - axis.place(a) for a, b in pairwise(range(0, 360 * MINUTE, 5 * MINUTE))]
    assert max(widths) - min(widths) < 1e-6


def test_more_pauses_than_folds_fit_are_shown_at_scale() -> None:
    # GIVEN twenty runs of a millisecond, an hour apart
    runs = [(n * 60 * MINUTE, n * 60 * MINUTE + MILLISECOND) for n in range(20)]

    # THEN the picture would be all folds, so it has none
    assert Axis([], runs, MEASURE).folds == []


@given(
    st.lists(st.integers(0, 10**14), max_size=60),
    st.lists(st.tuples(st.integers(0, 10**14), st.integers(0, 10**12)), max_size=20),
)
def test_places_keep_the_order_of_time_and_fill_the_width(instants: list[int], spans: list[tuple[int, int]]) -> None:
    # GIVEN any instants and runs
    runs = [(start, start + length) for start, length in spans]
    axis = Axis(instants, runs, MEASURE)
    every = sorted({*instants, *(edge for run in runs for edge in run)})

    # THEN later is never further left, and the axis is exactly as wide as asked
    places = [axis.place(instant) for instant in every]
    assert places == sorted(places)
    if len(every) > 1:
        assert places[0] == 0
        assert abs(places[-1] - MEASURE.width) < 1e-6
    # AND what lies outside is held at the ends
    assert axis.place(-1) == 0
    assert axis.place(10**17) == (places[-1] if every else 0)


def test_labels_of_the_axis_do_not_touch_and_never_lie_in_a_fold() -> None:
    # GIVEN a folded axis
    later = MINUTE + 100 * MILLISECOND
    axis = Axis([], [(0, 100 * MILLISECOND), (later, later + 900 * MILLISECOND)], MEASURE)

    # WHEN it is labelled, seven units to a character
    found = ticks(axis, 0, later + 900 * MILLISECOND, lambda text: 7.0 * len(text))

    # THEN each label ends before the next begins
    assert [label for _, label in found][:2] == ["t+0", "t+1 min 0.1 s"]
    for (place, label), (following, _) in pairwise(found):
        assert place + 7 * len(label) <= following
    # AND none marks an instant inside the fold
    fold = axis.folds[0]
    assert not any(fold.left < place < fold.right for place, _ in found)


def test_a_single_instant_has_a_place() -> None:
    axis = Axis([5 * SECOND], [], MEASURE)
    assert axis.place(5 * SECOND) == 0
    assert axis.clusters == [5 * SECOND]
