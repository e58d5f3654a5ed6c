"""What attempts leave behind: entries of the timeline, and records at the on-failure destination."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from lambdalab.chance import Chance
from lambdalab.clock import Clock
from lambdalab.errors import DeliveryError
from lambdalab.invocation.destinations import Targets
from lambdalab.sources.streams.batch import Batch, Discard, Item, Outcome, Settlement
from lambdalab.sources.streams.failure_record import FailureRecord, deliver
from lambdalab.sources.streams.shard_reader import event_text
from lambdalab.sources.streams.stream_mapping import StreamMapping
from lambdalab.stream_entries import StreamBatch, StreamBatchDiscarded, StreamBatchSplit
from lambdalab.timeline import Delivery, Timeline

__all__ = ["Aftermath", "event_of"]


class Aftermath:
    """Writes down what became of batches, and tells the mapping's destination of those given up."""

    def __init__(self, clock: Clock, timeline: Timeline, chance: Chance, targets: Targets) -> None:
        self._clock = clock
        self._timeline = timeline
        self._chance = chance
        self._targets = targets

    def record(
        self,
        mapping: StreamMapping,
        shard_id: str,
        number: int,
        batch: Batch,
        outcome: Outcome,
        settled: Settlement,
        started_ns: int,
    ) -> None:
        """An attempt began at `started_ns` and ends now; `number` is its lane."""
        items = batch.items
        window = batch.window
        kind: Literal["success", "error", "partial", "throttle"] = outcome.kind
        if outcome.kind == "error" and outcome.partial:
            kind = "partial"
        common = (mapping.function_arn, mapping.uuid, shard_id, number)
        self._timeline.record(
            StreamBatch(
                started_ns,
                *common,
                ended_ns=self._clock.time_ns,
                request_id=outcome.request_id,
                attempt=batch.attempts + (outcome.kind == "throttle"),
                first=items[0].record.sequence_number if items else "",
                last=items[-1].record.sequence_number if items else "",
                size=len(items),
                age_ns=started_ns - items[-1].record.arrived_ns if items else 0,
                outcome=kind,
                done=len(settled.processed),
                repeated=batch.repeated,
                window_start_ns=window.start_ns if window else None,
                window_end_ns=window.end_ns if window else None,
                final=window.final if window else False,
            )
        )
        if settled.halves is not None:
            left, right = settled.halves
            self._timeline.record(
                StreamBatchSplit(
                    self._clock.time_ns,
                    *common,
                    left=left,
                    right=right,
                    first=items[0].record.sequence_number,
                    boundary=items[left].record.sequence_number,
                )
            )

    def give_up(self, mapping: StreamMapping, shard_id: str, number: int, discard: Discard) -> None:
        """Items are given up now. What the stream itself let go leaves no record."""
        items = discard.items
        self._timeline.record(
            StreamBatchDiscarded(
                self._clock.time_ns,
                mapping.function_arn,
                mapping.uuid,
                shard_id,
                number,
                discard.condition,
                items[0].record.sequence_number,
                items[-1].record.sequence_number,
                len(items),
                discard.batch.attempts,
            )
        )
        if mapping.on_failure is None or discard.condition == "Expired":
            return
        request_id = discard.batch.last_request_id or self._chance.uuid("request id")
        record = FailureRecord(
            discard,
            mapping.function_arn,
            request_id,
            mapping.source.info_name,
            shard_id,
            mapping.stream_arn,
            event_of(mapping, shard_id, items, discard.batch),
            self._clock.time_ns,
        )
        error = None
        try:
            deliver(self._targets, mapping.on_failure, record, mapping.uuid, self._chance.uuid("record key"))
        except DeliveryError as failure:
            error = str(failure)
        self._timeline.record(
            Delivery(
                self._clock.time_ns,
                mapping.function_arn,
                request_id,
                "on-failure destination",
                mapping.on_failure,
                discard.condition,
                error,
            )
        )


def event_of(mapping: StreamMapping, shard_id: str, items: Sequence[Item], batch: Batch) -> str:
    """The event of a batch, or of a part of it, as JSON."""
    extra: dict[str, Any] = {}
    if batch.window is not None:
        extra = {
            "window": {
                "start": f"{Clock.moment(batch.window.start_ns):%Y-%m-%dT%H:%M:%SZ}",
                "end": f"{Clock.moment(batch.window.end_ns):%Y-%m-%dT%H:%M:%SZ}",
            },
            "state": batch.window.state,
            "shardId": shard_id,
            "eventSourceARN": mapping.stream_arn,
            "isFinalInvokeForWindow": batch.window.final,
            "isWindowTerminatedEarly": batch.window.early,
        }
    return event_text(items, extra)
