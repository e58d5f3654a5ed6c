"""Amazon SQS: messages in batches to a function, deleted when it succeeds (behaviours §4.2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from lambdalab.clock import SECOND, Timer
from lambdalab.errors import (
    ObjectNotFoundError,
    RecursiveInvocationException,
    ResourceNotFoundException,
    TooManyRequestsException,
)
from lambdalab.invocation.asynchronous import Execution
from lambdalab.source_entries import BatchEnded, BatchPolled, RecordsFiltered
from lambdalab.sources.batch_failures import failed_items
from lambdalab.sources.filters import Filters
from lambdalab.sources.mapping import PAYLOAD_CAP, EventSourceMapping
from lambdalab.sources.poller import Surroundings
from lambdalab.sources.queue import ReceivedMessage
from lambdalab.sources.queue_scaling import QueueScaling

__all__ = ["QueuePoller"]

_ENVELOPE = len(b'{"Records": []}')
_FIRST_BACKOFF = 1 * SECOND
_as_json = json.JSONEncoder(ensure_ascii=False).encode
Outcome = Literal["success", "partial failure", "function error", "throttled", "not invoked"]


@dataclass(slots=True)
class _Batch:
    """Messages with their records, as JSON text."""

    messages: list[ReceivedMessage] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    size: int = _ENVELOPE
    batch_id: str = ""
    throttles: int = 0
    repeated: bool = False

    def add(self, message: ReceivedMessage, record: str, size: int) -> None:
        self.messages.append(message)
        self.records.append(record)
        self.size += size

    @property
    def payload(self) -> bytes:
        return ('{"Records": [' + ", ".join(self.records) + "]}").encode()

    @property
    def visible_ns(self) -> int:
        """When the first of its messages shows again."""
        return min(message.visible_ns for message in self.messages)


class QueuePoller:
    """Fulfils `lambdalab.sources.poller.Poller` for a standard or a FIFO queue.

    Nothing is polled while the queue is empty: the queue wakes the poller, and a timer stands for the instant at which
    the next hidden message shows.
    """

    def __init__(self, mapping: EventSourceMapping, surroundings: Surroundings) -> None:
        self._mapping, self._on = mapping, surroundings
        self._running = False
        self._unwatch: Any = None
        self._wake: Timer | None = None
        self._step: Timer | None = None
        self._window: Timer | None = None
        self._open = _Batch()
        self._closed: list[_Batch] = []
        self._invocations = 0
        self._filters = Filters((), "sqs")
        self._scaling = QueueScaling(mapping, surroundings.clock)

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to read."""
        self._running = True
        self._filters = Filters(self._mapping.configuration.filters, "sqs")
        self._scaling = QueueScaling(self._mapping, self._on.clock)
        self._unwatch = self._on.queues.watch(self._mapping.source_arn, self._message_came)
        self._message_came()

    def stop(self) -> None:
        """Read no more; messages of an unfinished batch show again when their visibility timeout ends."""
        self._running = False
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
        for timer in (self._wake, self._step, self._window):
            if timer is not None:
                timer.cancel()
        self._wake = self._step = self._window = None
        self._open, self._closed = _Batch(), []

    # -- reading --------------------------------------------------------------------------------------------------

    def _message_came(self) -> None:
        """Stand ready for the next message that shows."""
        if not self._running:
            return
        try:
            instant_ns = self._on.queues.next_visible_ns(self._mapping.source_arn)
        except ObjectNotFoundError as error:
            self._problem(error.message)
            return
        wake = self._wake
        if wake is not None and wake.state == "waiting":
            # A handler that sends is ahead of the clock: what shows before it has sent is not to wait for that.
            if instant_ns is not None and instant_ns <= wake.instant_ns <= max(instant_ns, self._on.clock.time_ns):
                return
            wake.cancel()
        if instant_ns is not None:
            label = f"messages in {self._mapping.source_arn.rpartition(':')[2]}"
            self._wake = self._on.scheduler.at(instant_ns, self._poll, label)

    def _poll(self) -> None:
        """Fill batches and invoke as long as there are messages and free pollers."""
        if not self._running:
            return
        instant_ns = self._on.clock.time_ns
        self._start_closed(instant_ns)
        while self._free():
            self._on.clock.time_ns = instant_ns
            try:
                received = self._on.queues.receive(self._mapping.source_arn, self._wanted())
            except ObjectNotFoundError as error:
                self._problem(error.message)
                return
            if not received:
                break
            self._collect(received)
            self._start_closed(instant_ns)
        self._on.clock.time_ns = instant_ns
        if self._free():
            self._scaling.rested()
            self._message_came()
        elif (again_ns := self._scaling.saturated()) is not None and (
            self._step is None or self._step.state != "waiting"
        ):
            self._step = self._on.scheduler.at(again_ns, self._poll, "more concurrency for a queue", recurring=True)

    def _free(self) -> bool:
        return self._invocations + len(self._closed) < self._scaling.limit()

    def _wanted(self) -> int:
        return self._mapping.configuration.batch_size - len(self._open.messages)

    def _collect(self, received: Sequence[ReceivedMessage]) -> None:
        dropped: list[str] = []
        for message in received:
            record = self._record(message)
            if self._filters and not self._filters.accept(record, message.body):
                dropped.append(message.receipt_handle)
                continue
            text = _as_json(record)
            size = 2 + (len(text) if text.isascii() else len(text.encode()))
            if self._open.messages and self._open.size + size > PAYLOAD_CAP:
                self._close()
            self._open.add(message, text, size)
        if dropped:
            self._on.queues.delete(self._mapping.source_arn, dropped)
            self._on.timeline.record(RecordsFiltered(*self._entry(), len(dropped)))
        configuration = self._mapping.configuration
        if not self._open.messages:
            return
        if len(self._open.messages) >= configuration.batch_size or not configuration.batching_window:
            self._close()
        elif self._window is None:
            self._window = self._on.scheduler.after(
                configuration.batching_window * SECOND, self._window_elapsed, "batching window"
            )

    def _window_elapsed(self) -> None:
        self._window = None
        if self._running and self._open.messages:
            self._close()
            self._start_closed(self._on.clock.time_ns)

    def _close(self) -> None:
        if self._window is not None:
            self._window.cancel()
            self._window = None
        batch, self._open = self._open, _Batch()
        batch.batch_id = self._on.chance.uuid("batch id")
        self._closed.append(batch)

    # -- invoking -------------------------------------------------------------------------------------------------

    def _start_closed(self, instant_ns: int) -> None:
        while self._closed and self._invocations < self._scaling.limit():
            batch = self._closed.pop(0)
            self._on.clock.time_ns = instant_ns
            self._invocations += 1
            entry = BatchPolled(*self._entry(), batch.batch_id, len(batch.messages), batch.size)
            self._on.timeline.record(entry)
            self._invoke(batch)
        self._on.clock.time_ns = instant_ns

    def _invoke(self, batch: _Batch) -> None:
        """Run the function; what comes of it happens at the instant the invocation ends."""
        try:
            execution = self._on.invoke(self._mapping, batch.payload)
        except TooManyRequestsException:
            self._throttled(batch)
            return
        except RecursiveInvocationException:
            self._end(batch, "not invoked", frozenset())
            return
        except ResourceNotFoundException:
            self._problem("Function not found")
            self._end(batch, "not invoked", frozenset())
            return
        self._on.scheduler.at(self._on.clock.time_ns, lambda: self._returned(batch, execution), "end of a batch")

    def _throttled(self, batch: _Batch) -> None:
        """Again and again, until the messages show in the queue."""
        wait_ns = _FIRST_BACKOFF * 2**batch.throttles
        batch.throttles += 1
        if self._on.clock.time_ns + wait_ns >= batch.visible_ns:
            self._end(batch, "throttled", frozenset())
        else:
            self._on.scheduler.after(wait_ns, lambda: self._invoke(batch), "retry of a throttled batch")

    def _returned(self, batch: _Batch, execution: Execution) -> None:
        reports = self._mapping.configuration.report_batch_item_failures
        everything = frozenset(message.message_id for message in batch.messages)
        if execution.failed:
            failed = everything
        else:
            failed = failed_items(execution.payload, everything) if reports else frozenset()
        if not failed and not batch.repeated and self._on.duplicates.again("batch"):
            batch.repeated = True  # a second time, not for ever
            self._invoke(batch)
            return
        if execution.failed and not reports:
            self._scaling.failed()
        outcome: Outcome = "success" if not failed else "function error" if failed == everything else "partial failure"
        self._end(batch, outcome, everything - failed)

    def _end(self, batch: _Batch, outcome: Outcome, processed: frozenset[str]) -> None:
        handles = [message.receipt_handle for message in batch.messages if message.message_id in processed]
        self._invocations -= 1
        try:
            deleted = self._on.queues.delete(self._mapping.source_arn, handles) if handles else 0
        except ObjectNotFoundError:
            deleted = 0
        returned = len(batch.messages) - len(handles)
        self._on.timeline.record(BatchEnded(*self._entry(), batch.batch_id, outcome, deleted, returned))
        if self._running:
            self._start_closed(self._on.clock.time_ns)
        self._message_came()

    def _problem(self, reason: str) -> None:
        self._mapping.last_processing_result = f"PROBLEM: {reason}"

    # -- shapes ---------------------------------------------------------------------------------------------------

    def _entry(self) -> tuple[int, str, str, str]:
        mapping = self._mapping
        return self._on.clock.time_ns, mapping.unqualified_arn, mapping.uuid, mapping.source_arn

    def _record(self, message: ReceivedMessage) -> dict[str, Any]:
        return {
            "messageId": message.message_id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": message.attributes,
            "messageAttributes": message.message_attributes,
            "md5OfBody": message.md5_of_body,
            "eventSource": "aws:sqs",
            "eventSourceARN": self._mapping.source_arn,
            "awsRegion": self._mapping.region,
        }
