"""A shard's records in the order they arrived, each at a position that never changes."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ShardLog", "StreamRecord"]

_TRIM = 1_000
"""Records that must have expired before the list is cut: cutting copies it."""


@dataclass(slots=True)
class StreamRecord:
    """A record of a stream.

    Attributes
    ----------
    sequence_number
        As text, the way AWS writes it.
    key
        What order is kept for: the partition key, or the item's primary key as JSON.
    arrived_ns
        When the stream took it.
    size
        Bytes it takes in an event, without the metadata every record carries.
    content
        Kinesis: the data in Base64. DynamoDB: the record as ``GetRecords`` gives it.
    """

    sequence_number: str
    key: str
    arrived_ns: int
    size: int
    content: Any


@dataclass(slots=True)
class ShardLog:
    """What one shard holds.

    ``parents`` are the shards it came from, ``closed`` whether no record will be added;
    ``end`` is the position of the next record, ``first`` that of the oldest one kept.
    """

    shard_id: str
    parents: tuple[str, ...] = ()
    closed: bool = False
    first: int = 0
    records: list[StreamRecord] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.first + len(self.records)

    def append(self, record: StreamRecord) -> None:
        """Add a record that arrives now."""
        self.records.append(record)

    def read(self, position: int, limit: int) -> list[StreamRecord]:
        """At most `limit` records from `position` on; expired ones are passed over."""
        start = max(position - self.first, 0)
        return self.records[start : start + limit]

    def position_at(self, instant_ns: int) -> int:
        """Position of the first record that arrived at `instant_ns` or later."""
        return self.first + bisect.bisect_left(self.records, instant_ns, key=lambda record: record.arrived_ns)

    def trim(self, horizon_ns: int) -> int:
        """Forget what arrived before `horizon_ns`; the position of the first record that has not expired."""
        kept_from = self.position_at(horizon_ns)
        expired = kept_from - self.first
        if expired >= _TRIM or expired == len(self.records):
            del self.records[:expired]
            self.first = kept_from
        return kept_from
