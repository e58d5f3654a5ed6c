"""No message is lost: sent = processed + in the queue + dead-lettered + filtered, whatever fails."""

from __future__ import annotations

import json
from typing import Any

import boto3
from hypothesis import given, settings
from hypothesis import strategies as st

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
OUTCOMES = st.sampled_from(["success", "error", "partial", "throttle", "nonsense", "slow"])


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


@settings(max_examples=20, deadline=None)
@given(
    outcomes=st.lists(st.lists(OUTCOMES, max_size=12), min_size=20, max_size=20),
    messages=st.integers(1, 25),
    batch_size=st.integers(1, 10),
    fifo=st.booleans(),
    window=st.integers(0, 3),
    rate=st.sampled_from([0.0, 0.3]),
)
def test_every_message_is_somewhere(
    outcomes: list[list[str]], messages: int, batch_size: int, fifo: bool, window: int, rate: float
) -> None:
    # GIVEN one queue for each of twenty schedules of failures
    with lambdalab.start() as cloud:
        sqs, suffix = boto3.client("sqs"), ".fifo" if fifo else ""
        kind = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if fifo else {}
        for number, schedule in enumerate(outcomes):
            dead, url = (
                sqs.create_queue(QueueName=f"{name}{number}{suffix}", Attributes=kind)["QueueUrl"]
                for name in ("dead", "q")
            )
            arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:"
            policy = {"deadLetterTargetArn": f"{arn}dead{number}{suffix}", "maxReceiveCount": 3}
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy)})
            function = Function(cloud, schedule)
            mapping = mapping_of(f"{arn}q{number}{suffix}", batch_size, 0 if fifo else window)
            poller, timeline = poller_of(cloud, mapping, function, rate)
            poller.start()
            # WHEN
            sent = send(sqs, url, messages, fifo)
            cloud.advance(seconds=20)
            in_between = check(cloud, arn, number, suffix, function, timeline, sent)
            cloud.run_until_idle()
            # THEN, in the middle and at the end
            assert in_between
            assert check(cloud, arn, number, suffix, function, timeline, sent)
            assert cloud._moto.queues.counts(mapping.source_arn) == (0, 0, 0)
            poller.stop()
            assert dead


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


def send(sqs: Any, url: str, messages: int, fifo: bool) -> dict[str, str]:
    """Message ids with their bodies."""
    sent = {}
    for number in range(messages):
        body = f"keep {number}" if number % 5 else f"drop {number}"
        group = {"MessageGroupId": str(number % 3)} if fifo else {}
        sent[sqs.send_message(QueueUrl=url, MessageBody=body, **group)["MessageId"]] = body
    return sent


def check(
    cloud: lambdalab.Cloud,
    arn: str,
    number: int,
    suffix: str,
    function: Function,
    timeline: Timeline,
    sent: dict[str, str],
) -> bool:
    """Whether every message is processed, filtered, dead or still in the queue."""
    queues = cloud._moto.queues
    left = set()
    for name in ("q", "dead"):
        queue = queues._queue(f"{arn}{name}{number}{suffix}")
        left |= {message.id for message in queues._of(queue).messages.values()}
    filtered = sum(entry.records for entry in timeline.of(RecordsFiltered))
    found = function.processed | left
    return found <= sent.keys() and len(found) + filtered == len(sent)
