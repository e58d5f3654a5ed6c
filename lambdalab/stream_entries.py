"""What the timeline holds of event source mappings that read streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lambdalab.timeline import Entry

__all__ = ["ShardClosed", "ShardOpened", "StreamBatch", "StreamBatchDiscarded", "StreamBatchSplit", "StreamRead"]


@dataclass(slots=True)
class ShardOpened(Entry):
    """A mapping began to read a shard; ``parents`` were read to their ends before."""

    mapping_id: str
    shard_id: str
    parents: tuple[str, ...]


@dataclass(slots=True)
class ShardClosed(Entry):
    """A mapping has read a closed shard to its end."""

    mapping_id: str
    shard_id: str


@dataclass(slots=True)
class StreamRead(Entry):
    """A poll moved a mapping's iterator by ``count`` records; the filters dropped some, some had expired."""

    mapping_id: str
    shard_id: str
    count: int
    filtered: int
    expired: int


@dataclass(slots=True)
class StreamBatch(Entry):
    """A mapping tried to invoke its function with records of a shard, from ``at_ns`` to ``ended_ns``.

    ``lane`` is the concurrent batch of the shard it belongs to; ``age_ns`` the age of its last record (IteratorAge);
    ``done`` the records that need not come again. A second delivery is ``repeated``.
    """

    mapping_id: str
    shard_id: str
    lane: int
    ended_ns: int
    request_id: str
    attempt: int
    first: str
    last: str
    size: int
    age_ns: int
    outcome: Literal["success", "error", "partial", "throttle"]
    done: int
    repeated: bool
    window_start_ns: int | None
    window_end_ns: int | None
    final: bool


@dataclass(slots=True)
class StreamBatchSplit(Entry):
    """A failed batch became two; ``boundary`` is the sequence number the second begins with."""

    mapping_id: str
    shard_id: str
    lane: int
    left: int
    right: int
    first: str
    boundary: str


@dataclass(slots=True)
class StreamBatchDiscarded(Entry):
    """Records given up; ``condition`` is the on-failure record's word, or ``Expired`` when the stream let them go."""

    mapping_id: str
    shard_id: str
    lane: int
    condition: str
    first: str
    last: str
    size: int
    attempts: int
