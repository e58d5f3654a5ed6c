"""No message is lost: sent = processed + in the queue + dead-lettered + filtered, whatever fails."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.sqs.models import Message, Queue, sqs_backends

import lambdalab
from lambdalab.chance import Chance
from lambdalab.clock import SECOND
from lambdalab.errors import TooManyRequestsException
from lambdalab.invocation.asynchronous import Execution
from lambdalab.invocation.duplicates import Duplicates
from lambdalab.source_entries import RecordsFiltered
from lambdalab.sources.mapping import EventSourceMapping, MappingConfiguration
from lambdalab.sources.poller import Surroundings
from lambdalab.sources.queue_poller import QueuePoller
from lambdalab.timeline import Timeline

REGION, ACCOUNT = "us-east-1", "123456789012"
WORLDS = 40
"""Queues that live side by side in one cloud; with the number of examples, 3,200 schedules."""
OUTCOMES = st.sampled_from(["success", "error", "partial", "throttle", "nonsense", "slow"])


@dataclass(frozen=True)
class Schedule:
    """What befalls one queue."""

    outcomes: list[str]
    messages: int
    batch_size: int
    fifo: bool
    window: int
    delayed: bool
    rate: float


SCHEDULES = st.builds(
    Schedule,
    outcomes=st.lists(OUTCOMES, max_size=6),
    messages=st.integers(1, 8),
    batch_size=st.integers(1, 4),
    fifo=st.booleans(),
    window=st.integers(0, 3),
    delayed=st.booleans(),
    rate=st.sampled_from([0.0, 0.3]),
)


class Function:
    """Goes through a list of outcomes, then succeeds; notes what it has processed."""

    def __init__(self, cloud: lambdalab.Cloud, outcomes: list[str]) -> None:
        self._clock, self._outcomes, self.processed = cloud._clock, outcomes, set[str]()

    def __call__(self, mapping: EventSourceMapping, payload: bytes) -> Execution:
        outcome = self._outcomes.pop(0) if self._outcomes else "success"
        if outcome == "throttle":
            raise TooManyRequestsException("Rate exceeded", Reason="ConcurrentInvocationLimitExceeded")
        self._clock.spend((40 if outcome == "slow" else 1) * SECOND)
        ids = [record["messageId"] for record in json.loads(payload)["Records"]]
        if outcome == "error":
            return Execution(b"{}", True, "$LATEST")
        if outcome == "nonsense":
            return Execution(b'{"batchItemFailures": [{"wrong": 1}]}', False, "$LATEST")
        failed = ids[::2] if outcome == "partial" else []
        self.processed.update(set(ids) - set(failed))
        answer = {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
        return Execution(json.dumps(answer).encode(), False, "$LATEST")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(SCHEDULES, min_size=WORLDS, max_size=WORLDS))
def test_every_message_is_somewhere(schedules: list[Schedule]) -> None:
    # GIVEN a queue, a dead-letter queue, a function and a mapping for each schedule of failures
    with lambdalab.start() as cloud:
        worlds = [World(cloud, number, schedule) for number, schedule in enumerate(schedules)]
        # WHEN
        cloud.advance(seconds=20)
        lost = [world.schedule for world in worlds if not world.complete]
        cloud.run_until_idle()
        # THEN, in the middle and at the end
        assert lost == []
        for world in worlds:
            assert world.complete
            assert cloud._moto.queues.counts(world.queue.queue_arn) == (0, 0, 0)
            world.poller.stop()


class World:
    """One queue with all that belongs to it, made without requests: thousands of them are needed."""

    def __init__(self, cloud: lambdalab.Cloud, number: int, schedule: Schedule) -> None:
        self.schedule, self._queues = schedule, cloud._moto.queues
        suffix = ".fifo" if schedule.fifo else ""
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if schedule.fifo else {}
        backend = sqs_backends[ACCOUNT][REGION]
        self.dead = backend.create_queue(f"dead{number}{suffix}", None, **attributes)
        policy = json.dumps({"deadLetterTargetArn": self.dead.queue_arn, "maxReceiveCount": 3})
        self.queue = backend.create_queue(f"q{number}{suffix}", None, **attributes, RedrivePolicy=policy)
        self.function = Function(cloud, list(schedule.outcomes))
        mapping = mapping_of(self.queue.queue_arn, schedule.batch_size, 0 if schedule.fifo else schedule.window)
        self.poller, self.timeline = poller_of(cloud, mapping, self.function, schedule.rate)
        self.poller.start()
        self.sent = {self._send(number) for number in range(schedule.messages)}

    def _send(self, number: int) -> str:
        message = Message(f"{self.queue.name}-{number}", f"keep {number}" if number % 5 else f"drop {number}")
        if self.schedule.fifo:
            message.group_id, message.deduplication_id = str(number % 3), str(number)
        message.mark_sent(delay_seconds=number if self.schedule.delayed else None)
        self.queue.add_message(message)
        return message.id

    @property
    def complete(self) -> bool:
        """Whether every message is processed, filtered, dead or still in the queue."""
        found = self.function.processed | self._left(self.queue) | self._left(self.dead)
        filtered = sum(entry.records for entry in self.timeline.of(RecordsFiltered))
        return found <= self.sent and len(found) + filtered == len(self.sent)

    def _left(self, queue: Queue) -> set[str]:
        return {message.id for message in self._queues._of(queue).messages.values()}


def mapping_of(arn: str, batch_size: int, window: int) -> EventSourceMapping:
    configuration = MappingConfiguration(
        batch_size, window, ('{"body": ["a"]}', '{"body": [{"prefix": "keep"}]}'), report_batch_item_failures=True
    )
    return EventSourceMapping(
        "u", ACCOUNT, REGION, "f", None, "sqs", arn, configuration, "Enabled", "USER_INITIATED", 0
    )  # fmt: skip


def poller_of(
    cloud: lambdalab.Cloud, mapping: EventSourceMapping, function: Function, rate: float
) -> tuple[QueuePoller, Timeline]:
    timeline, chance = Timeline(cloud._clock.time_ns), Chance(3)
    duplicates = Duplicates(chance)
    duplicates.rate = rate
    around: dict[str, Any] = {
        "clock": cloud._clock, "scheduler": cloud._scheduler, "timeline": timeline, "chance": chance,
        "invoke": function, "duplicates": duplicates, "queues": cloud._moto.queues,
    }  # fmt: skip
    others = {name: None for name in Surroundings.__dataclass_fields__ if name not in around}
    return QueuePoller(mapping, Surroundings(**around, **others)), timeline
