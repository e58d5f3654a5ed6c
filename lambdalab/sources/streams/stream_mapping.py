"""A mapping as the reading of its stream needs it, and what stands at its two ends: source and function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from lambdalab.sources.streams.batch import StreamSettings
from lambdalab.sources.streams.reading import StreamRecord

__all__ = ["Answer", "Invoke", "StartingPosition", "StreamMapping", "StreamSource"]


class StreamSource(Protocol):
    """A kind of stream: `lambdalab.sources.kinesis.Kinesis` or `lambdalab.sources.dynamodb.DynamoDBStreams`."""

    @property
    def info_name(self) -> str:
        """Member of the on-failure record."""

    @property
    def poll_ns(self) -> int:
        """Time between polls of a shard."""

    def event(self, record: StreamRecord, shard_id: str) -> dict[str, Any]:
        """A record in the form of the event."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the function answered. ``version`` is the number that ran."""

    payload: bytes
    failed: bool
    request_id: str
    version: str


Invoke = Callable[[bytes], Answer]
"""Runs the function with an event; the clock ends at its end. Raises `AwsError` when the code could not be run."""


@dataclass(frozen=True, slots=True)
class StartingPosition:
    """Where reading begins. ``instant_ns`` belongs to AT_TIMESTAMP."""

    kind: Literal["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"]
    instant_ns: int = 0


@dataclass(slots=True)
class StreamMapping:
    """The part of a mapping that reading needs. ``accepts`` are its filters, ``on_failure`` a destination's ARN."""

    uuid: str
    stream_arn: str
    function_arn: str
    position: StartingPosition
    settings: StreamSettings
    source: StreamSource
    accepts: Callable[[dict[str, Any]], bool] | None = None
    on_failure: str | None = None
