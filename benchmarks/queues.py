"""SQS messages through an event source mapping, how that grows with the queue, and a day over an empty one."""

from __future__ import annotations

import math
import time

import boto3
from moto.sqs.models import Message

import lambdalab
from benchmarks.measurement import Figure
from lambdalab.cloud import Cloud
from lambdalab.deployment_package import deployment_package
from lambdalab.source_entries import BatchEnded

__all__ = ["figures"]

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
_PACKAGE = deployment_package({"h.py": "def h(event, context):\n    return len(event['Records'])\n"})
_MESSAGES_PER_SECOND = 5_000
_STEEPEST = 1.1
_IDLE_LIMIT = 0.2


def figures(most: int) -> list[Figure]:
    """Three figures for queues of 100, 1,000 … up to `most` messages.

    Microseconds a message takes at batch 10, handler included; the slope of the whole time over the length of the
    queue, both as logarithms, which is 1 when a message costs the same in any queue; and seconds an idle day takes.
    """
    lengths = [10**power for power in range(2, 1 + round(math.log10(most)))]
    seconds = [min(_seconds(length) for _ in range(3 if length < 10_000 else 1)) for length in lengths]
    per_message = seconds[-1] / lengths[-1] * 1e6
    return [
        Figure(f"SQS message, {lengths[-1]:,} at batch 10", per_message, "µs", None, "", 1e6 / _MESSAGES_PER_SECOND),
        Figure(f"SQS slope, 100 to {lengths[-1]:,} messages", _slope(lengths, seconds), "", None, "", _STEEPEST),
        Figure("24 virtual hours over an empty queue", _idle_seconds(), "s", None, "", _IDLE_LIMIT),
    ]


def _slope(lengths: list[int], seconds: list[float]) -> float:
    """Of the straight line nearest to the logarithms."""
    x, y = [math.log(length) for length in lengths], [math.log(one) for one in seconds]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - middle_x) * (b - middle_y) for a, b in zip(x, y, strict=True)) / sum((a - middle_x) ** 2 for a in x)


def _seconds(messages: int) -> float:
    """From the messages in the queue to the last batch that ended; sending them is not counted."""
    with lambdalab.start() as cloud:
        _map(cloud)
        queue = cloud._moto.queues._queue(QUEUE)
        for number in range(messages):
            message = Message(f"00000000-0000-4000-8000-{number:012d}", '{"temperature": 21.5, "sensor": "cellar"}')
            message.mark_sent()
            queue.add_message(message)
        started = time.perf_counter()
        cloud.run_until_idle()
        seconds = time.perf_counter() - started
        done = sum(batch.processed for batch in cloud.timeline.of(BatchEnded))
    if done != messages:
        raise RuntimeError(f"{done} of {messages} messages were processed: not the load meant")
    return seconds


def _idle_seconds() -> float:
    with lambdalab.start() as cloud:
        _map(cloud)
        started = time.perf_counter()
        cloud.advance(hours=24)
        return time.perf_counter() - started


def _map(cloud: Cloud) -> None:
    client = boto3.client("lambda")
    client.create_function(
        FunctionName="f", Runtime="python3.12", Handler="h.h", Role=cloud.execution_role, Code={"ZipFile": _PACKAGE}
    )
    boto3.client("sqs").create_queue(QueueName="q")
    client.create_event_source_mapping(FunctionName="f", EventSourceArn=QUEUE, BatchSize=10)
    cloud.advance(seconds=10)
