"""A poller over shards in memory and a function that does what it is told: everything else is the engine's own."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from lambdalab.chance import Chance
from lambdalab.clock import SECOND, Clock, Scheduler
from lambdalab.errors import ObjectNotFoundError, TooManyRequestsException
from lambdalab.moto_seams.shard_log import ShardLog, StreamRecord
from lambdalab.sources.kinesis import Kinesis
from lambdalab.sources.streams.batch import StreamSettings
from lambdalab.sources.streams.poller import StreamPoller
from lambdalab.sources.streams.stream_mapping import Answer, StartingPosition, StreamMapping
from lambdalab.timeline import Timeline

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
UUID = "11111111-2222-4333-8444-555555555555"


class MemoryStreams:
    """Streams whose shards are lists."""

    def __init__(self, clock: Clock, shards: int) -> None:
        self.clock = clock
        self.logs = [ShardLog(f"shardId-{number:012}") for number in range(shards)]
        width = 1_024 // shards
        self.ranges = {log.shard_id: (n * width, (n + 1) * width) for n, log in enumerate(self.logs)}
        self.retention = 24 * 3_600 * SECOND
        self.watchers: list[Callable[[str | None], None]] = []
        self.count = 0
        self.deleted = False

    def shards(self, stream_arn: str) -> list[ShardLog]:
        if self.deleted:
            raise ObjectNotFoundError("ResourceNotFoundException", "gone")
        return self.logs

    def retention_ns(self, stream_arn: str) -> int:
        self.shards(stream_arn)
        return self.retention

    def watch(self, stream_arn: str, watcher: Callable[[str | None], None]) -> Callable[[], None]:
        self.watchers.append(watcher)
        return lambda: self.watchers.remove(watcher)

    def put(self, key: str, data: bytes = b"{}") -> str:
        """Into the open shard whose range of hash keys has the key."""
        place = zlib.crc32(key.encode()) % 1_024
        ranges = ((log, *self.ranges[log.shard_id]) for log in self.logs if not log.closed)
        log = next(log for log, first, beyond in ranges if first <= place < beyond)
        self.count += 1
        number = f"{self.count:06}"
        text = base64.b64encode(data).decode()
        log.append(StreamRecord(number, key, self.clock.time_ns, len(text), text))
        self.tell(log.shard_id)
        return number

    def split(self, shard: int) -> None:
        """Close a shard; two children take its place."""
        parent = self.logs[shard]
        first, beyond = self.ranges[parent.shard_id]
        middle = (first + beyond) // 2
        parent.closed = True
        self._add((parent,), first, middle)
        self._add((parent,), middle, beyond)
        self.tell(None)

    def merge(self, place: int) -> None:
        """Close two neighbours among the open shards; one child takes their place."""
        ordered = sorted((log for log in self.logs if not log.closed), key=lambda log: self.ranges[log.shard_id])
        one, other = ordered[place], ordered[place + 1]
        one.closed = other.closed = True
        self._add((one, other), self.ranges[one.shard_id][0], self.ranges[other.shard_id][1])
        self.tell(None)

    def _add(self, parents: tuple[ShardLog, ...], first: int, beyond: int) -> None:
        log = ShardLog(f"shardId-{len(self.logs):012}", tuple(parent.shard_id for parent in parents))
        self.logs.append(log)
        self.ranges[log.shard_id] = (first, beyond)

    def tell(self, shard_id: str | None) -> None:
        for watcher in list(self.watchers):
            watcher(shard_id)


class Target:
    """Takes every record."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, dict[str, Any]]] = []

    def send_message(self, queue_arn: str, body: str, attributes: dict[str, dict[str, str]]) -> None:
        self.sent.append((queue_arn, "", json.loads(body)))

    publish = send_message

    def put_event(
        self, bus_arn: str, source: str, detail_type: str, detail: dict[str, Any], resources: list[str]
    ) -> None:
        raise AssertionError("streams do not send to EventBridge")

    def put_object(self, bucket_arn: str, key: str, body: bytes, account: str) -> None:
        self.sent.append((bucket_arn, key, json.loads(body)))


class Bench:
    """A poller, what it reads and what it invokes.

    ``handler`` gets the event; it may raise, answer, let time pass, or return ``THROTTLE``.
    """

    THROTTLE = object()

    def __init__(
        self,
        handler: Callable[[dict[str, Any]], Any],
        shards: int = 1,
        position: StartingPosition | None = None,
        on_failure: str | None = None,
        accepts: Callable[[dict[str, Any]], bool] | None = None,
        duplicates: float = 0.0,
        **settings: Any,
    ) -> None:
        chance = Chance(0)
        self.clock = Clock()
        self.start_ns = self.clock.time_ns
        self.scheduler = Scheduler(self.clock)
        self.timeline = Timeline(self.start_ns)
        self.streams = MemoryStreams(self.clock, shards)
        self.targets = Target()
        self.handler = handler
        self.events: list[tuple[float, dict[str, Any]]] = []
        self.reported: list[str] = []
        self.invocations = 0
        self.mapping = StreamMapping(
            UUID,
            STREAM,
            FUNCTION,
            position or StartingPosition("TRIM_HORIZON"),
            StreamSettings(**settings),
            Kinesis(STREAM, "arn:aws:iam::123456789012:role/r"),
            accepts,
            on_failure,
        )
        self.poller = StreamPoller(
            self.mapping,
            self.streams,
            self._invoke,
            self.clock,
            self.scheduler,
            self.timeline,
            chance,
            self.targets,
            lambda: chance.fraction("duplicate") < duplicates,
            self.reported.append,
        )

    def _invoke(self, payload: bytes) -> Answer:
        event = json.loads(payload)
        self.events.append((self.now, event))
        self.invocations += 1
        request_id = f"request-{self.invocations}"
        try:
            result = self.handler(event)
        except ValueError:
            return Answer(b'{"errorMessage": "boom"}', True, request_id, "$LATEST")
        if result is self.THROTTLE:
            raise TooManyRequestsException("Rate Exceeded.")
        return Answer(json.dumps(result).encode(), False, request_id, "$LATEST")

    @property
    def now(self) -> float:
        return (self.clock.time_ns - self.start_ns) / SECOND

    def put(self, *keys: str) -> list[str]:
        return [self.streams.put(key) for key in keys]

    def advance(self, seconds: float) -> None:
        self.scheduler.run_until(self.clock.time_ns + round(seconds * SECOND))

    @property
    def delivered(self) -> list[list[str]]:
        """Sequence numbers of each invocation."""
        return [[record["kinesis"]["sequenceNumber"] for record in event["Records"]] for _, event in self.events]

    @property
    def numbers(self) -> list[str]:
        """All of them, in the order of their deliveries."""
        return [number for numbers in self.delivered for number in numbers]


@pytest.fixture(scope="session")
def bench() -> type[Bench]:
    return Bench
