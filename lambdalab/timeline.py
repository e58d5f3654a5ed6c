"""The single record of everything that happened, in virtual time.

Metrics, REPORT lines, bills, pictures and assertions are derived from it; nothing else remembers.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar

from lambdalab.clock import SECOND, nanoseconds

__all__ = [
    "AliasRouted",
    "ApiCalled",
    "Attempt",
    "Delivery",
    "DeploymentStatusChanged",
    "Entry",
    "EnvironmentCreated",
    "EnvironmentReset",
    "EnvironmentShutdown",
    "EventAccepted",
    "EventDiscarded",
    "Init",
    "LifecycleEventChanged",
    "LogLine",
    "RetryScheduled",
    "Throttle",
    "Timeline",
]

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

InvocationType = Literal["RequestResponse", "Event", "DryRun"]
Outcome = Literal["success", "error", "timeout", "exit"]


@dataclass(slots=True)
class Entry:
    """Something that happened.

    Attributes
    ----------
    at_ns
        Virtual instant, nanoseconds since the epoch.
    function_arn
        Unqualified ARN of the function concerned; "" when there is none.
    """

    at_ns: int
    function_arn: str

    @property
    def at(self) -> datetime.datetime:
        """The instant as an aware ``datetime``."""
        return datetime.datetime.fromtimestamp(self.at_ns / SECOND, datetime.UTC)

    @property
    def function_name(self) -> str:
        """Name of the function concerned; "" when there is none."""
        return self.function_arn.rpartition(":")[2]


@dataclass(slots=True)
class ApiCalled(Entry):
    """A call of the Lambda API was answered. ``error_code`` is None when it succeeded."""

    operation: str
    error_code: str | None


@dataclass(slots=True)
class EventAccepted(Entry):
    """Lambda took an event: a synchronous call began, or an event entered the asynchronous queue."""

    request_id: str
    invocation_type: InvocationType
    qualifier: str
    size: int


@dataclass(slots=True)
class EnvironmentCreated(Entry):
    """A new execution environment, serving one function version."""

    environment_id: str
    version: str
    initialization_type: str


@dataclass(slots=True)
class Init(Entry):
    """The INIT phase ran from ``at_ns`` to ``ended_ns``.

    ``suppressed`` marks the silent repetition inside the invocation after a reset.
    """

    environment_id: str
    ended_ns: int
    outcome: Outcome
    suppressed: bool


@dataclass(slots=True)
class Attempt(Entry):
    """One INVOKE phase, from ``at_ns`` to ``ended_ns`` (init excluded unless suppressed).

    ``attempt`` counts from 1. ``init_ns`` is the cold start's INIT, 0 when warm.
    """

    request_id: str
    invocation_type: InvocationType
    attempt: int
    environment_id: str
    version: str
    ended_ns: int
    outcome: Outcome
    error_type: str | None
    error_message: str | None
    init_ns: int
    billed_ms: int
    memory_mb: int
    max_memory_mb: int

    @property
    def cold(self) -> bool:
        """Whether the environment was initialised for this invocation."""
        return self.init_ns > 0


@dataclass(slots=True)
class Throttle(Entry):
    """An invocation was refused with 429; ``reason`` is AWS's enumeration."""

    request_id: str
    invocation_type: InvocationType
    reason: str


@dataclass(slots=True)
class RetryScheduled(Entry):
    """An asynchronous event went back to the queue, to be tried again at ``due_ns``."""

    request_id: str
    cause: Literal["function error", "throttle", "system error"]
    due_ns: int
    attempt: int


@dataclass(slots=True)
class EventDiscarded(Entry):
    """Lambda gave an asynchronous event up; ``condition`` is the destination record's word."""

    request_id: str
    condition: str
    invoke_count: int


@dataclass(slots=True)
class Delivery(Entry):
    """A record left for a destination or a dead-letter queue. ``error`` is None when it arrived."""

    request_id: str
    kind: Literal["dead-letter queue", "on-failure destination", "on-success destination"]
    target_arn: str
    condition: str
    error: str | None


@dataclass(slots=True)
class EnvironmentReset(Entry):
    """A crash or a timeout ended the process; the next invocation repeats INIT silently."""

    environment_id: str
    reason: str


@dataclass(slots=True)
class EnvironmentShutdown(Entry):
    """An environment was taken away."""

    environment_id: str
    reason: str


@dataclass(slots=True)
class LogLine(Entry):
    """A line of a log stream, platform lines (START, END, REPORT) included. No trailing newline."""

    request_id: str
    environment_id: str
    log_group: str
    log_stream: str
    text: str


@dataclass(slots=True)
class AliasRouted(Entry):
    """An alias sends its invocations elsewhere from now on.

    ``additional_version_weights`` holds pairs of a version number and its fraction; ``deployment_id`` is "" when
    the alias was changed by its own API.
    """

    alias: str
    function_version: str
    additional_version_weights: tuple[tuple[str, float], ...]
    deployment_id: str


@dataclass(slots=True)
class DeploymentStatusChanged(Entry):
    """A CodeDeploy deployment has another status. ``error_code`` is "" unless it failed or was stopped."""

    deployment_id: str
    status: str
    error_code: str
    error_message: str


@dataclass(slots=True)
class LifecycleEventChanged(Entry):
    """An event of a deployment's life cycle began or ended; ``hook`` names its validation function, "" for none."""

    deployment_id: str
    lifecycle_event: str
    lifecycle_status: str
    hook: str


EntryType = TypeVar("EntryType", bound=Entry)


class Timeline:
    """Append-only; read in order of virtual time.

    Parameters
    ----------
    start_ns
        The instant the record begins.
    detail_limit
        Entries kept one by one. Beyond it entries are only counted, see `counts_per_second`.
        Default 250,000.
    """

    def __init__(self, start_ns: int, detail_limit: int = 250_000) -> None:
        self.start_ns = start_ns
        self.detail_limit = detail_limit
        self._entries: list[Entry] = []
        self._counts: Counter[tuple[int, str, str]] = Counter()
        self._listeners: list[Callable[[Entry], None]] = []

    def record(self, entry: Entry) -> None:
        """Append `entry` and tell the listeners."""
        if len(self._entries) < self.detail_limit:
            self._entries.append(entry)
        else:
            self._counts[(entry.at_ns // SECOND, type(entry).__name__, entry.function_arn)] += 1
        for listener in self._listeners:
            listener(entry)

    def listen(self, listener: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `listener` with every entry from now on; the answer ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def __iter__(self) -> Iterator[Entry]:
        return iter(sorted(self._entries, key=lambda entry: entry.at_ns))

    def __len__(self) -> int:
        return len(self._entries) + self._counts.total()

    @property
    def counted_only(self) -> int:
        """How many entries were counted but not kept."""
        return self._counts.total()

    def of(self, *types: type[EntryType]) -> list[EntryType]:
        """Entries of the given types, in order."""
        return [entry for entry in self if isinstance(entry, types)]

    def where(self, **attributes: Any) -> Timeline:
        """A timeline of the entries whose attributes equal those given.

        Entries that were only counted stay counted when it is the function that is asked for.

        Raises
        ------
        AttributeError
            No entry type has an attribute of that name.
        """
        known = {f.name for kind in Entry.__subclasses__() for f in fields(kind)} | {"function_name", "at", "cold"}
        for name in attributes:
            if name not in known:
                raise AttributeError(
                    f"timeline entries have no attribute {name!r}; they have {', '.join(sorted(known))}"
                )
        part = type(self)(self.start_ns, self.detail_limit)
        part._entries = [
            entry
            for entry in self._entries
            if all(getattr(entry, name, _ABSENT) == value for name, value in attributes.items())
        ]
        if attributes.keys() <= {"function_name", "function_arn"}:  # all that is known of entries only counted
            wanted_arn, wanted_name = attributes.get("function_arn"), attributes.get("function_name")
            part._counts = Counter(
                {
                    key: count
                    for key, count in self._counts.items()
                    if wanted_arn in (None, key[2]) and wanted_name in (None, key[2].rpartition(":")[2])
                }
            )
        return part

    def since(self, instant: int | datetime.datetime) -> Timeline:
        """A timeline of the entries at or after an instant (nanoseconds since the epoch, or aware), beginning there."""
        instant_ns = nanoseconds(instant - _EPOCH) if isinstance(instant, datetime.datetime) else instant
        part = type(self)(instant_ns, self.detail_limit)
        part._entries = [entry for entry in self._entries if entry.at_ns >= instant_ns]
        first = -(-instant_ns // SECOND)  # a second that had begun is left out
        part._counts = Counter({key: count for key, count in self._counts.items() if key[0] >= first})
        return part

    def counts_per_second(self, kind: type[Entry]) -> dict[int, int]:
        """How many entries of exactly `kind` fell into each virtual second (epoch second → count)."""
        counts: Counter[int] = Counter(entry.at_ns // SECOND for entry in self._entries if type(entry) is kind)
        for (second, name, _), count in self._counts.items():
            if name == kind.__name__:
                counts[second] += count
        return dict(sorted(counts.items()))


_ABSENT = object()
