"""The messages of one SQS queue, indexed by when they show.

moto keeps a list and walks it on every call. Here a call costs the same with ten messages and with a hundred thousand.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from typing import Any

from lambdalab.clock import MILLISECOND, SECOND, Clock

__all__ = ["QueueMessages"]

_DEDUPLICATION_NS = 300 * SECOND
_FIRST_SEQUENCE_NUMBER = 18_850_000_000_000_000_000
Moved = Callable[[str, int], None]
"""Told the ARN of the dead-letter queue ("" when messages expired) and how many messages left for it."""


class _Group:
    """A message group of a FIFO queue: its messages in order, and how many of them are hidden."""

    __slots__ = ("hidden", "orders")

    def __init__(self) -> None:
        self.orders: dict[int, None] = {}
        self.hidden = 0


class QueueMessages:
    """Messages by order of arrival; moto's own objects, with `order`, `available_ns` and `standing` added.

    Parameters
    ----------
    queue
        moto's queue.
    receipt_handle
        Draws a new receipt handle.
    moved
        Told of messages that leave for the dead-letter queue or expire.
    """

    def __init__(self, queue: Any, clock: Clock, receipt_handle: Callable[[], str], moved: Moved) -> None:
        self._queue, self._clock, self._receipt_handle, self._moved = queue, clock, receipt_handle, moved
        self._count = 0
        self.messages: dict[int, Any] = {}
        self._orders: dict[str, int] = {}  # by receipt handle
        self._deleted: set[str] = set()
        self._ready: deque[int] = deque()
        self._pending: list[tuple[int, int]] = []
        self._groups: dict[str, _Group] = {}
        self._ready_groups: dict[str, None] = {}
        self._sent: dict[tuple[str, str], tuple[int, Any]] = {}
        self._standing = {"visible": 0, "hidden": 0, "delayed": 0}

    # -- in and out ---------------------------------------------------------------------------------------------

    def add(self, message: Any) -> bool:
        """Take a message in; False when a FIFO queue has seen it in the last five minutes."""
        now = self._clock.time_ns
        if self._queue.fifo_queue and not self._is_new(message, now):
            return False
        self._count += 1
        message.order = self._count
        message.available_ns = max(now, int(message.delayed_until * MILLISECOND))
        message.standing = "visible" if message.available_ns <= now else "delayed"
        message.retained_until_ns = message.sent_timestamp * MILLISECOND + self._retention_ns
        self.messages[message.order] = message
        self._standing[message.standing] += 1
        if self._queue.fifo_queue:
            self._groups.setdefault(message.group_id, _Group()).orders[message.order] = None
        if message.standing == "delayed" or self._clock.time_ns < message.available_ns:
            heapq.heappush(self._pending, (message.available_ns, message.order))
        else:
            self._show(message)
        return True

    def take(self, count: int, visibility_ns: int) -> list[Any]:
        """Up to `count` messages that are visible, hidden from now on for `visibility_ns`."""
        self.settle()
        now = self._clock.time_ns
        taken: list[Any] = []
        doomed: list[Any] = []
        if self._queue.fifo_queue:
            self._take_groups(count, now, taken, doomed)
        else:
            self._take_ready(count, now, taken, doomed)
        for message in taken:
            self._receive(message, now, visibility_ns)
        if doomed:
            self._redrive(doomed)
        return taken

    def delete(self, receipt_handle: str) -> bool | None:
        """Delete by any receipt handle a message ever had.

        False when it is gone already, None when there never was such a handle.
        """
        order = self._orders.get(receipt_handle)
        if order is None:
            return False if receipt_handle in self._deleted else None
        message = self.messages[order]
        self._deleted.update(message.all_receipt_handles)
        self._remove(message)
        return True

    def find(self, receipt_handle: str) -> Any | None:
        """The message that has, or had, a receipt handle."""
        order = self._orders.get(receipt_handle)
        return None if order is None else self.messages[order]

    def change_visibility(self, message: Any, visibility_ns: int) -> None:
        """Hide a message until `visibility_ns` from now; 0 shows it."""
        self.settle()
        self._stand(message, "hidden", self._clock.time_ns + visibility_ns)
        if not visibility_ns:
            self.settle()

    def purge(self) -> int:
        """Drop everything; how many messages that was."""
        gone = len(self.messages)
        for message in list(self.messages.values()):
            self._remove(message)
        return gone

    # -- what is there ------------------------------------------------------------------------------------------

    def counts(self) -> tuple[int, int, int]:
        """Messages that are visible, hidden and delayed."""
        self.settle()
        standing = self._standing
        return standing["visible"], standing["hidden"], standing["delayed"]

    def next_visible_ns(self) -> int | None:
        """The instant, past or to come, from which something can be received; None when nothing is there."""
        self.settle()
        if self._ready_groups:
            return int(self.messages[next(iter(self._groups[next(iter(self._ready_groups))].orders))].available_ns)
        while self._ready:
            if self._is_ready(self._ready[0]):
                return int(self.messages[self._ready[0]].available_ns)
            self._ready.popleft()
        while self._pending:
            instant, order = self._pending[0]
            message = self.messages.get(order)
            if message is not None and message.available_ns == instant and message.standing != "visible":
                return instant
            heapq.heappop(self._pending)
        return None

    def settle(self) -> None:
        """Let messages show whose time has come, and those go that were kept long enough."""
        now = self._clock.time_ns
        pending = self._pending
        while pending and pending[0][0] <= now:
            instant, order = heapq.heappop(pending)
            message = self.messages.get(order)
            if message is not None and message.available_ns == instant and message.standing != "visible":
                self._become(message, "visible")
                self._show(message)
        expired = 0
        while self.messages:
            message = next(iter(self.messages.values()))
            if message.retained_until_ns > now:
                break
            self._remove(message)
            expired += 1
        if expired:
            self._moved("", expired)

    # -- parts --------------------------------------------------------------------------------------------------

    @property
    def _retention_ns(self) -> int:
        return int(self._queue.message_retention_period) * SECOND

    def _is_new(self, message: Any, now: int) -> bool:
        self._count += 1
        message.sequence_number = str(_FIRST_SEQUENCE_NUMBER + 256 * self._count)
        if message.deduplication_id is None:
            return True
        by_group = getattr(self._queue, "deduplication_scope", "queue") == "messageGroup"
        key = (message.group_id if by_group else "", message.deduplication_id)
        seen = self._sent.get(key)
        if seen is not None and now - seen[0] < _DEDUPLICATION_NS:
            message.id, message.sequence_number = seen[1].id, seen[1].sequence_number
            return False
        self._sent[key] = (now, message)
        return True

    def _take_ready(self, count: int, now: int, taken: list[Any], doomed: list[Any]) -> None:
        ready = self._ready
        early: list[Any] = []
        while ready and len(taken) < count:
            message = self.messages.get(ready.popleft())
            if message is None or message.standing != "visible":
                continue
            if message.available_ns > now:  # sent by a handler that is ahead of the clock
                early.append(message)
            elif self._is_spent(message):
                doomed.append(message)
            else:
                self._become(message, "hidden")
                taken.append(message)
        for message in early:
            self._stand(message, "hidden", message.available_ns)

    def _take_groups(self, count: int, now: int, taken: list[Any], doomed: list[Any]) -> None:
        for group_id in list(self._ready_groups):
            if len(taken) >= count:
                break
            group = self._groups[group_id]
            for order in list(group.orders):
                message = self.messages[order]
                if len(taken) >= count or message.standing != "visible" or message.available_ns > now:
                    break
                if self._is_spent(message):
                    doomed.append(message)
                    continue
                self._become(message, "hidden")
                taken.append(message)

    def _is_spent(self, message: Any) -> bool:
        policy = self._queue.redrive_policy
        return bool(
            policy
            and self._queue.dead_letter_queue is not None
            and message.approximate_receive_count >= policy["maxReceiveCount"]
        )

    def _receive(self, message: Any, now: int, visibility_ns: int) -> None:
        if not message.approximate_first_receive_timestamp:
            message.approximate_first_receive_timestamp = now // MILLISECOND
        message.approximate_receive_count += 1
        if message.receipt_handle is not None:
            message._old_receipt_handles.append(message.receipt_handle)
        message.receipt_handle = self._receipt_handle()
        self._orders[message.receipt_handle] = message.order
        message.available_ns = now + visibility_ns
        heapq.heappush(self._pending, (message.available_ns, message.order))

    def _redrive(self, doomed: list[Any]) -> None:
        target = self._queue.dead_letter_queue
        for message in doomed:
            self._remove(message)
            message.dead_letter_source_arn = self._queue.queue_arn
            message.delayed_until = 0.0
            message.receipt_handle, message._old_receipt_handles = None, []
            if target.fifo_queue:
                message.sent_timestamp = self._clock.time_ns // MILLISECOND
            target.add_message(message)
        self._moved(target.queue_arn, len(doomed))

    def _is_ready(self, order: int) -> bool:
        message = self.messages.get(order)
        return message is not None and message.standing == "visible"

    def _stand(self, message: Any, standing: str, available_ns: int) -> None:
        self._become(message, standing)
        message.available_ns = available_ns
        heapq.heappush(self._pending, (available_ns, message.order))

    def _become(self, message: Any, standing: str) -> None:
        self._standing[message.standing] -= 1
        self._standing[standing] += 1
        if self._queue.fifo_queue:
            group = self._groups[message.group_id]
            group.hidden += (standing == "hidden") - (message.standing == "hidden")
            if group.hidden:
                self._ready_groups.pop(message.group_id, None)
        message.standing = standing

    def _show(self, message: Any) -> None:
        if not self._queue.fifo_queue:
            self._ready.append(message.order)
        else:
            self._offer(message.group_id)

    def _offer(self, group_id: str) -> None:
        group = self._groups[group_id]
        if group.orders and not group.hidden and self.messages[next(iter(group.orders))].standing == "visible":
            self._ready_groups[group_id] = None

    def _remove(self, message: Any) -> None:
        del self.messages[message.order]
        self._standing[message.standing] -= 1
        for handle in message.all_receipt_handles:
            self._orders.pop(handle, None)
        if self._queue.fifo_queue:
            group = self._groups[message.group_id]
            del group.orders[message.order]
            group.hidden -= message.standing == "hidden"
            if not group.orders:
                del self._groups[message.group_id]
                self._ready_groups.pop(message.group_id, None)
            else:
                self._offer(message.group_id)
