"""The poller of one event source mapping that reads a stream: drives its shards in virtual time.

An empty stream is not polled: a record's arrival schedules the poll that would have found it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lambdalab.chance import Chance
from lambdalab.clock import Clock, Scheduler, Timer
from lambdalab.errors import AwsError, ObjectNotFoundError
from lambdalab.invocation.destinations import Targets
from lambdalab.sources.streams.aftermath import Aftermath, event_of
from lambdalab.sources.streams.answer import read_answer
from lambdalab.sources.streams.batch import Batch, Outcome
from lambdalab.sources.streams.lane import Lane
from lambdalab.sources.streams.reading import Streams
from lambdalab.sources.streams.shard_reader import ShardReader
from lambdalab.sources.streams.stream_mapping import Invoke, StreamMapping
from lambdalab.stream_entries import (
    ShardClosed,
    ShardOpened,
    StreamRead,
)
from lambdalab.timeline import Timeline

__all__ = ["StreamPoller"]


class StreamPoller:
    """Reads the shards of a mapping's stream and invokes its function.

    Parameters
    ----------
    duplicates
        Whether a batch that went well is delivered once more.
    report
        Told ``LastProcessingResult`` when it changes.
    """

    def __init__(
        self,
        mapping: StreamMapping,
        streams: Streams,
        invoke: Invoke,
        clock: Clock,
        scheduler: Scheduler,
        timeline: Timeline,
        chance: Chance,
        targets: Targets,
        duplicates: Callable[[], bool],
        report: Callable[[str], None],
    ) -> None:
        self.mapping = mapping
        self.readers: dict[str, ShardReader] = {}
        self._streams = streams
        self._invoke = invoke
        self._clock = clock
        self._scheduler = scheduler
        self._timeline = timeline
        self._aftermath = Aftermath(clock, timeline, chance, targets)
        self._duplicates = duplicates
        self._report = report
        self._unwatch: Callable[[], None] | None = None
        self._phase_ns = 0
        self._polls: dict[str, Timer] = {}
        self._timers: dict[tuple[str, int], Timer] = {}

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to read, or go on where `stop` left off."""
        if self._unwatch is not None:
            return
        self._phase_ns = self._clock.time_ns
        self._unwatch = self._streams.watch(self.mapping.stream_arn, self._changed)
        first = not self.readers
        try:
            shards = self._streams.shards(self.mapping.stream_arn)
        except ObjectNotFoundError:
            self._gone()
            return
        for shard in shards:
            if shard.shard_id not in self.readers:
                self._add_reader(shard, shard.end if first and self.mapping.position.kind == "LATEST" else 0)
        self._look_at_all()

    def stop(self) -> None:
        """Read no more. An invocation that runs still ends, and what it finished stays finished."""
        if self._unwatch is None:
            return
        self._unwatch()
        self._unwatch = None
        for timer in (*self._polls.values(), *self._timers.values()):
            timer.cancel()
        self._polls.clear()
        self._timers.clear()
        for reader in self.readers.values():
            for lane in reader.lanes:
                lane.pause()

    def configure(self, mapping: StreamMapping) -> None:
        """Take new settings; they hold from the next batch on."""
        self.mapping = mapping
        for reader in self.readers.values():
            reader.configure(mapping.settings)
        if self._unwatch is not None:
            self._look_at_all()

    # -- reading ------------------------------------------------------------------------------------------------

    def _changed(self, shard_id: str | None) -> None:
        """A record arrived, or the shards changed."""
        if shard_id is None:
            try:
                shards = self._streams.shards(self.mapping.stream_arn)
            except ObjectNotFoundError:
                self._gone()
                return
            for shard in shards:
                if shard.shard_id not in self.readers:
                    self._add_reader(shard, 0)
            self._look_at_all()
        elif shard_id in self.readers:
            self._schedule_poll(self.readers[shard_id])

    def _add_reader(self, shard: Any, position: int) -> None:
        at = self.mapping.position
        from_ns = at.instant_ns if at.kind == "AT_TIMESTAMP" else 0
        self.readers[shard.shard_id] = ShardReader(
            shard.shard_id, shard.parents, position, from_ns, self.mapping.settings
        )

    def _look_at_all(self) -> None:
        for reader in list(self.readers.values()):
            self._schedule_poll(reader)

    def _schedule_poll(self, reader: ShardReader) -> None:
        """The next poll of a shard, in step with the polls since the mapping was enabled."""
        if reader.ended or reader.shard_id in self._polls or not self._parents_ended(reader):
            return
        step = self.mapping.source.poll_ns
        passed = self._clock.time_ns - self._phase_ns
        due_ns = self._phase_ns + (passed // step + 1) * step
        self._polls[reader.shard_id] = self._scheduler.at(
            due_ns, lambda: self._poll(reader), f"poll of {reader.shard_id} for mapping {self.mapping.uuid}"
        )

    def _parents_ended(self, reader: ShardReader) -> bool:
        return all(parent not in self.readers or self.readers[parent].ended for parent in reader.parents)

    def _poll(self, reader: ShardReader) -> None:
        del self._polls[reader.shard_id]
        now_ns = self._clock.time_ns
        mapping = self.mapping
        try:
            horizon_ns = now_ns - self._streams.retention_ns(mapping.stream_arn)
            shards = {shard.shard_id: shard for shard in self._streams.shards(mapping.stream_arn)}
        except ObjectNotFoundError:
            self._gone()
            return
        if not reader.opened:
            reader.opened = True
            self._timeline.record(
                ShardOpened(now_ns, mapping.function_arn, mapping.uuid, reader.shard_id, reader.parents)
            )
        shard = shards[reader.shard_id]
        read = reader.read(shard, horizon_ns, now_ns, mapping.source.event, mapping.accepts)
        if read.count:
            self._timeline.record(
                StreamRead(
                    now_ns,
                    mapping.function_arn,
                    mapping.uuid,
                    reader.shard_id,
                    read.count,
                    read.filtered,
                    read.expired,
                )
            )
        if reader.position < shard.end and reader.room:
            self._schedule_poll(reader)
        self._pump(reader)

    # -- invoking -----------------------------------------------------------------------------------------------

    def _pump(self, reader: ShardReader) -> None:
        """Start every batch that can start now."""
        if self._unwatch is None or not reader.ready():
            return
        now_ns = self._clock.time_ns
        try:
            horizon_ns = now_ns - self._streams.retention_ns(self.mapping.stream_arn)
        except ObjectNotFoundError:
            self._gone()
            return
        for number, lane in enumerate(reader.lanes):
            for discard in lane.give_up_old(now_ns, horizon_ns):
                self._aftermath.give_up(self.mapping, reader.shard_id, number, discard)
            step = lane.next(now_ns, reader.drained)
            if isinstance(step, Batch):
                self._attempt(reader, number, lane, step)
            elif step is not None:
                self._ask_again(reader, number, step)
        if reader.at_end() and not reader.ended:
            reader.ended = True
            self._timeline.record(ShardClosed(now_ns, self.mapping.function_arn, self.mapping.uuid, reader.shard_id))
            self._look_at_all()

    def _ask_again(self, reader: ShardReader, number: int, instant_ns: int) -> None:
        known = self._timers.get((reader.shard_id, number))
        if known is not None and known.state == "waiting":
            if known.instant_ns == instant_ns:
                return
            known.cancel()
        self._timers[reader.shard_id, number] = self._scheduler.at(
            instant_ns, lambda: self._pump(reader), f"batch of {reader.shard_id} for mapping {self.mapping.uuid}"
        )

    def _attempt(self, reader: ShardReader, number: int, lane: Lane, batch: Batch) -> None:
        """Invoke; the outcome takes effect when the invocation ends. The clock is back where it was."""
        started_ns = self._clock.time_ns
        payload = event_of(self.mapping, reader.shard_id, batch.items, batch)
        try:
            answer = self._invoke(payload.encode())
        except AwsError:
            outcome = Outcome("throttle")
        else:
            outcome = read_answer(
                batch,
                answer.payload,
                answer.failed,
                self.mapping.settings.reports_failures,
                answer.request_id,
                answer.version,
            )
        ended_ns, self._clock.time_ns = self._clock.time_ns, started_ns
        self._scheduler.at(
            ended_ns,
            lambda: self._settle(reader, number, lane, batch, outcome, started_ns),
            f"end of a batch of {reader.shard_id} for mapping {self.mapping.uuid}",
        )

    def _settle(
        self, reader: ShardReader, number: int, lane: Lane, batch: Batch, outcome: Outcome, started_ns: int
    ) -> None:
        now_ns = self._clock.time_ns
        settled = lane.settle(outcome, now_ns, self._duplicates())
        self._aftermath.record(self.mapping, reader.shard_id, number, batch, outcome, settled, started_ns)
        if settled.discard is not None:
            self._aftermath.give_up(self.mapping, reader.shard_id, number, settled.discard)
        self._report("OK" if outcome.failed_from is None and outcome.kind != "throttle" else _FAILED)
        if self._unwatch is None:
            lane.pause()
            return
        if reader.room and reader.shard_id not in self._polls:
            self._read_on(reader)
        self._pump(reader)

    def _read_on(self, reader: ShardReader) -> None:
        """A poll that left records behind because the mapping held too many."""
        try:
            shards = self._streams.shards(self.mapping.stream_arn)
        except ObjectNotFoundError:
            self._gone()
            return
        if any(shard.shard_id == reader.shard_id and shard.end > reader.position for shard in shards):
            self._schedule_poll(reader)

    def _gone(self) -> None:
        """The stream was deleted: nothing more can be read."""
        self._report("PROBLEM: The event source no longer exists.")
        self.stop()
        self.readers = {}  # a stream of the same name is another stream


_FAILED = "PROBLEM: Function call failed"
