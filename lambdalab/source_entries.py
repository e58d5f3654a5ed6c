"""Timeline entries of event source mappings and of the queues and streams they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lambdalab.timeline import Entry

__all__ = [
    "BatchEnded",
    "BatchPolled",
    "MappingStateChanged",
    "MessagesMoved",
    "QueueMeasured",
    "RecordsFiltered",
]


@dataclass(slots=True)
class MappingStateChanged(Entry):
    """An event source mapping entered a state."""

    mapping_id: str
    source_arn: str
    state: str


@dataclass(slots=True)
class BatchPolled(Entry):
    """An event source mapping closed a batch and hands it to the function."""

    mapping_id: str
    source_arn: str
    batch_id: str
    records: int
    size: int


@dataclass(slots=True)
class BatchEnded(Entry):
    """What became of a batch: ``processed`` records are done with, ``returned`` ones come again."""

    mapping_id: str
    source_arn: str
    batch_id: str
    outcome: Literal["success", "partial failure", "function error", "throttled", "not invoked"]
    processed: int
    returned: int


@dataclass(slots=True)
class RecordsFiltered(Entry):
    """Records that no filter pattern matches; they never reach the function."""

    mapping_id: str
    source_arn: str
    records: int


@dataclass(slots=True)
class MessagesMoved(Entry):
    """Messages left a queue without being processed: ``target_arn`` is the dead-letter queue, "" when they expired."""

    queue_arn: str
    target_arn: str
    messages: int


@dataclass(slots=True)
class QueueMeasured(Entry):
    """How many messages of a queue are visible, hidden (in flight) and delayed."""

    queue_arn: str
    visible: int
    hidden: int
    delayed: int
