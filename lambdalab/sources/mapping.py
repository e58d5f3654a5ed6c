"""One event source mapping: what it was told, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from lambdalab import quotas
from lambdalab.functions.identifier import function_arn

__all__ = ["PAYLOAD_CAP", "EventSourceMapping", "MappingConfiguration", "MappingState", "SourceKind", "source_kind"]

PAYLOAD_CAP = quotas.ESM_PAYLOAD_MEGABYTES * 1024 * 1024
"""Bytes of a batch as the function gets it, the records' metadata included."""

SourceKind = Literal["sqs", "kinesis", "dynamodb", "kafka", "self-managed kafka", "mq", "documentdb"]
MappingState = Literal["Creating", "Enabling", "Enabled", "Disabling", "Disabled", "Updating", "Deleting"]

_SERVICES: dict[str, SourceKind] = {
    "sqs": "sqs",
    "kinesis": "kinesis",
    "dynamodb": "dynamodb",
    "kafka": "kafka",
    "mq": "mq",
    "rds": "documentdb",
}


def source_kind(arn: str | None) -> SourceKind | None:
    """The kind of source an ARN names; None when Lambda cannot read it.

    >>> source_kind("arn:aws:sqs:us-east-1:123456789012:orders")
    'sqs'
    """
    parts = (arn or "").split(":", 5)
    return _SERVICES.get(parts[2]) if len(parts) == 6 else None


@dataclass(frozen=True, slots=True)
class MappingConfiguration:
    """The settings of a mapping, in the API's names and units.

    ``others`` holds the API's structures of Kafka, MQ and DocumentDB, and those that change no delivery, as given.
    ``maximum_retry_attempts`` and ``maximum_record_age`` are -1 for no limit. ``provisioned_pollers`` is
    (minimum, maximum). ``filters`` are the patterns as given.
    """

    batch_size: int
    batching_window: int = 0
    filters: tuple[str, ...] = ()
    report_batch_item_failures: bool = False
    maximum_concurrency: int | None = None
    provisioned_pollers: tuple[int, int] | None = None
    parallelization_factor: int = 1
    bisect_batch: bool = False
    maximum_retry_attempts: int = -1
    maximum_record_age: int = -1
    tumbling_window: int = 0
    on_failure: str | None = None
    others: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(slots=True)
class EventSourceMapping:
    """A mapping.

    Attributes
    ----------
    function_name, qualifier
        The function it invokes, with the version or alias if it was named with one.
    source_arn
        The queue, stream or cluster; "" for self-managed Apache Kafka.
    starting_position, starting_position_ns
        Where reading of a stream begins; the instant only with ``AT_TIMESTAMP``.
    last_processing_result
        As the API shows it for streams.
    """

    uuid: str
    account: str
    region: str
    function_name: str
    qualifier: str | None
    kind: SourceKind
    source_arn: str
    configuration: MappingConfiguration
    state: MappingState
    state_transition_reason: str
    last_modified_ns: int
    starting_position: str | None = None
    starting_position_ns: int | None = None
    last_processing_result: str = "No records processed"
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """ARN of the mapping itself."""
        return f"arn:aws:lambda:{self.region}:{self.account}:event-source-mapping:{self.uuid}"

    @property
    def function_arn(self) -> str:
        """ARN of the function, with the qualifier the mapping names."""
        return function_arn(self.account, self.region, self.function_name, self.qualifier)

    @property
    def unqualified_arn(self) -> str:
        """ARN of the function without a qualifier, for the timeline."""
        return function_arn(self.account, self.region, self.function_name)

    @property
    def fifo(self) -> bool:
        """Whether the source is a FIFO queue."""
        return self.kind == "sqs" and self.source_arn.endswith(".fifo")
