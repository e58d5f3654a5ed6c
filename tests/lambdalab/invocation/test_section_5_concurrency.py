"""Behaviours §5: who may run at once, and the reason given to who may not."""

from __future__ import annotations

from typing import Any

import pytest

from lambdalab.errors import TooManyRequestsException
from lambdalab.functions.function import Function
from lambdalab.invocation.invocation import Invocation
from lambdalab.timeline import Attempt, EnvironmentCreated, EnvironmentShutdown, Throttle

ACCOUNT, REGION = "123456789012", "us-east-1"
SLOW = [{"outcome": "success", "seconds": 2}]


def call(stage: Any, function: Function, qualifier: str | None = None) -> Any:
    return stage.plane.invoke(Invocation(function, qualifier, b"{}", "RequestResponse", False, None))


def at_once(stage: Any, functions: list[Function]) -> list[str]:
    """Outcome of one call of each function from one instant: "ran", or the reason of the refusal."""
    outcomes = []
    with stage.plane.at_one_instant() as back_to_start:
        for function in functions:
            back_to_start()
            try:
                call(stage, function)
                outcomes.append("ran")
            except TooManyRequestsException as refusal:
                outcomes.append(refusal.members["Reason"])
    return outcomes


def test_calls_from_one_instant_get_an_environment_each(stage: Any) -> None:
    function = stage.function(script=SLOW)
    assert at_once(stage, [function] * 3) == ["ran"] * 3
    assert len({a.environment_id for a in stage.timeline.of(Attempt)}) == 3
    assert stage.elapsed == 2.1


def test_calls_one_after_the_other_reuse_the_environment(stage: Any) -> None:
    function = stage.function(script=SLOW)
    call(stage, function)
    call(stage, function)
    first, second = stage.timeline.of(Attempt)
    assert first.environment_id == second.environment_id
    assert (first.cold, second.cold) == (True, False)


def test_reserved_concurrency_is_a_cap_with_its_own_reason(stage: Any) -> None:
    function = stage.function(script=SLOW)
    function.reserved_concurrency = 2
    assert at_once(stage, [function] * 3) == ["ran", "ran", "ReservedFunctionConcurrentInvocationLimitExceeded"]
    (throttle,) = stage.timeline.of(Throttle)
    assert throttle.reason == "ReservedFunctionConcurrentInvocationLimitExceeded"


def test_reserved_concurrency_is_a_guarantee(stage: Any) -> None:
    # GIVEN an account of three, one of them reserved
    stage.plane.store(ACCOUNT, REGION).concurrency_limit = 3
    reserved, other = stage.function("reserved", SLOW), stage.function("other", SLOW)
    reserved.reserved_concurrency = 1
    # WHEN others ask for more than the rest
    outcomes = at_once(stage, [other, other, other, reserved])
    # THEN the reservation still runs
    assert outcomes == ["ran", "ran", "ConcurrentInvocationLimitExceeded", "ran"]


def test_zero_reserved_concurrency_stops_synchronous_calls(stage: Any) -> None:
    function = stage.function()
    function.reserved_concurrency = 0
    with pytest.raises(TooManyRequestsException, match=r"Rate Exceeded\."):
        call(stage, function)


def test_scaling_out_is_limited_to_a_thousand_environments_at_once(stage: Any) -> None:
    # GIVEN a raised account limit
    stage.plane.store(ACCOUNT, REGION).concurrency_limit = 5_000
    function = stage.function(script=[{"outcome": "success", "seconds": 2.5}], init_ms=0)
    # WHEN 1,200 calls come at one instant, and 200 more a second later
    outcomes = at_once(stage, [function] * 1_200)
    # THEN a thousand get an environment
    assert outcomes.count("ran") == 1_000
    assert outcomes.count("FunctionInvocationRateLimitExceeded") == 200


def test_scaling_tokens_come_back_at_a_hundred_a_second(stage: Any) -> None:
    stage.plane.store(ACCOUNT, REGION).concurrency_limit = 5_000
    function = stage.function(script=[{"outcome": "success", "seconds": 2}], init_ms=0)
    at_once(stage, [function] * 1_000)  # ends two seconds later: 200 tokens have come back
    assert at_once(stage, [function] * 1_300).count("ran") == 1_000 + 200


def test_requests_per_second_are_limited_to_ten_times_the_reservation(stage: Any) -> None:
    # GIVEN a quick function with one reserved execution
    function = stage.function(script=[{"outcome": "success", "seconds": 0.002}], init_ms=0)
    function.reserved_concurrency = 1
    # WHEN it is called back to back
    outcomes = []
    for _ in range(12):
        try:
            call(stage, function)
            outcomes.append("ran")
        except TooManyRequestsException as refusal:
            outcomes.append(refusal.members["Reason"])
    # THEN the eleventh call within the second is refused although nothing else runs
    assert outcomes == ["ran"] * 10 + ["ReservedFunctionInvocationRateLimitExceeded"] * 2


def test_idle_environments_are_taken_away(stage: Any) -> None:
    function = stage.function()
    call(stage, function)
    stage.scheduler.run_until(stage.clock.time_ns + 301 * 10**9)
    call(stage, function)
    assert len(stage.timeline.of(EnvironmentCreated)) == 2
    (shutdown,) = stage.timeline.of(EnvironmentShutdown)
    assert shutdown.reason == "idle"


def test_new_code_retires_the_environments(stage: Any) -> None:
    function = stage.function()
    call(stage, function)
    stage.plane.code_changed(function, "$LATEST")
    call(stage, function)
    assert len(stage.timeline.of(EnvironmentCreated)) == 2
    assert stage.executor.sandboxes[0].shut_down == 1


def test_an_event_due_during_a_synchronous_call_overlaps_it(stage: Any) -> None:
    # GIVEN an event waiting in the queue
    slow = stage.function("slow", [{"outcome": "success", "seconds": 5}], timeout=10)
    quick = stage.function("quick")
    stage.scheduler.after(2 * 10**9, lambda: stage.plane.enqueue(quick, None, b"{}"))
    # WHEN a call of five seconds runs over it
    call(stage, slow)
    # THEN the event ran at its own instant, in between, and the caller's clock is at the end of the call
    (attempt,) = [a for a in stage.timeline.of(Attempt) if a.function_name == "quick"]
    assert stage.seconds(attempt.at_ns) == 2.1
    assert stage.elapsed == 5.1
