"""Timelines made by hand, entry by entry, for the tests of the pictures."""

from __future__ import annotations

from functools import cache

from lambdalab.clock import MILLISECOND, MINUTE, SECOND
from lambdalab.show import ShownTimeline
from lambdalab.timeline import (
    ApiCalled,
    Attempt,
    Delivery,
    EnvironmentCreated,
    EnvironmentReset,
    EnvironmentShutdown,
    EventAccepted,
    EventDiscarded,
    Init,
    InvocationType,
    LogLine,
    Outcome,
    RetryScheduled,
    Throttle,
)

START = 1_767_225_600 * SECOND
"""2026-01-01T00:00:00Z."""

QUEUE = "arn:aws:sqs:us-east-1:123456789012:failed-orders"
REASON = "ReservedFunctionConcurrentInvocationLimitExceeded"


def arn(name: str) -> str:
    return f"arn:aws:lambda:us-east-1:123456789012:function:{name}"


def at(milliseconds: float) -> int:
    return START + round(milliseconds * MILLISECOND)


def attempt(
    begins_ms: float,
    took_ms: float,
    *,
    name: str = "orders",
    request_id: str = "3f2a77c0-01",
    environment_id: str = "8c41d0e2",
    outcome: Outcome = "success",
    number: int = 1,
    init_ms: float = 0,
    error_type: str | None = None,
    error_message: str | None = None,
    invocation_type: InvocationType = "Event",
) -> Attempt:
    return Attempt(
        at_ns=at(begins_ms),
        function_arn=arn(name),
        request_id=request_id,
        invocation_type=invocation_type,
        attempt=number,
        environment_id=environment_id,
        version="$LATEST",
        ended_ns=at(begins_ms + took_ms),
        outcome=outcome,
        error_type=error_type,
        error_message=error_message,
        init_ns=round(init_ms * MILLISECOND),
        billed_ms=round(took_ms),
        memory_mb=128,
        max_memory_mb=64,
    )


def empty() -> ShownTimeline:
    return ShownTimeline(START)


def retried(name: str = "orders", error_message: str = "no such order") -> ShownTimeline:
    """An event fails, times out, fails again and ends in a dead-letter queue."""
    timeline, function, event, environment = empty(), arn(name), "3f2a77c0-01", "8c41d0e2"
    minute = MINUTE // MILLISECOND
    for entry in (
        ApiCalled(at(1), function, "CreateFunction", None),
        ApiCalled(at(2), function, "GetFunction", "ResourceNotFoundException"),
        EventAccepted(at(30), function, event, "Event", "$LATEST", 312),
        EnvironmentCreated(at(40), function, environment, "$LATEST", "on-demand"),
        Init(at(40), function, environment, at(226), "success", False),
        LogLine(at(226), function, event, environment, "/aws/lambda/orders", "stream", "START"),
        attempt(226, 96, name=name, outcome="error", init_ms=186, error_type="ValueError", error_message=error_message),
        RetryScheduled(at(322), function, event, "function error", at(322 + minute), 2),
        attempt(322 + minute, 300, name=name, outcome="timeout", number=2, error_type="Sandbox.Timedout"),
        EnvironmentReset(at(622 + minute), function, environment, "timeout"),
        RetryScheduled(at(622 + minute), function, event, "function error", at(622 + 3 * minute), 3),
        Init(at(622 + 3 * minute), function, environment, at(800 + 3 * minute), "success", True),
        attempt(622 + 3 * minute, 260, name=name, outcome="exit", number=3, error_type="Runtime.ExitError"),
        EventDiscarded(at(882 + 3 * minute), function, event, "RetriesExhausted", 3),
        Delivery(at(884 + 3 * minute), function, event, "dead-letter queue", QUEUE, "RetriesExhausted", None),
        EnvironmentShutdown(at(622 + 9 * minute), function, environment, "idle"),
    ):
        timeline.record(entry)
    return timeline


def called(environments: int = 3, throttled: int = 2) -> ShownTimeline:
    """Synchronous calls at one instant, the last few of them refused."""
    timeline, function = empty(), arn("hello")
    for number in range(environments + throttled):
        request_id, environment = f"{number:04x}-call", f"{number:04x}-environment"
        timeline.record(EventAccepted(at(10), function, request_id, "RequestResponse", "$LATEST", 2))
        if number >= environments:
            timeline.record(Throttle(at(10), function, request_id, "RequestResponse", REASON))
            continue
        timeline.record(EnvironmentCreated(at(10), function, environment, "$LATEST", "on-demand"))
        timeline.record(Init(at(10), function, environment, at(160 + number), "success", False))
        timeline.record(
            attempt(
                160 + number,
                80,
                name="hello",
                request_id=request_id,
                environment_id=environment,
                init_ms=150 + number,
                invocation_type="RequestResponse",
            )
        )
    return timeline


@cache
def overloaded(events: int = 1_000, hours: int = 6, detail_limit: int = 250_000) -> ShownTimeline:
    """Events that are throttled, with growing pauses, until they are too old."""
    timeline, function = ShownTimeline(START, detail_limit), arn("busy")
    for number in range(events):
        request_id, now, pause = f"{number:08x}-event", at(number * 5), SECOND
        timeline.record(EventAccepted(now, function, request_id, "Event", "$LATEST", 9))
        while now < START + hours * 60 * MINUTE:
            timeline.record(Throttle(now, function, request_id, "Event", REASON))
            timeline.record(RetryScheduled(now, function, request_id, "throttle", now + pause, 1))
            now, pause = now + pause, min(2 * pause, 300 * SECOND)
        timeline.record(EventDiscarded(now, function, request_id, "EventAgeExceeded", 0))
        timeline.record(Delivery(now, function, request_id, "dead-letter queue", QUEUE, "EventAgeExceeded", None))
    return timeline
