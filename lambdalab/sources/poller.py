"""What every poller is, and what it stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lambdalab.chance import Chance
from lambdalab.clock import Clock, Scheduler
from lambdalab.invocation.asynchronous import Execution
from lambdalab.invocation.destinations import Targets
from lambdalab.invocation.duplicates import Duplicates
from lambdalab.sources.mapping import EventSourceMapping
from lambdalab.sources.queue import Queues
from lambdalab.sources.streams.reading import Streams
from lambdalab.timeline import Timeline

__all__ = ["InvokeBatch", "Poller", "Surroundings"]


class Poller(Protocol):
    """Reads one source for one mapping, from the moment the mapping is Enabled.

    It wakes when records arrive instead of asking again and again, so that an empty source costs nothing.
    """

    def start(self) -> None:
        """Begin to read, or go on after `stop`. The mapping's configuration may have changed meanwhile."""

    def stop(self) -> None:
        """Read no more. Batches whose function is running still come to their end."""


class InvokeBatch(Protocol):
    """Invokes the mapping's function with a batch; the clock moves to the end of the invocation.

    Raises `TooManyRequestsException` when throttled, `ResourceNotFoundException` when the function, version or alias
    is gone, `RecursiveInvocationException` when a loop is stopped.
    """

    def __call__(self, mapping: EventSourceMapping, payload: bytes) -> Execution: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What pollers stand on.

    Attributes
    ----------
    duplicates
        Whether a batch is delivered a second time.
    queues
        Amazon SQS.
    streams
        Kinesis and DynamoDB streams.
    targets
        Where on-failure records go.
    role_of
        ARN of the execution role of a mapping's function; "" when it is gone.
    """

    clock: Clock
    scheduler: Scheduler
    timeline: Timeline
    chance: Chance
    invoke: InvokeBatch
    duplicates: Duplicates
    queues: Queues
    streams: Streams
    targets: Targets
    role_of: Callable[[EventSourceMapping], str]
