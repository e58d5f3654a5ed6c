"""What an event source mapping may be set to, by the kind of its source (behaviours §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdalab import quotas
from lambdalab.errors import InvalidParameterValueException
from lambdalab.sources.filters import FilterPatternError, Filters
from lambdalab.sources.mapping import SourceKind

__all__ = ["RULES", "Rules", "check_parameters", "refused"]

_STREAM_SETTINGS = frozenset(
    {
        "ParallelizationFactor",
        "BisectBatchOnFunctionError",
        "MaximumRetryAttempts",
        "MaximumRecordAgeInSeconds",
        "TumblingWindowInSeconds",
        "DestinationConfig",
        "StartingPosition",
        "StartingPositionTimestamp",
    }
)
_KAFKA_RETRIES = frozenset(
    {"BisectBatchOnFunctionError", "MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "DestinationConfig"}
)
_KAFKA = (
    frozenset(
        {
            "Topics",
            "StartingPosition",
            "StartingPositionTimestamp",
            "SourceAccessConfigurations",
            "ProvisionedPollerConfig",
            "FunctionResponseTypes",
            "LoggingConfig",
        }
    )
    | _KAFKA_RETRIES
)
_SPECIFIC = _STREAM_SETTINGS | _KAFKA | {
    "ScalingConfig",
    "Queues",
    "SelfManagedEventSource",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
}  # fmt: skip
"""Parameters that not every kind of source takes."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one kind of source takes. Of `_SPECIFIC` only ``allowed`` ones; ``required`` ones must be there."""

    batch_size: int
    allowed: frozenset[str]
    required: tuple[str, ...] = ()
    receive_actions: tuple[str, ...] = ()


_STREAM = _STREAM_SETTINGS | {"FunctionResponseTypes"}
RULES: dict[SourceKind, Rules] = {
    "sqs": Rules(
        quotas.SQS_BATCH_DEFAULT,
        frozenset({"ScalingConfig", "FunctionResponseTypes", "ProvisionedPollerConfig"}),
        receive_actions=("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    ),
    "kinesis": Rules(
        quotas.KINESIS_BATCH_DEFAULT,
        _STREAM,
        ("StartingPosition",),
        ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListShards"),
    ),
    "dynamodb": Rules(
        quotas.KINESIS_BATCH_DEFAULT,
        _STREAM,
        ("StartingPosition",),
        ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"),
    ),
    "kafka": Rules(
        quotas.KINESIS_BATCH_DEFAULT,
        _KAFKA | {"AmazonManagedKafkaEventSourceConfig"},
        ("Topics", "StartingPosition"),
    ),
    "self-managed kafka": Rules(
        quotas.KINESIS_BATCH_DEFAULT,
        _KAFKA | {"SelfManagedKafkaEventSourceConfig", "SelfManagedEventSource"},
        ("Topics", "StartingPosition"),
    ),
    "mq": Rules(
        quotas.KINESIS_BATCH_DEFAULT,
        frozenset({"Queues", "SourceAccessConfigurations"}),
        ("Queues", "SourceAccessConfigurations"),
    ),
    "documentdb": Rules(
        quotas.KINESIS_BATCH_DEFAULT,
        frozenset(
            {
                "StartingPosition",
                "StartingPositionTimestamp",
                "DocumentDBEventSourceConfig",
                "SourceAccessConfigurations",
            }
        ),
        ("StartingPosition", "DocumentDBEventSourceConfig", "SourceAccessConfigurations"),
    ),
}


def refused(message: str) -> InvalidParameterValueException:
    """An error of the caller, in the form this part of the API answers with."""
    return InvalidParameterValueException(message, Type="User")


def check_parameters(kind: SourceKind, arn: str, given: Mapping[str, Any], complete: Mapping[str, Any]) -> None:
    """Refuse what the kind of source does not take.

    Parameters
    ----------
    given
        What the request names.
    complete
        The same with what the mapping is already set to.

    Raises
    ------
    InvalidParameterValueException
        In AWS's words, as far as they are known.
    """
    rules = RULES[kind]
    for name in sorted(_SPECIFIC & given.keys()):
        if name not in rules.allowed and given[name] not in ({}, [], None):
            raise refused(f"Unsupported {name} parameter for given event source mapping type.")
    if ((given.get("DestinationConfig") or {}).get("OnSuccess") or {}).get("Destination"):  # asynchronous events only
        raise refused("Unsupported DestinationConfig parameter for given event source mapping type.")
    _check_batching(kind, arn, complete)
    _check_scaling(kind, complete)
    _check_filters(kind, given)
    age = complete.get("MaximumRecordAgeInSeconds", -1)
    if -1 < age < 60:
        raise refused("MaximumRecordAgeInSeconds must be -1 or between 60 and 604800 seconds.")


def _check_batching(kind: SourceKind, arn: str, complete: Mapping[str, Any]) -> None:
    size: int = complete.get("BatchSize") or RULES[kind].batch_size
    window: int = complete.get("MaximumBatchingWindowInSeconds") or 0
    if kind == "sqs" and arn.endswith(".fifo"):
        if size > quotas.SQS_BATCH_MAX_FIFO:
            raise refused(f"Maximum batch size for FIFO queues is {quotas.SQS_BATCH_MAX_FIFO}")
        if window:
            raise refused("Batching window is not supported for FIFO queues")
    above = quotas.ESM_WINDOW_REQUIRED_ABOVE
    # Streams have a window of 0 and a batch of 100 by default: the rule binds them only where AWS enforces it, on SQS.
    if kind == "sqs" and size > above and window < 1:
        raise refused(
            f"Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than {above}"
        )
    if complete.get("TumblingWindowInSeconds") and (complete.get("ParallelizationFactor") or 1) > 1:
        raise refused("ParallelizationFactor must be 1 when TumblingWindowInSeconds is greater than 0.")


def _check_scaling(kind: SourceKind, complete: Mapping[str, Any]) -> None:
    pollers: Mapping[str, int] = complete.get("ProvisionedPollerConfig") or {}
    if not pollers:
        return
    if (complete.get("ScalingConfig") or {}).get("MaximumConcurrency") is not None:
        raise refused("ScalingConfig and ProvisionedPollerConfig cannot be used together.")
    low, high = pollers.get("MinimumPollers"), pollers.get("MaximumPollers")
    if kind == "sqs":
        for name, value, least in (
            ("MinimumPollers", low, quotas.SQS_POLLERS_MINIMUM_LOW),
            ("MaximumPollers", high, quotas.SQS_POLLERS_MAXIMUM_LOW),
        ):
            if value is not None and value < least:
                raise refused(f"{name} must be at least {least} for SQS event source mappings.")
    elif high is not None and high > quotas.KAFKA_POLLERS_MAXIMUM_HIGH:
        raise refused(f"MaximumPollers must be at most {quotas.KAFKA_POLLERS_MAXIMUM_HIGH}.")
    if low is not None and high is not None and low > high:
        raise refused("MinimumPollers must be less than or equal to MaximumPollers.")


def _check_filters(kind: SourceKind, given: Mapping[str, Any]) -> None:
    patterns = [one.get("Pattern") or "" for one in (given.get("FilterCriteria") or {}).get("Filters") or ()]
    if len(patterns) > quotas.ESM_FILTERS:
        raise refused(f"Filter criteria exceeded the maximum number of filters allowed: {quotas.ESM_FILTERS}.")
    try:
        Filters(patterns, kind)
    except FilterPatternError:
        raise refused("Invalid filter pattern definition.") from None
