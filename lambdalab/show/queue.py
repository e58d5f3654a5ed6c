"""What became of a queue's messages over time, derived from the timeline: it shows itself as text or as a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lambdalab.errors import UsageError
from lambdalab.show.duration import in_words, since_start
from lambdalab.source_entries import BatchEnded, BatchPolled, MessagesMoved, QueueMeasured, RecordsFiltered
from lambdalab.timeline import Entry, Timeline

__all__ = ["Batch", "Level", "Move", "QueueHistory"]

_MOST_ROWS = 24
_MOST_SENTENCES = 24
_BAR = 40
_OUTCOMES = {
    "success": "succeeded",
    "partial failure": "failed in part",
    "function error": "failed",
    "throttled": "was throttled until its messages showed again",
    "not invoked": "was not handed to the function",
    "open": "has not ended",
}
_SUMMED = {
    "partial failure": "failed in part",
    "function error": "failed",
    "throttled": "throttled",
    "not invoked": "not invoked",
    "open": "not ended",
}


@dataclass(frozen=True, slots=True)
class Level:
    """How many messages stood how, from an instant on: visible, in flight (received, not deleted), delayed."""

    at_ns: int
    visible: int
    in_flight: int
    delayed: int

    @property
    def total(self) -> int:
        """All messages of the queue."""
        return self.visible + self.in_flight + self.delayed


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch from the poll to its end. ``outcome`` is that of `BatchEnded`, or ``open`` while it runs."""

    start_ns: int
    end_ns: int
    records: int
    outcome: str
    processed: int
    returned: int


@dataclass(frozen=True, slots=True)
class Move:
    """Messages that left for a dead-letter queue, came from another queue as its dead letters, or expired."""

    at_ns: int
    messages: int
    target: str
    source: str

    @property
    def words(self) -> str:
        """What happened to them."""
        some = _messages(self.messages)
        if self.source:
            return f"{some} came from {self.source} as dead letters"
        return f"{some} moved to the dead-letter queue {self.target}" if self.target else f"{some} expired"


class QueueHistory:
    """One queue over time.

    Parameters
    ----------
    timeline
        What happened. A queue's depth is recorded while an event source mapping reads it.
    name_or_mapping
        Name or ARN of the queue, or UUID of an event source mapping, whose batches alone are shown then; needed only
        when the timeline knows several queues.

    Attributes
    ----------
    levels, batches, moves, filtered
        What was measured, polled, moved; and how many messages the filters dropped.

    Raises
    ------
    UsageError
        The timeline knows no such queue, or several.
    """

    def __init__(self, timeline: Timeline, name_or_mapping: str | None = None) -> None:
        entries = timeline.of(BatchPolled, BatchEnded, QueueMeasured, MessagesMoved, RecordsFiltered)
        self.arn, mapping = _chosen(entries, name_or_mapping)
        self.name = _name(self.arn)
        self.start_ns = timeline.start_ns
        self.levels: list[Level] = []
        self.moves: list[Move] = []
        self.filtered = 0
        polled: dict[str, BatchPolled] = {}
        ended: dict[str, BatchEnded] = {}
        self.end_ns = self.start_ns
        for entry in entries:
            match entry:
                case QueueMeasured(queue_arn=arn) if arn == self.arn:
                    self._measured(entry)
                case MessagesMoved() if self.arn in (entry.queue_arn, entry.target_arn):
                    source = _name(entry.queue_arn) if entry.queue_arn != self.arn else ""
                    self.moves.append(Move(entry.at_ns, entry.messages, _name(entry.target_arn), source))
                case BatchPolled() if entry.source_arn == self.arn and mapping in (None, entry.mapping_id):
                    polled[entry.batch_id] = entry
                case BatchEnded() if entry.batch_id in polled:
                    ended[entry.batch_id] = entry
                case RecordsFiltered() if entry.source_arn == self.arn and mapping in (None, entry.mapping_id):
                    self.filtered += entry.records
                case _:
                    continue
            self.end_ns = max(self.end_ns, entry.at_ns)
        self.batches = [_batch(one, ended.get(batch_id), self.end_ns) for batch_id, one in polled.items()]

    def _measured(self, entry: QueueMeasured) -> None:
        """The last measurement at an instant is the one that stays."""
        level = Level(entry.at_ns, entry.visible, entry.hidden, entry.delayed)
        if self.levels and self.levels[-1].at_ns == level.at_ns:
            self.levels[-1] = level
        else:
            self.levels.append(level)

    @property
    def summary(self) -> str:
        """What came of the messages, in figures."""
        processed = sum(one.processed for one in self.batches)
        said = [f"{_messages(processed)} processed in {_batches(len(self.batches))}" if self.batches else "no batches"]
        counts = Counter(one.outcome for one in self.batches)
        said += [f"{counts[outcome]:,} {words}" for outcome, words in _SUMMED.items() if counts[outcome]]
        dead = sum(one.messages for one in self.moves if one.target and not one.source)
        expired = sum(one.messages for one in self.moves if not one.target and not one.source)
        said += [f"{dead:,} to the dead-letter queue"] if dead else []
        came = sum(one.messages for one in self.moves if one.source)
        said += [f"{came:,} came as dead letters"] if came else []
        said += [f"{expired:,} expired"] if expired else []
        said += [f"{self.filtered:,} filtered out"] if self.filtered else []
        return " · ".join(said)

    def sentences(self) -> list[str]:
        """What happened, in order: the text alternative of the picture."""
        told = [(one.start_ns, self._batch(one)) for one in self.batches]
        told += [(one.at_ns, f"At {self.when(one.at_ns)} {one.words}.") for one in self.moves]
        told.sort(key=lambda one: one[0])
        said = [words for _, words in told]
        if len(said) > _MOST_SENTENCES:
            left_out = len(said) - _MOST_SENTENCES + 1
            said = [*said[: _MOST_SENTENCES - 1], f"… and {left_out:,} more batches and moves."]
        if self.levels:
            peak = max(self.levels, key=lambda level: level.total)
            last = self.levels[-1]
            said.insert(0, f"The queue held most at {self.when(peak.at_ns)}: {_standing(peak)}.")
            said.append(
                f"At {self.when(last.at_ns)} it held {_standing(last)}." if last.total else "At last it was empty."
            )
        return said

    def _batch(self, batch: Batch) -> str:
        said = (
            f"At {self.when(batch.start_ns)} a batch of {_messages(batch.records)} began; it {_OUTCOMES[batch.outcome]}"
        )
        if batch.outcome == "open":
            return said + "."
        said += f" after {in_words(batch.end_ns - batch.start_ns)}"
        if batch.returned:
            deleted = f"{batch.processed:,} deleted, " if batch.processed else ""
            said += f": {deleted}{batch.returned:,} to show again after the visibility timeout"
        return said + "."

    def when(self, instant_ns: int) -> str:
        """An instant as seen from the start of the timeline."""
        return since_start(instant_ns, self.start_ns)

    def text(self) -> str:
        """Depth over time as bars, then the story, for a terminal; ASCII only in the bars."""
        lines = [f"Queue {self.name}", self.summary, ""]
        highest = max((level.total for level in self.levels), default=0)
        if highest:
            lines.append(f"{'':>18}  # visible   = in flight   . delayed")
        for level in self._rows():
            parts = (level.visible, level.in_flight, level.delayed)
            bar = "".join(
                sign * (max(1, round(count * _BAR / highest)) if count else 0)
                for sign, count in zip("#=.", parts, strict=True)
            )
            lines.append(f"{self.when(level.at_ns):>18}  {bar:<{_BAR + 2}} {' '.join(f'{one:>6,}' for one in parts)}")
        return "\n".join([*lines, "", *self.sentences()])

    def _rows(self) -> Iterator[Level]:
        """The levels, or of each of equal parts of them the highest, the very last one in any case."""
        levels = self.levels
        if len(levels) <= _MOST_ROWS:
            yield from levels
            return
        for number in range(_MOST_ROWS - 1):
            first, beyond = (place * (len(levels) - 1) // (_MOST_ROWS - 1) for place in (number, number + 1))
            yield max(levels[first:beyond], key=lambda level: level.total)
        yield levels[-1]

    def svg(self) -> str:
        """The picture as one SVG document, which is also right outside any page."""
        from lambdalab.show.queue_picture import QueuePicture

        return QueuePicture(self).svg() + "\n"

    def html(self) -> str:
        """Picture and words as an HTML fragment without script, id or request."""
        from lambdalab.show.look import NARROW
        from lambdalab.show.page import picture_and_words
        from lambdalab.show.queue_picture import QueuePicture

        wide, narrow = QueuePicture(self).svg(), QueuePicture(self, NARROW).svg(with_style=False)
        return picture_and_words(wide, narrow, "The queue, in words", self.sentences())

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.html()


def _chosen(entries: list[Entry], wanted: str | None) -> tuple[str, str | None]:
    """ARN of the queue, and the mapping whose batches are asked for."""
    known: dict[str, None] = {}
    mappings: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry, QueueMeasured | MessagesMoved):
            known[entry.queue_arn] = None
            if isinstance(entry, MessagesMoved) and entry.target_arn:
                known[entry.target_arn] = None
        elif isinstance(entry, BatchPolled | RecordsFiltered) and ":sqs:" in entry.source_arn:
            known[entry.source_arn] = None
            mappings[entry.mapping_id] = entry.source_arn
    if wanted in mappings:
        return mappings[wanted], wanted
    if wanted is None:
        # A dead-letter queue that only receives is not what somebody means who names none.
        read = dict.fromkeys(mappings.values())
        found = list(read or known)
    else:
        found = [arn for arn in known if wanted in (arn, _name(arn))]
    if len(found) == 1:
        return found[0], None
    names = ", ".join(sorted(found or known)) or "none"
    if found:
        raise UsageError(f"which queue? The timeline knows {names}; name one, by its ARN where names are the same")
    asked = "of a queue" if wanted is None else f"of a queue or an event source mapping {wanted!r}"
    raise UsageError(f"the timeline knows nothing {asked}; the queues it knows: {names}")


def _batch(polled: BatchPolled, ended: BatchEnded | None, end_ns: int) -> Batch:
    if ended is None:
        return Batch(polled.at_ns, end_ns, polled.records, "open", 0, 0)
    return Batch(polled.at_ns, ended.at_ns, polled.records, ended.outcome, ended.processed, ended.returned)


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]


def _messages(count: int) -> str:
    return f"{count:,} message{'' if count == 1 else 's'}"


def _batches(count: int) -> str:
    return f"{count:,} batch{'' if count == 1 else 'es'}"


def _standing(level: Level) -> str:
    delayed = f", {level.delayed:,} delayed" if level.delayed else ""
    return f"{level.visible:,} visible, {level.in_flight:,} in flight{delayed}"
