"""Behaviours §3: an asynchronous event retries, backs off, grows old, and leaves a record."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdalab.functions.function import EventInvokeConfig
from lambdalab.timeline import Attempt, Delivery, EventDiscarded, RetryScheduled, Throttle

ACCOUNT, REGION = "123456789012", "us-east-1"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:dead"
FAIL, WORK = {"outcome": "error"}, {"outcome": "success"}


def starts(stage: Any) -> list[float]:
    return [round(stage.seconds(a.at_ns), 3) for a in stage.timeline.of(Attempt)]


def test_failing_event_is_tried_three_times_one_and_two_minutes_apart(stage: Any) -> None:
    # GIVEN a function that always fails at once, warm start costs set aside
    function = stage.function(script=[FAIL], init_ms=0)
    # WHEN an event is queued and the clock runs on
    stage.plane.enqueue(function, None, b"{}")
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    # THEN it runs now, 60 s after the first end, 120 s after the second end
    assert starts(stage) == [0.0, 60.001, 180.002]
    (discarded,) = stage.timeline.of(EventDiscarded)
    assert (discarded.condition, discarded.invoke_count) == ("RetriesExhausted", 3)


def test_all_attempts_carry_one_request_id(stage: Any) -> None:
    function = stage.function(script=[FAIL])
    request_id = stage.plane.enqueue(function, None, b"{}")
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    assert {a.request_id for a in stage.timeline.of(Attempt)} == {request_id}


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_maximum_retry_attempts_bounds_the_attempts(stage: Any, retries: int) -> None:
    function = stage.function(script=[FAIL])
    function.event_invoke_configs["$LATEST"] = EventInvokeConfig(0, maximum_retry_attempts=retries, on_failure=QUEUE)
    stage.plane.enqueue(function, None, b"{}")
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    assert len(stage.timeline.of(Attempt)) == retries + 1
    ((_, body, _),) = stage.targets.messages
    assert json.loads(body)["requestContext"]["approximateInvokeCount"] == retries + 1


def test_age_is_checked_against_the_planned_retry(stage: Any) -> None:
    # GIVEN an age limit of 60 s and a handler that needs a millisecond
    function = stage.function(script=[FAIL])
    function.event_invoke_configs["$LATEST"] = EventInvokeConfig(0, maximum_event_age=60, on_failure=QUEUE)
    # WHEN the first attempt fails
    stage.plane.enqueue(function, None, b"{}")
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    # THEN the retry would come too late: the event is given up at once, with what it answered
    (discarded,) = stage.timeline.of(EventDiscarded)
    assert (discarded.condition, discarded.invoke_count) == ("EventAgeExceeded", 1)
    assert stage.seconds(discarded.at_ns) < 1
    record = json.loads(stage.targets.messages[0][1])
    assert record["responseContext"]["functionError"] == "Unhandled"


def test_throttled_event_backs_off_exponentially_for_six_hours(stage: Any) -> None:
    # GIVEN an account without a free execution
    function = stage.function()
    stage.plane.store(ACCOUNT, REGION).concurrency_limit = 0
    function.event_invoke_configs["$LATEST"] = EventInvokeConfig(0, on_failure=QUEUE)
    # WHEN an event waits
    stage.plane.enqueue(function, None, b"{}")
    stage.scheduler.run_until_idle(stage.clock.time_ns + 24 * 3_600 * 10**9)
    # THEN it is tried at 1, 2, 4 … 256, then every 300 s, and given up before six hours are over, having never run
    moments = [stage.seconds(t.at_ns) for t in stage.timeline.of(Throttle)]
    waits = [round(b - a) for a, b in itertools.pairwise(moments)]
    assert waits[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert set(waits[10:]) == {300}
    assert 21_300 <= moments[-1] <= 21_600
    (discarded,) = stage.timeline.of(EventDiscarded)
    assert (discarded.condition, discarded.invoke_count) == ("EventAgeExceeded", 0)
    assert "responsePayload" not in json.loads(stage.targets.messages[0][1])


def test_throttles_do_not_use_up_retries(stage: Any) -> None:
    # GIVEN one throttled try before every attempt
    function = stage.function(script=[FAIL])
    store = stage.plane.store(ACCOUNT, REGION)
    store.concurrency_limit = 0
    stage.plane.enqueue(function, None, b"{}")
    stage.scheduler.run_until(stage.clock.time_ns)
    store.concurrency_limit = 1000
    # WHEN the limit is lifted
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    # THEN three attempts follow all the same
    assert len(stage.timeline.of(Throttle)) == 1
    assert len(stage.timeline.of(Attempt)) == 3


def test_reserved_concurrency_of_zero_sends_the_event_away_unretried(stage: Any) -> None:
    function = stage.function(dead_letter_arn=QUEUE)
    function.reserved_concurrency = 0
    function.event_invoke_configs["$LATEST"] = EventInvokeConfig(0, on_failure=QUEUE)
    stage.plane.enqueue(function, None, b'{"n": 1}')
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    assert stage.elapsed == 0
    (_, record, _), (_, body, attributes) = stage.targets.messages
    context = json.loads(record)["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("ZeroReservedConcurrency", 0)
    assert "responseContext" not in json.loads(record)
    assert body == '{"n": 1}'
    assert attributes["ErrorCode"]["StringValue"] == "429"


def test_destination_record_has_the_recorded_shape(stage: Any) -> None:
    # GIVEN a success destination
    function = stage.function()
    function.event_invoke_configs["$LATEST"] = EventInvokeConfig(0, on_success=QUEUE)
    # WHEN an event succeeds
    request_id = stage.plane.enqueue(function, None, b'{"a": 1}')
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    # THEN the record is the one AWS sends, member for member and in its order
    ((_, body, attributes),) = stage.targets.messages
    assert json.loads(body) == {
        "version": "1.0",
        "timestamp": "2026-01-01T00:00:00.101Z",
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{function.arn}:$LATEST",
            "condition": "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"a": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "responsePayload": "done",
    }
    assert list(json.loads(body)) == [
        "version",
        "timestamp",
        "requestContext",
        "requestPayload",
        "responseContext",
        "responsePayload",
    ]
    assert attributes == {}


def test_dead_letter_is_the_event_unchanged_with_three_attributes(stage: Any) -> None:
    function = stage.function(script=[FAIL], dead_letter_arn=QUEUE)
    request_id = stage.plane.enqueue(function, None, b'{ "spaced" :  true }')
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    ((arn, body, attributes),) = stage.targets.messages
    assert (arn, body) == (QUEUE, '{ "spaced" :  true }')
    assert attributes == {
        "RequestID": {"DataType": "String", "StringValue": request_id},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": "boom"},
    }


def test_every_kind_of_destination(stage: Any) -> None:
    # GIVEN one function for each kind of target
    prefix = f"us-east-1:{ACCOUNT}"
    targets = {
        "queue": f"arn:aws:sqs:{prefix}:q",
        "topic": f"arn:aws:sns:{prefix}:t",
        "bus": f"arn:aws:events:{prefix}:event-bus/default",
        "bucket": "arn:aws:s3:::records",
        "function": f"arn:aws:lambda:{prefix}:function:other",
    }
    other = stage.function("other")
    for name, arn in targets.items():
        function = stage.function(name, script=[FAIL])
        function.event_invoke_configs["$LATEST"] = EventInvokeConfig(0, maximum_retry_attempts=0, on_failure=arn)
        stage.plane.enqueue(function, None, b"{}")
    # WHEN each event fails
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    # THEN the record arrives in the target's own form
    assert {arn for arn, _, _ in stage.targets.messages} == {targets["queue"], targets["topic"]}
    ((bus, source, detail_type, detail, resources),) = stage.targets.events
    assert (bus, source) == (targets["bus"], "lambda")
    assert detail_type == "Lambda Function Invocation Result - Failure"
    assert resources == [targets["bus"], f"arn:aws:lambda:{prefix}:function:bus:$LATEST"]
    assert detail["requestContext"]["condition"] == "RetriesExhausted"
    ((_, key, content),) = stage.targets.objects
    assert key.startswith("aws/lambda/async/bucket/2026/01/01/2026-01-01T00.00.00-")
    assert json.loads(content)["requestContext"]["functionArn"].endswith(":bucket:$LATEST")
    assert [a.function_arn for a in stage.timeline.of(Attempt)].count(other.arn) == 1


def test_fifo_targets_are_refused_and_the_failure_is_on_record(stage: Any) -> None:
    function = stage.function(script=[FAIL])
    fifo = "arn:aws:sqs:us-east-1:123456789012:dead.fifo"
    function.event_invoke_configs["$LATEST"] = EventInvokeConfig(0, maximum_retry_attempts=0, on_failure=fifo)
    stage.plane.enqueue(function, None, b"{}")
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    (delivery,) = stage.timeline.of(Delivery)
    assert delivery.error is not None
    assert "FIFO" in delivery.error


def test_events_of_a_deleted_function_are_dropped(stage: Any) -> None:
    function = stage.function(script=[FAIL])
    stage.plane.enqueue(function, None, b"{}")
    stage.plane.store(ACCOUNT, REGION).remove("f")
    stage.plane.function_deleted(function)
    stage.scheduler.run_until_idle(stage.clock.time_ns + 3_600 * 10**9)
    assert stage.timeline.of(Attempt) == []


LINES = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["success", "error", "timeout", "exit"]),
        "seconds": st.floats(0.001, 2.9).map(lambda s: round(s, 3)),
    }
)


@settings(max_examples=150, deadline=None)
@given(
    script=st.lists(LINES, min_size=1, max_size=4),
    retries=st.integers(0, 2),
    age=st.integers(60, 400),
    events=st.integers(1, 5),
    reserved=st.sampled_from([None, 1, 2]),
)
def test_no_event_is_lost_and_none_breaks_its_limits(
    new_stage: Any, script: list[dict[str, Any]], retries: int, age: int, events: int, reserved: int | None
) -> None:
    # GIVEN any script of outcomes, limits and concurrency
    stage = new_stage()
    function = stage.function(script=script, dead_letter_arn=QUEUE)
    function.reserved_concurrency = reserved
    function.event_invoke_configs["$LATEST"] = EventInvokeConfig(0, retries, age, on_success=QUEUE, on_failure=QUEUE)
    # WHEN some events run to their end
    ids = [stage.plane.enqueue(function, None, b"{}") for _ in range(events)]
    stage.scheduler.run_until_idle(stage.clock.time_ns + 24 * 3_600 * 10**9)
    # THEN each leaves exactly one record, says how often it ran, and never ran too often or started too late
    records = [json.loads(body) for _, body, attributes in stage.targets.messages if not attributes]
    assert sorted(r["requestContext"]["requestId"] for r in records) == sorted(ids)
    letters = [attributes for _, _, attributes in stage.targets.messages if attributes]
    failures = [r for r in records if r["requestContext"]["condition"] != "Success"]
    assert len(letters) == len(failures)
    for record in records:
        mine = [a for a in stage.timeline.of(Attempt) if a.request_id == record["requestContext"]["requestId"]]
        assert record["requestContext"]["approximateInvokeCount"] == len(mine) <= retries + 1
        assert all(stage.seconds(a.at_ns) <= age + 1 for a in mine)
        assert (record["requestContext"]["condition"] == "Success") == (bool(mine) and mine[-1].outcome == "success")
    # and never more at once than the reservation allows
    spans = [(a.at_ns - a.init_ns, a.ended_ns) for a in stage.timeline.of(Attempt)]
    peak = max(sum(b <= a < e for b, e in spans) for a, _ in spans) if spans else 0
    assert reserved is None or peak <= reserved
    assert all(r.due_ns > r.at_ns for r in stage.timeline.of(RetryScheduled))
