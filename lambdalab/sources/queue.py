"""SQS as a poller needs it. The room that knows moto implements these forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

__all__ = ["Queues", "ReceivedMessage"]


class ReceivedMessage(Protocol):
    """A message as it was received."""

    @property
    def message_id(self) -> str:
        """Its id, the same at every receive."""

    @property
    def receipt_handle(self) -> str:
        """What to delete it by."""

    @property
    def body(self) -> str:
        """What was sent."""

    @property
    def attributes(self) -> Mapping[str, str]:
        """SQS's own, such as ``ApproximateReceiveCount``."""

    @property
    def message_attributes(self) -> Mapping[str, Any]:
        """The sender's, in the form of Lambda's event."""

    @property
    def md5_of_body(self) -> str:
        """Hexadecimal digest of the body."""

    @property
    def visible_ns(self) -> int:
        """When it shows again unless it is deleted."""


class Queues(Protocol):
    """Queues by ARN. Operations raise `ObjectNotFoundError` when the queue is gone."""

    def receive(self, queue_arn: str, count: int) -> Sequence[ReceivedMessage]:
        """Up to `count` messages visible now, hidden from then on for the queue's visibility timeout."""

    def delete(self, queue_arn: str, receipt_handles: Iterable[str]) -> int:
        """Delete messages by receipt handle; how many were still there."""

    def next_visible_ns(self, queue_arn: str) -> int | None:
        """The instant from which a message can be received, which may be past; None when the queue is empty."""

    def watch(self, queue_arn: str, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` whenever a message arrives or shows earlier than it was to; the answer ends it."""

    def counts(self, queue_arn: str) -> tuple[int, int, int]:
        """Messages that are visible, hidden and delayed."""
