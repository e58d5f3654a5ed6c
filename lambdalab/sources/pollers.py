"""Which poller reads which source."""

from __future__ import annotations

from lambdalab.chance import Chance
from lambdalab.clock import Clock, Scheduler
from lambdalab.errors import ResourceNotFoundException
from lambdalab.functions.identifier import FunctionIdentifier
from lambdalab.invocation.asynchronous import Execution
from lambdalab.invocation.data_plane import DataPlane
from lambdalab.invocation.destinations import Targets
from lambdalab.sources.mapping import EventSourceMapping
from lambdalab.sources.mappings import EventSourceMappings
from lambdalab.sources.poller import Poller, Surroundings
from lambdalab.sources.queue import Queues
from lambdalab.sources.queue_poller import QueuePoller
from lambdalab.sources.stream_poller import StreamMappingPoller
from lambdalab.sources.streams.reading import Streams
from lambdalab.timeline import Timeline

__all__ = ["make_mappings", "make_poller"]

_NAMES = {
    "kafka": "Amazon MSK",
    "self-managed kafka": "self-managed Apache Kafka",
    "mq": "Amazon MQ",
    "documentdb": "Amazon DocumentDB",
}


class _Unread:
    """A source lambdalab keeps the mapping of but does not read. It says so where AWS shows what came of reading."""

    def __init__(self, mapping: EventSourceMapping) -> None:
        self._mapping = mapping

    def start(self) -> None:
        self._mapping.last_processing_result = (
            f"PROBLEM: NotEmulated: lambdalab does not poll {_NAMES[self._mapping.kind]}"
        )

    def stop(self) -> None:
        """Nothing is being read."""


def make_poller(mapping: EventSourceMapping, surroundings: Surroundings) -> Poller:
    """The poller of a mapping, not started."""
    if mapping.kind == "sqs":
        return QueuePoller(mapping, surroundings)
    if mapping.kind in ("kinesis", "dynamodb"):
        return StreamMappingPoller(mapping, surroundings)
    return _Unread(mapping)


def make_mappings(
    clock: Clock,
    scheduler: Scheduler,
    timeline: Timeline,
    chance: Chance,
    plane: DataPlane,
    queues: Queues,
    streams: Streams,
    targets: Targets,
) -> EventSourceMappings:
    """The event source mappings of a cloud, whose pollers invoke through `plane`."""

    def invoke(mapping: EventSourceMapping, payload: bytes) -> Execution:
        identifier = FunctionIdentifier(mapping.account, mapping.region, mapping.function_name, mapping.qualifier)
        return plane.invoke_batch(identifier, payload)

    def role_of(mapping: EventSourceMapping) -> str:
        try:
            function = plane.store(mapping.account, mapping.region).get(mapping.function_name)
        except ResourceNotFoundException:
            return ""
        return function.latest.configuration.role

    surroundings = Surroundings(
        clock, scheduler, timeline, chance, invoke, plane.duplicates, queues, streams, targets, role_of
    )
    return EventSourceMappings(clock, scheduler, timeline, lambda mapping: make_poller(mapping, surroundings))
