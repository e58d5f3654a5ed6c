"""The asynchronous queue: an event's way from 202 to its end (behaviours §3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from lambdalab import quotas
from lambdalab.chance import Chance
from lambdalab.clock import SECOND, Clock, Scheduler
from lambdalab.errors import (
    DeliveryError,
    RecursiveInvocationException,
    ResourceNotFoundException,
    TooManyRequestsException,
)
from lambdalab.functions.function import EventInvokeConfig, Function
from lambdalab.functions.identifier import LATEST, function_arn
from lambdalab.invocation.destinations import (
    DeadLetter,
    DestinationRecord,
    Targets,
    deliver_dead_letter,
    deliver_record,
)
from lambdalab.invocation.duplicates import Duplicates
from lambdalab.timeline import Delivery, EventDiscarded, RetryScheduled, Timeline

__all__ = ["AsynchronousQueue", "Execute", "Execution", "QueuedEvent"]

_NO_CONFIG = EventInvokeConfig(last_modified_ns=0)


@dataclass(frozen=True, slots=True)
class Execution:
    """What running an event came to. ``version`` is the number that ran."""

    payload: bytes
    failed: bool
    version: str
    log: str = ""
    request_id: str = ""


@dataclass(slots=True)
class QueuedEvent:
    """An event in the queue.

    ``attempts`` counts the times code ran, ``throttles`` the refusals since the last time it did.
    ``lineage`` counts the functions of the chain of invocations the event comes from.
    """

    function: Function
    qualifier: str | None
    payload: bytes
    request_id: str
    accepted_ns: int
    client_context: str | None = None
    lineage: Mapping[str, int] = field(default_factory=dict)
    attempts: int = 0
    throttles: int = 0
    last: Execution | None = None


class Execute(Protocol):
    """Runs an event; the clock moves to its end.

    Raises `TooManyRequestsException` when throttled, `RecursiveInvocationException` when the loop is stopped.
    """

    def __call__(self, event: QueuedEvent) -> Execution: ...


class SendToFunction(Protocol):
    """Queues a destination record for another function."""

    def __call__(self, target_arn: str, payload: bytes, lineage: Mapping[str, int]) -> None: ...


class AsynchronousQueue:
    """Lambda's internal queue of one account and Region.

    Parameters
    ----------
    execute
        Runs an event.
    send_to_function
        Takes a record meant for a Lambda destination.
    duplicates
        Which events are delivered twice.
    """

    def __init__(
        self,
        clock: Clock,
        scheduler: Scheduler,
        timeline: Timeline,
        chance: Chance,
        targets: Targets,
        execute: Execute,
        send_to_function: SendToFunction,
        duplicates: Duplicates,
    ) -> None:
        self._clock = clock
        self._scheduler = scheduler
        self._timeline = timeline
        self._chance = chance
        self._targets = targets
        self._execute = execute
        self._send_to_function = send_to_function
        self._duplicates = duplicates
        self._forgotten: set[int] = set()

    def accept(self, event: QueuedEvent) -> None:
        """Queue the event; its first attempt comes as soon as the clock moves. At times the queue delivers it twice."""
        self._schedule(event, self._clock.time_ns)
        if self._duplicates.again("event"):
            self._schedule(replace(event), self._clock.time_ns + SECOND)

    def forget(self, function: Function) -> None:
        """Drop the events of a deleted function."""
        self._forgotten.add(id(function))

    def _schedule(self, event: QueuedEvent, instant_ns: int) -> None:
        self._scheduler.at(
            instant_ns, lambda: self._attempt(event), f"event {event.request_id} of {event.function.name}"
        )

    def _attempt(self, event: QueuedEvent) -> None:
        function = event.function
        if id(function) in self._forgotten:
            return
        config = function.event_invoke_config(event.qualifier) or _NO_CONFIG
        if function.reserved_concurrency == 0:
            event.attempts, event.last = 0, None
            self._give_up(event, config, "ZeroReservedConcurrency")
            return
        try:
            execution = self._execute(event)
        except TooManyRequestsException:
            self._back_off(event, config)
            return
        except RecursiveInvocationException:
            self._give_up(event, config, "RecursiveInvocation")
            return
        except ResourceNotFoundException:  # the alias or version was deleted while the event waited
            return
        event.attempts += 1
        event.throttles = 0
        event.last = execution
        if not execution.failed:
            self._finish(event, config, "Success")
        else:
            self._retry(event, config)

    def _back_off(self, event: QueuedEvent, config: EventInvokeConfig) -> None:
        """Throttled: back to the queue, at 1, 2, 4 … 300 seconds. No attempt is counted."""
        wait = min(quotas.ASYNC_BACKOFF_MIN * 2**event.throttles, quotas.ASYNC_BACKOFF_MAX)
        event.throttles += 1
        self._again(event, config, wait, "throttle")

    def _retry(self, event: QueuedEvent, config: EventInvokeConfig) -> None:
        """The function failed: again after one minute, then after two."""
        allowed = config.maximum_retry_attempts
        if event.attempts > (quotas.ASYNC_RETRIES_DEFAULT if allowed is None else allowed):
            self._give_up(event, config, "RetriesExhausted")
        else:
            self._again(event, config, quotas.ASYNC_RETRY_WAITS[event.attempts - 1], "function error")

    def _again(
        self, event: QueuedEvent, config: EventInvokeConfig, wait: int, cause: Literal["function error", "throttle"]
    ) -> None:
        """Schedule the next try, unless the event would be too old by then."""
        due_ns = self._clock.time_ns + wait * SECOND
        age_limit = config.maximum_event_age or quotas.ASYNC_EVENT_AGE_DEFAULT
        if due_ns - event.accepted_ns > age_limit * SECOND:
            self._give_up(event, config, "EventAgeExceeded")
            return
        self._timeline.record(
            RetryScheduled(self._clock.time_ns, event.function.arn, event.request_id, cause, due_ns, event.attempts + 1)
        )
        self._schedule(event, due_ns)

    def _give_up(self, event: QueuedEvent, config: EventInvokeConfig, condition: str) -> None:
        self._timeline.record(
            EventDiscarded(self._clock.time_ns, event.function.arn, event.request_id, condition, event.attempts)
        )
        self._finish(event, config, condition)

    def _finish(self, event: QueuedEvent, config: EventInvokeConfig, condition: str) -> None:
        """Send what the settings ask for, at the instant the last attempt ended."""
        succeeded = condition == "Success"
        target = config.on_success if succeeded else config.on_failure
        if target:
            record = self._record(event, condition, succeeded)
            self._scheduler.at(
                self._clock.time_ns,
                lambda: self._deliver_record(event, target, record),
                f"{condition} record of event {event.request_id}",
            )
        dead_letter_arn = event.function.latest.configuration.dead_letter_arn
        if dead_letter_arn and not succeeded:
            self._scheduler.at(
                self._clock.time_ns,
                lambda: self._deliver_dead_letter(event, dead_letter_arn, condition),
                f"dead letter of event {event.request_id}",
            )

    def _record(self, event: QueuedEvent, condition: str, succeeded: bool) -> DestinationRecord:
        function, last = event.function, event.last
        now = self._clock.now()
        return DestinationRecord(
            timestamp=f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
            request_id=event.request_id,
            function_arn=function_arn(function.account, function.region, function.name, event.qualifier or LATEST),
            condition=condition,
            invoke_count=event.attempts,
            request_payload=event.payload,
            response=last.payload if last else None,
            executed_version=last.version if last else LATEST,
            succeeded=succeeded,
        )

    def _deliver_record(self, event: QueuedEvent, target: str, record: DestinationRecord) -> None:
        error = None
        try:
            if ":lambda:" in target:
                self._send_to_function(target, record.text().encode(), event.lineage)
            else:
                deliver_record(self._targets, target, record, self._object_name())
        except (DeliveryError, ResourceNotFoundException) as failure:
            error = str(failure)
        self._timeline.record(
            Delivery(
                self._clock.time_ns,
                event.function.arn,
                event.request_id,
                "on-success destination" if record.succeeded else "on-failure destination",
                target,
                record.condition,
                error,
            )
        )

    def _object_name(self) -> str:
        return f"{self._clock.now():%Y-%m-%dT%H.%M.%S}-{self._chance.uuid('record key')}"

    def _deliver_dead_letter(self, event: QueuedEvent, target: str, condition: str) -> None:
        error = None
        code, message = _failure(event)
        letter = DeadLetter(event.payload.decode(errors="replace"), event.request_id, code, message)
        try:
            deliver_dead_letter(self._targets, target, letter)
        except DeliveryError as failure:
            error = str(failure)
        self._timeline.record(
            Delivery(
                self._clock.time_ns,
                event.function.arn,
                event.request_id,
                "dead-letter queue",
                target,
                condition,
                error,
            )
        )


def _failure(event: QueuedEvent) -> tuple[int, str]:
    """HTTP status and message for the dead letter: 200 when the code ran and failed, 429 when it never could."""
    if event.last is None:
        return 429, "Rate Exceeded."
    answer = json.loads(event.last.payload or b"null")
    message = answer.get("errorMessage") if isinstance(answer, dict) else None
    return 200, message if isinstance(message, str) else ""
