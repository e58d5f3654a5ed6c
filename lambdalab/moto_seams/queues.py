"""moto's SQS on the virtual clock: messages found at once, long polls in virtual time, no push to Lambda."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdalab.chance import Chance
from lambdalab.clock import MILLISECOND, SECOND, Clock
from lambdalab.errors import ObjectNotFoundError
from lambdalab.moto_seams.queue_messages import QueueMessages
from lambdalab.source_entries import MessagesMoved, QueueMeasured
from lambdalab.timeline import Timeline

__all__ = ["MotoQueues", "QueueMessage"]


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """Implements `lambdalab.sources.queue.ReceivedMessage`."""

    message_id: str
    receipt_handle: str
    body: str
    attributes: Mapping[str, str]
    message_attributes: Mapping[str, Any]
    md5_of_body: str
    visible_ns: int


class MotoQueues:
    """Takes the place of what moto's queues do with their messages, and reads queues for event source mappings."""

    def __init__(self, clock: Clock, chance: Chance, timeline: Timeline, wait: Callable[[float], None]) -> None:
        self._clock, self._chance, self._timeline, self._wait = clock, chance, timeline, wait
        self._watchers: dict[str, list[Callable[[], None]]] = {}
        self._previous: list[tuple[Any, str, Any]] = []

    # -- life ---------------------------------------------------------------------------------------------------

    def install(self) -> None:
        """Take effect."""
        from moto.sqs import exceptions, models

        clock = self._clock
        self._replace(models, "unix_time", lambda moment=None: clock.time())
        self._replace(models, "unix_time_millis", lambda moment=None: clock.time_ns / MILLISECOND)
        queue: Any = models.Queue
        self._replace(queue, "add_message", self._add_message())
        self._replace(queue, "delete_message", self._delete_message(exceptions.ReceiptHandleIsInvalid))
        self._replace(queue, "wait_for_messages", self._wait_for_messages())
        for name, position in (("", 0), ("_not_visible", 1), ("_delayed", 2)):
            self._replace(queue, f"approximate_number_of_messages{name}", self._count_property(position))
        backend: Any = models.SQSBackend
        self._replace(backend, "receive_message", self._receive_message(models._filter_message_attributes))
        self._replace(backend, "change_message_visibility", self._change_message_visibility(models))
        self._replace(backend, "purge_queue", self._purge_queue(backend.purge_queue))

    def uninstall(self) -> None:
        """Put moto's own back."""
        while self._previous:
            owner, name, value = self._previous.pop()
            setattr(owner, name, value)
        self._watchers.clear()

    # -- what pollers and the Lambda API ask ----------------------------------------------------------------------

    def visibility_timeout(self, queue_arn: str) -> int:
        """Seconds a received message stays hidden. Raises `ObjectNotFoundError`."""
        return int(self._queue(queue_arn).visibility_timeout)

    def receive(self, queue_arn: str, count: int) -> Sequence[QueueMessage]:
        """Up to `count` messages visible now."""
        queue = self._queue(queue_arn)
        messages = self._of(queue).take(count, int(queue.visibility_timeout) * SECOND)
        received = [_received(message, queue.fifo_queue) for message in messages]
        if received:
            self._measure(queue)
        return received

    def delete(self, queue_arn: str, receipt_handles: Iterable[str]) -> int:
        """Delete messages; how many were still there."""
        queue = self._queue(queue_arn)
        messages = self._of(queue)
        deleted = sum(messages.delete(handle) is True for handle in receipt_handles)
        if deleted:
            self._measure(queue)
            if queue.fifo_queue:
                self._wake(queue)
        return deleted

    def next_visible_ns(self, queue_arn: str) -> int | None:
        """The instant from which a message can be received."""
        return self._of(self._queue(queue_arn)).next_visible_ns()

    def counts(self, queue_arn: str) -> tuple[int, int, int]:
        """Messages that are visible, hidden and delayed."""
        return self._of(self._queue(queue_arn)).counts()

    def watch(self, queue_arn: str, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` when a message arrives or shows earlier; the answer ends it."""
        watchers = self._watchers.setdefault(queue_arn, [])
        watchers.append(wake)

        def end() -> None:
            if wake in watchers:
                watchers.remove(wake)

        return end

    # -- parts --------------------------------------------------------------------------------------------------

    def _queue(self, queue_arn: str) -> Any:
        from moto.sqs.models import sqs_backends

        _, _, _, region, account, name = queue_arn.split(":", 5)
        # moto's dictionaries take a lock at every [], but not at get().
        accounts: Any = sqs_backends.get(account) or sqs_backends[account]
        backend = accounts.get(region) or accounts[region]
        queue = backend.queues.get(name)
        if queue is None:
            raise ObjectNotFoundError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
        return queue

    def _of(self, queue: Any) -> QueueMessages:
        known: QueueMessages | None = queue.__dict__.get("lambdalab_messages")
        if known is None:

            def moved(target_arn: str, messages: int) -> None:
                entry = MessagesMoved(self._clock.time_ns, "", queue.queue_arn, target_arn, messages)
                self._timeline.record(entry)
                self._measure(queue)

            known = QueueMessages(queue, self._clock, self._receipt_handle, moved)
            queue.lambdalab_messages = known
        return known

    def _receipt_handle(self) -> str:
        bits = self._chance.generator("receipt handle").getrandbits(1080)
        return "AQEB" + base64.b64encode(bits.to_bytes(135, "big")).decode()

    def _measure(self, queue: Any) -> None:
        if self._watchers.get(queue.queue_arn):
            entry = QueueMeasured(self._clock.time_ns, "", queue.queue_arn, *self._of(queue).counts())
            self._timeline.record(entry)

    def _wake(self, queue: Any) -> None:
        for wake in list(self._watchers.get(queue.queue_arn, ())):
            wake()

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        self._previous.append((owner, name, owner.__dict__[name]))
        setattr(owner, name, value)

    # -- moto's methods -------------------------------------------------------------------------------------------

    def _add_message(self) -> Callable[[Any, Any], None]:
        def add_message(queue: Any, message: Any) -> None:
            if self._of(queue).add(message):
                self._measure(queue)
                self._wake(queue)

        return add_message

    def _delete_message(self, invalid: type[Exception]) -> Callable[[Any, str], None]:
        def delete_message(queue: Any, receipt_handle: str) -> None:
            deleted = self._of(queue).delete(receipt_handle)
            if deleted is None:
                raise invalid()
            if deleted:
                self._measure(queue)
                self._wake(queue)  # the next messages of its group may be received now

        return delete_message

    def _count_property(self, position: int) -> property:
        return property(lambda queue: self._of(queue).counts()[position])

    def _wait_for_messages(self) -> Callable[[Any, float], None]:
        wait = self._wait

        def wait_for_messages(queue: Any, timeout: float) -> None:
            """moto asks for a second at a time, so that a message that comes meanwhile is received at once.

            A little more passes: moto polls once more when the time is up to the instant.
            """
            wait(timeout + 0.00005)

        return wait_for_messages

    def _receive_message(self, keep_attributes: Callable[[Any, list[str]], None]) -> Callable[..., list[Any]]:
        clock = self._clock

        def receive_message(
            backend: Any,
            queue_name: str,
            count: int,
            wait_seconds_timeout: int,
            visibility_timeout: int,
            message_attribute_names: list[str] | None = None,
        ) -> list[Any]:
            queue = backend.get_queue(queue_name)
            ends_ns = clock.time_ns + int(wait_seconds_timeout) * SECOND
            while True:
                taken = self._of(queue).take(count, int(visibility_timeout) * SECOND)
                if taken:
                    break
                if not wait_seconds_timeout or clock.time_ns > ends_ns:
                    return []
                queue.wait_for_messages(1)
            self._measure(queue)
            self._wake(queue)
            received = [copy.copy(message) for message in taken]
            for message in received:
                keep_attributes(message, message_attribute_names or [])
            return received

        return receive_message

    def _change_message_visibility(self, models: Any) -> Callable[[Any, str, str, int], None]:
        clock, longest_ns = self._clock, models.MAXIMUM_VISIBILITY_TIMEOUT * SECOND

        def change_message_visibility(
            backend: Any, queue_name: str, receipt_handle: str, visibility_timeout: int
        ) -> None:
            queue = backend.get_queue(queue_name)
            message = self._of(queue).find(receipt_handle)
            if message is None:
                raise models.ReceiptHandleIsInvalid
            duration_ns = int(visibility_timeout) * SECOND
            if clock.time_ns + duration_ns - message.sent_timestamp * MILLISECOND > longest_ns:
                raise models.InvalidParameterValue(
                    f"Value {visibility_timeout} for parameter VisibilityTimeout is invalid. Reason: Total "
                    f"VisibilityTimeout for the message is beyond the limit [{longest_ns // SECOND} seconds]"
                )
            self._of(queue).change_visibility(message, duration_ns)
            self._measure(queue)
            self._wake(queue)

        return change_message_visibility

    def _purge_queue(self, moto_own: Callable[[Any, str], None]) -> Callable[[Any, str], None]:
        def purge_queue(backend: Any, queue_name: str) -> None:
            moto_own(backend, queue_name)
            queue = backend.get_queue(queue_name)
            self._of(queue).purge()
            self._measure(queue)
            self._wake(queue)

        return purge_queue


def _received(message: Any, fifo: bool) -> QueueMessage:
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    if fifo:
        attributes["SequenceNumber"] = message.sequence_number
        attributes["MessageGroupId"] = message.group_id
        attributes["MessageDeduplicationId"] = message.deduplication_id
    elif message.group_id is not None:
        attributes["MessageGroupId"] = message.group_id
    trace = message.system_attributes.get("AWSTraceHeader")
    if trace:
        attributes["AWSTraceHeader"] = trace.get("string_value") or trace.get("StringValue")
    source = message.__dict__.get("dead_letter_source_arn")
    if source:
        attributes["DeadLetterQueueSourceArn"] = source
    return QueueMessage(
        message.id,
        message.receipt_handle,
        message.body,
        attributes,
        {name: _attribute(value) for name, value in message.message_attributes.items()},
        message.body_md5,
        message.available_ns,
    )


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if value.get("BinaryValue") is not None:
        binary = value["BinaryValue"]
        shown["binaryValue"] = base64.b64encode(binary).decode() if isinstance(binary, bytes) else binary
    else:
        shown["stringValue"] = str(value.get("StringValue"))
    return shown
