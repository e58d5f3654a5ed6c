"""How one mapping read a stream, gathered from the timeline: rows of batches, their records, and the words for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lambdalab.errors import UsageError
from lambdalab.show.duration import in_words, since_start
from lambdalab.stream_entries import (
    ShardClosed,
    ShardOpened,
    StreamBatch,
    StreamBatchDiscarded,
    StreamBatchSplit,
    StreamRead,
)
from lambdalab.timeline import Timeline

__all__ = ["ShardRow", "ShardStory", "Span"]

StreamEntry = ShardOpened | ShardClosed | StreamRead | StreamBatch | StreamBatchSplit | StreamBatchDiscarded
_KINDS = (ShardOpened, ShardClosed, StreamRead, StreamBatch, StreamBatchSplit, StreamBatchDiscarded)
_ENDS = {
    "success": "succeeded",
    "error": "failed",
    "partial": "reported failures",
    "throttle": "was throttled",
}


@dataclass(slots=True)
class Span:
    """An attempt as a stretch of its lane's records: the first is number 0."""

    batch: StreamBatch
    first: int
    beyond: int


@dataclass(slots=True)
class ShardRow:
    """One lane of a shard. ``opened_ns`` and ``closed_ns`` bound the shard as the mapping read it."""

    shard_id: str
    lane: int
    lanes: int
    parents: tuple[str, ...]
    opened_ns: int
    closed_ns: int | None = None
    batches: list[StreamBatch] = field(default_factory=list)
    splits: list[StreamBatchSplit] = field(default_factory=list)
    discards: list[StreamBatchDiscarded] = field(default_factory=list)
    reads: list[StreamRead] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The shard's number without its zeros, or its whole id."""
        number = self.shard_id.rpartition("-")[2]
        return f"shard {int(number)}" if number.isdigit() and len(number) == 12 else self.shard_id

    @property
    def troubled(self) -> bool:
        """Whether a batch came more than once."""
        return any(batch.outcome != "success" for batch in self.batches)

    def spans(self) -> list[Span]:
        """Every attempt with records, as a stretch of the records this lane has seen."""
        starts: dict[str, int] = {}
        ends: dict[str, int] = {}
        splits = iter(self.splits)
        split = next(splits, None)
        found: list[Span] = []
        beyond = 0
        for batch in self.batches:
            if not batch.size:
                continue
            if batch.first in starts:
                first = starts[batch.first]
            elif batch.last in ends:
                first = ends[batch.last] - batch.size
            else:
                first = beyond
            found.append(Span(batch, first, first + batch.size))
            starts[batch.first], ends[batch.last] = first, first + batch.size
            beyond = max(beyond, first + batch.size)
            while split is not None and split.at_ns <= batch.ended_ns:
                if split.first in starts:
                    starts[split.boundary] = starts[split.first] + split.left
                split = next(splits, None)
        return found


class ShardStory:
    """What a mapping did with the shards of its stream.

    Parameters
    ----------
    timeline
        What happened.
    mapping_id
        UUID of the mapping; needed only when several read streams.

    Raises
    ------
    UsageError
        No mapping read a stream, or several did and none was named.
    """

    def __init__(self, timeline: Timeline, mapping_id: str | None = None) -> None:
        entries: list[StreamEntry] = [
            entry
            for entry in timeline
            if isinstance(entry, _KINDS) and (mapping_id is None or entry.mapping_id == mapping_id)
        ]
        found = sorted({entry.mapping_id for entry in entries})
        if not found:
            raise UsageError("no event source mapping has read a stream, so there are no shards to show")
        if len(found) > 1:
            raise UsageError(f"several mappings read streams; name one of {', '.join(found)}")
        self.mapping_id = found[0]
        self.function_name = entries[0].function_name
        self.start_ns = timeline.start_ns
        self.entries = entries
        self.rows = _rows(entries)

    @property
    def summary(self) -> str:
        """Counts, for under the title."""
        batches = [entry for entry in self.entries if isinstance(entry, StreamBatch) and entry.size]
        done = sum(batch.done for batch in batches)
        lost = sum(entry.size for entry in self.entries if isinstance(entry, StreamBatchDiscarded))
        parts = [_count(len({row.shard_id for row in self.rows}), "shard"), _count(len(batches), "attempt")]
        parts.append(f"{_count(done, 'record')} processed")
        if lost:
            parts.append(f"{lost:,} given up")
        return " · ".join(parts)

    def sentences(self) -> Iterator[str]:
        """What happened, in order."""
        for entry in self.entries:
            said = self._said(entry)
            if said:
                yield f"{since_start(entry.at_ns, self.start_ns)}: {said}"

    def _said(self, entry: StreamEntry) -> str:
        shard = entry.shard_id.rpartition("-")[2].lstrip("0") or "0"
        match entry:
            case ShardOpened(parents=parents):
                after = f" after {_count(len(parents), 'parent')}" if parents else ""
                return f"shard {shard} begins{after}."
            case ShardClosed():
                return f"shard {shard} is read to its end."
            case StreamRead(count=count, filtered=filtered, expired=expired):
                gone = [f"{filtered} filtered out"] * bool(filtered) + [f"{expired} expired"] * bool(expired)
                return f"shard {shard}: the iterator moves by {_count(count, 'record')}" + (
                    f", {', '.join(gone)}." if gone else "."
                )
            case StreamBatch(final=True):
                return f"shard {shard}: final invocation of the window {_ENDS[entry.outcome]}."
            case StreamBatch():
                again = ", a second delivery," if entry.repeated else ""
                after = in_words(entry.ended_ns - entry.at_ns)
                return f"shard {shard}: batch of {entry.size}{again} {_ENDS[entry.outcome]} after {after}."
            case StreamBatchSplit(left=left, right=right):
                return f"shard {shard}: the batch is split into {left} and {right}."
            case StreamBatchDiscarded():
                return f"shard {shard}: {_count(entry.size, 'record')} given up, {entry.condition}."


def _rows(entries: Iterable[StreamEntry]) -> list[ShardRow]:
    opened: dict[str, tuple[tuple[str, ...], int]] = {}
    closed: dict[str, int] = {}
    lanes: dict[str, set[int]] = {}
    held = list(entries)
    for entry in held:
        # A part of a timeline may begin when the shard was open already.
        opened.setdefault(entry.shard_id, (entry.parents if isinstance(entry, ShardOpened) else (), entry.at_ns))
        if isinstance(entry, ShardClosed):
            closed[entry.shard_id] = entry.at_ns
        elif isinstance(entry, StreamBatch | StreamBatchSplit | StreamBatchDiscarded):
            lanes.setdefault(entry.shard_id, set()).add(entry.lane)
    rows: dict[tuple[str, int], ShardRow] = {}
    for shard_id, (parents, opened_ns) in opened.items():
        used = sorted(lanes.get(shard_id, {0}))
        for lane in used:
            rows[shard_id, lane] = ShardRow(shard_id, lane, len(used), parents, opened_ns, closed.get(shard_id))
    for entry in held:
        if isinstance(entry, StreamRead):
            for row in rows.values():
                if row.shard_id == entry.shard_id:
                    row.reads.append(entry)
        elif isinstance(entry, StreamBatch):
            rows[entry.shard_id, entry.lane].batches.append(entry)
        elif isinstance(entry, StreamBatchSplit):
            rows[entry.shard_id, entry.lane].splits.append(entry)
        elif isinstance(entry, StreamBatchDiscarded):
            rows[entry.shard_id, entry.lane].discards.append(entry)
    return list(rows.values())


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
