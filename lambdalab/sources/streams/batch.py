"""Records on their way to a function, and what became of one attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lambdalab.sources.streams.reading import StreamRecord

__all__ = ["Batch", "Discard", "Item", "Outcome", "Settlement", "StreamSettings", "WindowInvoke"]


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """A mapping's settings, in the units the reading needs. None means no limit.

    ``tumbling_ns`` is 0 without tumbling windows; ``factor`` the number of batches of one shard at a time.
    """

    batch_size: int = 100
    batching_ns: int = 0
    maximum_retries: int | None = None
    maximum_age_ns: int | None = None
    bisect: bool = False
    factor: int = 1
    tumbling_ns: int = 0
    reports_failures: bool = False


@dataclass(slots=True)
class Item:
    """A record that was read and passed the filters; ``text`` is its JSON in the event."""

    record: StreamRecord
    text: str
    read_ns: int


@dataclass(frozen=True, slots=True)
class WindowInvoke:
    """The tumbling window an invocation belongs to. ``early`` when its state grew too large."""

    start_ns: int
    end_ns: int
    state: Any
    final: bool
    early: bool


@dataclass(slots=True)
class Batch:
    """Items for one invocation.

    ``attempts`` counts the times code ran on them, ``waits`` the tries of any kind since it was formed.
    ``window`` is set with tumbling windows; a final invocation has no items. ``repeated`` marks a second delivery.
    """

    items: Sequence[Item]
    attempts: int = 0
    waits: int = 0
    window: WindowInvoke | None = None
    repeated: bool = False
    last_request_id: str | None = None
    last_version: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to.

    ``failed_from`` is the index of the first item that must be tried again: 0 for a batch that failed, None when all
    went well. ``partial`` tells that the function said so itself. ``state`` is a tumbling window's new state.
    """

    kind: Literal["success", "error", "throttle"]
    failed_from: int | None = None
    partial: bool = False
    state: Any = None
    state_size: int = 0
    request_id: str = ""
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Discard:
    """Items given up, and the word for it. ``Expired`` ones leave no record at a destination."""

    items: Sequence[Item]
    condition: Literal["RetryAttemptsExhausted", "RecordAgeExceeded", "Expired"]
    batch: Batch


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an attempt changed: items done, items given up, the sizes of two halves, when to try again."""

    processed: Sequence[Item] = ()
    discard: Discard | None = None
    halves: tuple[int, int] | None = None
    retry_ns: int | None = None
