"""The timeline: append-only, read in virtual order, filtered without surprises."""

from __future__ import annotations

import datetime

import pytest

from lambdalab.clock import SECOND
from lambdalab.timeline import EventAccepted, EventDiscarded, Throttle, Timeline

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


def throttle(second: int, name: str = "f") -> Throttle:
    return Throttle(second * SECOND, ARN + name, f"r{second}", "Event", "ConcurrentInvocationLimitExceeded")


def test_entries_are_read_in_virtual_order_whatever_the_order_of_recording() -> None:
    timeline = Timeline(0)
    for second in (3, 1, 2):
        timeline.record(throttle(second))
    assert [entry.at_ns // SECOND for entry in timeline] == [1, 2, 3]


def test_where_filters_by_attributes_and_properties() -> None:
    timeline = Timeline(0)
    timeline.record(throttle(1, "a"))
    timeline.record(throttle(2, "b"))
    timeline.record(EventDiscarded(3 * SECOND, ARN + "a", "r", "EventAgeExceeded", 0))
    assert len(timeline.where(function_name="a")) == 2
    assert len(timeline.where(function_name="a", condition="EventAgeExceeded")) == 1


def test_where_names_an_attribute_that_no_entry_has() -> None:
    with pytest.raises(AttributeError, match="no attribute 'functionname'"):
        Timeline(0).where(functionname="a")


def test_beyond_the_limit_entries_are_counted_by_the_second() -> None:
    # GIVEN room for two entries
    timeline = Timeline(0, detail_limit=2)
    for second in (1, 1, 1, 2, 2):
        timeline.record(throttle(second))
    # THEN all five are counted, two are kept
    assert timeline.counts_per_second(Throttle) == {1: 3, 2: 2}
    assert (len(timeline), timeline.counted_only, len(timeline.of(Throttle))) == (5, 3, 2)
    assert timeline.counts_per_second(EventAccepted) == {}


def test_listeners_hear_every_entry_until_they_stop() -> None:
    timeline, heard = Timeline(0, detail_limit=0), []
    stop = timeline.listen(heard.append)
    timeline.record(throttle(1))
    stop()
    timeline.record(throttle(2))
    assert [entry.at_ns for entry in heard] == [SECOND]


def test_since_takes_an_instant_or_a_datetime() -> None:
    timeline = Timeline(0)
    for second in (1, 2, 3):
        timeline.record(throttle(second))
    moment = datetime.datetime(1970, 1, 1, 0, 0, 2, tzinfo=datetime.UTC)
    assert [entry.at_ns for entry in timeline.since(moment)] == [2 * SECOND, 3 * SECOND]
    assert len(timeline.since(3 * SECOND)) == 1


def test_parts_keep_the_counts_they_can() -> None:
    # GIVEN entries of two functions, none of them kept
    timeline = Timeline(0, detail_limit=0)
    for second, name in ((1, "a"), (2, "a"), (2, "b")):
        timeline.record(throttle(second, name))
    # THEN a function and a span can still be told apart, other attributes cannot
    assert timeline.where(function_name="a").counts_per_second(Throttle) == {1: 1, 2: 1}
    assert timeline.where(function_arn=ARN + "b").counts_per_second(Throttle) == {2: 1}
    assert timeline.since(2 * SECOND).counts_per_second(Throttle) == {2: 2}
    assert len(timeline.where(request_id="r1")) == 0
