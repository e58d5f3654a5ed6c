"""The poller of a mapping whose source is a Kinesis stream or a DynamoDB stream."""

from __future__ import annotations

from lambdalab.clock import SECOND
from lambdalab.sources.dynamodb import DynamoDBStreams
from lambdalab.sources.filters import Filters
from lambdalab.sources.kinesis import Kinesis
from lambdalab.sources.mapping import EventSourceMapping
from lambdalab.sources.poller import Surroundings
from lambdalab.sources.streams.batch import StreamSettings
from lambdalab.sources.streams.poller import StreamPoller
from lambdalab.sources.streams.stream_mapping import Answer, StartingPosition, StreamMapping

__all__ = ["StreamMappingPoller"]


class StreamMappingPoller:
    """Gives a mapping's configuration to a `StreamPoller`; see `lambdalab.sources.poller.Poller`."""

    def __init__(self, mapping: EventSourceMapping, surroundings: Surroundings) -> None:
        self._mapping = mapping
        self._surroundings = around = surroundings
        self._poller = StreamPoller(
            self._described(),
            around.streams,
            self._invoke,
            around.clock,
            around.scheduler,
            around.timeline,
            around.chance,
            around.targets,
            lambda: around.duplicates.again("stream batch"),
            self._report,
        )

    def start(self) -> None:
        """Begin to read, or go on, with the configuration the mapping has now."""
        self._poller.configure(self._described())
        self._poller.start()

    def stop(self) -> None:
        """Read no more."""
        self._poller.stop()

    def _described(self) -> StreamMapping:
        mapping, configuration = self._mapping, self._mapping.configuration
        source = (
            Kinesis(mapping.source_arn, self._surroundings.role_of(mapping))
            if mapping.kind == "kinesis"
            else DynamoDBStreams(mapping.source_arn)
        )
        filters = Filters(configuration.filters, mapping.kind)
        return StreamMapping(
            mapping.uuid,
            mapping.source_arn,
            mapping.unqualified_arn,
            _position(mapping),
            StreamSettings(
                batch_size=configuration.batch_size,
                batching_ns=configuration.batching_window * SECOND,
                maximum_retries=_limit(configuration.maximum_retry_attempts),
                maximum_age_ns=_limit(configuration.maximum_record_age, SECOND),
                bisect=configuration.bisect_batch,
                factor=configuration.parallelization_factor,
                tumbling_ns=configuration.tumbling_window * SECOND,
                reports_failures=configuration.report_batch_item_failures,
            ),
            source,
            (lambda event: source.accepts(filters, event)) if filters else None,
            configuration.on_failure,
        )

    def _invoke(self, payload: bytes) -> Answer:
        execution = self._surroundings.invoke(self._mapping, payload)
        return Answer(execution.payload, execution.failed, execution.request_id, execution.version)

    def _report(self, result: str) -> None:
        self._mapping.last_processing_result = result


def _position(mapping: EventSourceMapping) -> StartingPosition:
    match mapping.starting_position:
        case "LATEST":
            return StartingPosition("LATEST")
        case "AT_TIMESTAMP":
            return StartingPosition("AT_TIMESTAMP", mapping.starting_position_ns or 0)
        case _:
            return StartingPosition("TRIM_HORIZON")


def _limit(value: int, unit: int = 1) -> int | None:
    """-1 means no limit."""
    return None if value < 0 else value * unit
