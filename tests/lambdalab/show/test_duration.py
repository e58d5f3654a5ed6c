"""Durations and instants in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalab.clock import MILLISECOND, MINUTE, SECOND
from lambdalab.show.duration import in_words, roughly, since_start

HOUR = 60 * MINUTE


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (0, "0 s"),
        (1, "under 0.1 ms"),
        (1_500_000, "1.5 ms"),
        (MILLISECOND, "1 ms"),
        (212 * MILLISECOND, "212 ms"),
        (999_600_000, "1 s"),
        (1_230 * MILLISECOND, "1.23 s"),
        (59_800 * MILLISECOND, "59.8 s"),
        (59_990 * MILLISECOND, "1 min"),
        (60_200 * MILLISECOND, "1 min 0.2 s"),
        (2 * MINUTE, "2 min"),
        (3_599_970 * MILLISECOND, "1 h"),
        (6 * HOUR, "6 h"),
        (5 * HOUR + 59 * MINUTE, "5 h 59 min"),
        (HOUR + 4 * SECOND, "1 h 4 s"),
        (24 * HOUR - 1, "1 d"),
        (49 * HOUR, "2 d 1 h"),
    ],
)
def test_a_duration_reads_like_a_person_says_it(duration: int, words: str) -> None:
    assert in_words(duration) == words


@given(st.integers(min_value=MILLISECOND, max_value=10**16))
def test_a_duration_in_words_is_right_within_the_smallest_unit_it_names(duration: int) -> None:
    # GIVEN any duration from a millisecond to a hundred days
    units = {"ms": MILLISECOND, "s": SECOND, "min": MINUTE, "h": HOUR, "d": 24 * HOUR}

    # WHEN its words are read back
    parts = re.findall(r"([\d.]+) (\w+)", in_words(duration))
    total = sum(float(amount) * units[unit] for amount, unit in parts)

    # THEN they mean the duration, to one part in twenty
    assert abs(total - duration) <= duration / 20


@pytest.mark.parametrize(
    ("duration", "words"), [(119_800 * MILLISECOND, "2 min"), (59 * SECOND, "59 s"), (90 * SECOND, "1 min 30 s")]
)
def test_a_pause_is_rounded_where_nobody_would_mind(duration: int, words: str) -> None:
    assert roughly(duration) == words


def test_an_instant_is_told_from_the_start_of_the_record() -> None:
    assert since_start(SECOND, SECOND) == "t+0"
    assert since_start(61_200 * MILLISECOND, SECOND) == "t+1 min 0.2 s"
    assert since_start(0, SECOND) == "t−1 s"
