"""A mapping's place in one shard: the iterator, and the lanes what it read goes to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lambdalab.sources.streams.batch import Item, StreamSettings
from lambdalab.sources.streams.lane import Lane, lane_of
from lambdalab.sources.streams.reading import Shard, StreamRecord

__all__ = ["ReadResult", "ShardReader", "event_text"]

_RECORDS_A_POLL = 10_000
"""GetRecords gives at most so many records; the mapping holds no more of one shard."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """How far a poll moved the iterator, and how many of those records the filters or their age took away."""

    count: int
    filtered: int
    expired: int


class ShardReader:
    """Reads one shard from ``position`` on.

    Parameters
    ----------
    from_ns
        Records that arrived earlier are passed over (AT_TIMESTAMP); 0 for none.
    """

    def __init__(self, shard_id: str, parents: tuple[str, ...], position: int, from_ns: int, settings: StreamSettings):
        self.shard_id = shard_id
        self.parents = parents
        self.position = position
        self.opened = False
        self.ended = False
        self.drained = False
        self.lanes = [Lane(settings) for _ in range(settings.factor)]
        self._from_ns = from_ns
        self._settings = settings

    @property
    def held(self) -> int:
        """Records read that have not met their end."""
        return sum(lane.count for lane in self.lanes)

    @property
    def room(self) -> int:
        """How many records the next poll may read."""
        return max(_RECORDS_A_POLL - self.held, 0)

    def read(
        self,
        shard: Shard,
        horizon_ns: int,
        now_ns: int,
        event: Callable[[StreamRecord, str], dict[str, Any]],
        accepts: Callable[[dict[str, Any]], bool] | None,
    ) -> ReadResult:
        """Move the iterator over what the shard has now; records arrived before `horizon_ns` have expired."""
        first = shard.trim(horizon_ns)
        expired = max(first - self.position, 0)
        self.position = max(self.position, first)
        if self._from_ns:
            self.position = max(self.position, shard.position_at(self._from_ns))
        records = shard.read(self.position, self.room)
        filtered = 0
        lanes, factor = self.lanes, len(self.lanes)
        for record in records:
            content = event(record, self.shard_id)
            if accepts is not None and not accepts(content):
                filtered += 1
                continue
            text = json.dumps(content, separators=(",", ":"))
            lanes[lane_of(record.key, factor)].take(Item(record, text, now_ns))
        self.position += len(records)
        self.drained = shard.closed and self.position >= shard.end
        return ReadResult(len(records) + expired, filtered, expired)

    def configure(self, settings: StreamSettings) -> None:
        """Take new settings; a new number of lanes waits until none is busy (see `ready`)."""
        self._settings = settings
        for lane in self.lanes:
            lane.settings = settings

    def ready(self) -> bool:
        """Whether batches may be formed: not while lanes of another number still work."""
        if len(self.lanes) == self._settings.factor:
            return True
        if any(lane.busy is not None for lane in self.lanes):
            return False
        for lane in self.lanes:
            lane.pause()
        items = [item for lane in self.lanes for item in lane.waiting]
        items.sort(key=lambda item: int(item.record.sequence_number))
        self.lanes = [Lane(self._settings) for _ in range(self._settings.factor)]
        for item in items:
            self.lanes[lane_of(item.record.key, self._settings.factor)].take(item)
        return True

    def at_end(self) -> bool:
        """Whether the shard is closed, read, and everything in it has met its end."""
        return self.drained and all(lane.empty and not lane.window_open for lane in self.lanes)


def event_text(items: Sequence[Item], extra: dict[str, Any]) -> str:
    """The whole event as JSON; ``extra`` are the members beside ``Records``."""
    text = f'{{"Records":[{",".join([item.text for item in items])}]'
    if extra:
        text += "," + json.dumps(extra, separators=(",", ":"))[1:-1]
    return text + "}"
