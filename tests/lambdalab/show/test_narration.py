"""The story in words."""

from __future__ import annotations

import boto3

import lambdalab
from lambdalab.show import ShownTimeline
from lambdalab.show.narration import narrated
from lambdalab.timeline import Delivery, EventAccepted, EventDiscarded, Init
from tests.lambdalab.show.stories import QUEUE, START, arn, at, attempt, called, empty, overloaded, retried


def test_an_event_is_told_from_acceptance_to_the_dead_letter_queue() -> None:
    # GIVEN an event that failed three times
    # WHEN its story is told
    story = next(said for said in narrated(retried()) if said.startswith("Event"))

    # THEN every turn is there, in order
    turns = [
        "Event 3f2a… was accepted at t+30 ms",
        "attempt 1 failed in a cold environment (8c41…) after 96 ms and 186 ms of init with ValueError: no such order",
        "it went back to the queue for 1 min",
        "attempt 2 timed out in a warm environment (8c41…) after 300 ms",
        "it went back to the queue for 2 min",
        "attempt 3 ended with the runtime exiting in a warm environment (8c41…) after 260 ms",
        "Lambda gave it up after 3 attempts (RetriesExhausted)",
        "its record went to the dead-letter queue failed-orders at t+3 min 0.9 s",
    ]
    assert story == "; ".join(turns) + "."


def test_what_belongs_to_no_event_is_told_as_well() -> None:
    told = " ".join(narrated(retried()))
    for said in (
        "At t+1 ms CreateFunction succeeded.",
        "At t+2 ms GetFunction was refused with ResourceNotFoundException.",
        "Environment 8c41… of orders was reset at t+1 min 0.6 s (timeout).",
        "repeated its init inside the invocation at t+3 min 0.6 s (178 ms).",
        "was shut down at t+9 min 0.6 s (idle).",
    ):
        assert said in told


def test_calls_and_throttles_are_told() -> None:
    told = narrated(called(1, 1))
    assert told == [
        "Call 0000… began at t+10 ms; it succeeded in a cold environment (0000…) after 80 ms and 150 ms of init.",
        "Call 0001… began at t+10 ms; was throttled at t+10 ms (ReservedFunctionConcurrentInvocationLimitExceeded).",
    ]


def test_an_init_that_fails_and_a_delivery_that_fails_are_told() -> None:
    # GIVEN a cold start that ended in an error, and a record that did not arrive
    timeline = empty()
    timeline.record(EventAccepted(at(0), arn("f"), "aaaa-1", "Event", "$LATEST", 1))
    timeline.record(Init(at(1), arn("f"), "bbbb-1", at(2), "error", False))
    timeline.record(EventDiscarded(at(3), arn("f"), "aaaa-1", "ZeroReservedConcurrency", 0))
    timeline.record(Delivery(at(3), arn("f"), "aaaa-1", "on-failure destination", QUEUE, "x", "AccessDenied"))

    # THEN both are said
    told = " ".join(narrated(timeline))
    assert "Environment bbbb… of f failed during init at t+2 ms." in told
    assert "Lambda gave it up without an attempt (ZeroReservedConcurrency)" in told
    assert "its record could not be left at the on-failure destination failed-orders: AccessDenied" in told


def test_events_that_went_the_same_way_share_a_sentence() -> None:
    # GIVEN a thousand events with the same fate
    told = narrated(overloaded())

    # THEN two sentences tell it all
    assert told[0].startswith("In all: 1,000 invocations accepted, 80,000 throttles")
    assert len(told) == 2
    assert "(and 999 others like it)" in told[1]
    assert "was throttled 80 times from t+0 to t+5 h 59 min" in told[1]


def test_events_with_unlike_ends_do_not_share_a_sentence() -> None:
    # GIVEN thirty calls of which three failed
    timeline = empty()
    for number in range(30):
        timeline.record(
            attempt(
                number,
                1,
                request_id=f"{number:04x}-r",
                outcome="error" if number % 10 == 0 else "success",
                invocation_type="RequestResponse",
            )
        )

    # THEN the failed ones have a sentence of their own
    told = narrated(timeline)
    assert len(told) == 3
    assert "it failed" in told[1]
    assert "(and 2 others like it)" in told[1]
    assert "(and 26 others like it)" in told[2]


def test_a_story_too_varied_to_group_is_cut_and_says_so() -> None:
    # GIVEN forty environments shut down one by one
    timeline = empty()
    for number in range(40):
        timeline.record(Init(at(number), arn("f"), f"{number:04x}-e", at(number + 1), "error", False))

    # THEN the last sentence says what was left out
    told = narrated(timeline, most=10)
    assert len(told) == 10
    assert told[-1] == "… and 31 more sentences like these."


def test_entries_that_were_only_counted_are_mentioned() -> None:
    timeline = ShownTimeline(START, detail_limit=1)
    timeline.record(attempt(0, 1))
    timeline.record(attempt(2, 1))
    assert narrated(timeline)[-1] == "1 further entries were counted without being kept."


def test_nothing_happened() -> None:
    assert narrated(empty()) == ["Nothing has happened yet."]


def test_a_handler_that_cannot_be_loaded_is_told_in_order(lambda_cloud: lambdalab.Cloud) -> None:
    # GIVEN a package with a syntax error
    client = boto3.client("lambda")
    client.create_function(
        FunctionName="f",
        Runtime="python3.13",
        Handler="h.h",
        Role=lambda_cloud.execution_role,
        Code={"ZipFile": lambdalab.deployment_package({"h.py": "def h(:"})},
    )
    # WHEN the function is called for the first time
    client.invoke(FunctionName="f")
    # THEN the call comes before what became of its environment, which was new
    sentences = narrated(lambda_cloud.timeline)
    assert [sentence.split(" ")[0] for sentence in sentences] == ["At", "Call", *["Environment"] * 3]
    assert "failed in a cold environment" in sentences[1]
