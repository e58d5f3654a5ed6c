"""The clock and the scheduler: exact instants, one order, no way back."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalab.clock import MILLISECOND, SECOND, Clock, Scheduler, nanoseconds
from lambdalab.errors import ClockError


def test_a_thousand_milliseconds_are_exactly_a_second() -> None:
    clock = Clock()
    start = clock.time_ns
    for _ in range(1_000):
        clock.spend(nanoseconds(0.001))
    assert clock.time_ns - start == SECOND


def test_the_clock_starts_where_it_is_told() -> None:
    moment = datetime.datetime(2026, 3, 29, 1, 2, 3, 456, tzinfo=datetime.UTC)
    assert Clock(moment).now() == moment


def test_a_start_without_time_zone_is_refused() -> None:
    with pytest.raises(ClockError, match="no time zone"):
        Clock(datetime.datetime(2026, 1, 1))


def test_time_cannot_be_spent_backwards() -> None:
    with pytest.raises(ClockError):
        Clock().spend(-1)


@given(st.lists(st.integers(0, 10_000), max_size=30))
def test_timers_run_in_order_of_instant_then_of_making(delays: list[int]) -> None:
    # GIVEN timers in any order
    scheduler = Scheduler(Clock())
    start, ran = scheduler.clock.time_ns, []
    for number, delay in enumerate(delays):
        scheduler.after(delay, lambda n=number, d=delay: ran.append((d, n, scheduler.clock.time_ns - start)))
    # WHEN the clock passes them all
    scheduler.run_until(start + 10_000)
    # THEN each ran once, in order, at its own instant
    assert [(d, n) for d, n, _ in ran] == sorted((d, n) for n, d in enumerate(delays))
    assert all(at == delay for delay, _, at in ran)


def test_an_action_that_takes_long_does_not_delay_the_next() -> None:
    scheduler = Scheduler(Clock())
    start, seen = scheduler.clock.time_ns, []
    scheduler.after(1 * SECOND, lambda: scheduler.clock.spend(10 * SECOND))
    scheduler.after(2 * SECOND, lambda: seen.append(scheduler.clock.time_ns - start))
    scheduler.run_until(start + 3 * SECOND)
    assert seen == [2 * SECOND]
    assert scheduler.clock.time_ns == start + 3 * SECOND


def test_a_cancelled_timer_does_not_run_and_does_not_keep_the_scheduler_busy() -> None:
    scheduler = Scheduler(Clock())
    start = scheduler.clock.time_ns
    scheduler.after(SECOND, lambda: pytest.fail("cancelled"), "later").cancel()
    scheduler.run_until_idle(start + 10 * SECOND)
    assert scheduler.pending() == []
    assert scheduler.clock.time_ns == start


def test_recurring_timers_do_not_count_as_work() -> None:
    # GIVEN a timer that makes itself anew every second, and one piece of work
    scheduler = Scheduler(Clock())
    start, ticks = scheduler.clock.time_ns, []

    def tick() -> None:
        ticks.append(1)
        scheduler.after(SECOND, tick, "poll", recurring=True)

    tick()
    scheduler.after(3 * SECOND, lambda: None, "work")
    # WHEN it runs until idle
    scheduler.run_until_idle(start + 3_600 * SECOND)
    # THEN it stops at the work, having ticked on the way
    assert scheduler.clock.time_ns == start + 3 * SECOND
    assert len(ticks) == 3  # at 0, 1 and 2 s; the work of 3 s was made before the poll of 3 s
    assert [timer.label for timer in scheduler.pending()] == ["poll"]


def test_idle_is_when_what_was_started_has_ended() -> None:
    # GIVEN a long piece of work, and a short one that begins meanwhile
    clock = Clock()
    scheduler, start = Scheduler(clock), clock.time_ns
    scheduler.after(SECOND, lambda: clock.spend(5 * SECOND), "long")
    scheduler.after(2 * SECOND, lambda: clock.spend(MILLISECOND), "short")
    # WHEN it runs until idle
    scheduler.run_until_idle(start + 3_600 * SECOND)
    # THEN the clock stands at the end of the long one
    assert clock.time_ns == start + 6 * SECOND


def test_work_beyond_the_horizon_waits() -> None:
    scheduler = Scheduler(Clock())
    start = scheduler.clock.time_ns
    scheduler.after(MILLISECOND, lambda: None, "soon")
    scheduler.after(2 * SECOND, lambda: pytest.fail("beyond"), "late")
    scheduler.run_until_idle(start + SECOND)
    assert scheduler.clock.time_ns == start + MILLISECOND
    assert [timer.label for timer in scheduler.pending()] == ["late"]
