"""Event source mappings: create, get, list, update, delete (behaviours §4)."""

from __future__ import annotations

import datetime
from typing import Any

from lambdalab import quotas
from lambdalab.clock import SECOND, nanoseconds
from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane
from lambdalab.control.pagination import page
from lambdalab.control.permissions import check_destination_permission, service_of
from lambdalab.control.services import Sources
from lambdalab.control.source_rules import RULES, check_parameters, refused
from lambdalab.control.tags import check_tag_count
from lambdalab.errors import NotEmulatedError, ResourceConflictException, ValidationException
from lambdalab.functions.function import Function
from lambdalab.functions.identifier import LATEST
from lambdalab.sources.mapping import EventSourceMapping, MappingConfiguration, SourceKind, source_kind
from lambdalab.sources.mappings import EventSourceMappings

__all__ = ["EventSourceMappingOperations"]

_KEPT_AS_GIVEN = (
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "SelfManagedEventSource",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
    "MetricsConfig",
    "LoggingConfig",
    "KMSKeyArn",
)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_STREAMS = ("kinesis", "dynamodb")


class EventSourceMappingOperations:
    """Operations on event source mappings."""

    def __init__(self, plane: ControlPlane, mappings: EventSourceMappings, sources: Sources) -> None:
        self._plane, self._mappings, self._sources = plane, mappings, sources

    def create_event_source_mapping(self, call: Call) -> dict[str, Any]:
        """A new mapping; it is Creating and reads once it is Enabled."""
        given = call.parameters
        arn = given.get("EventSourceArn") or ""
        kind = _kind(arn, given)
        for name in RULES[kind].required:
            if not given.get(name):
                part = name[0].lower() + name[1:]
                raise ValidationException(
                    f"1 validation error detected: Value null at '{part}' failed to satisfy constraint: "
                    "Member must not be null."
                )
        check_parameters(kind, arn, given, given)
        position_ns = _starting_instant(kind, arn, given)
        function, qualifier = self._function(call)
        self._check_new(call, function, qualifier, kind, arn)
        self._check_source(call, function, qualifier, kind, arn)
        self._check_destination(function, qualifier, given)
        tags = dict(given.get("Tags") or {})
        check_tag_count(tags)
        enabled = given.get("Enabled", True)
        mapping = EventSourceMapping(
            uuid=self._plane.chance.uuid("event source mapping"),
            account=call.account,
            region=call.region,
            function_name=function.name,
            qualifier=qualifier,
            kind=kind,
            source_arn=arn,
            configuration=_configuration(kind, given),
            state="Creating",
            state_transition_reason="USER_INITIATED" if kind not in _STREAMS else "User action",
            last_modified_ns=self._plane.clock.time_ns,
            starting_position=given.get("StartingPosition"),
            starting_position_ns=position_ns,
            tags=tags,
        )
        self._mappings.add(mapping, enabled)
        return _answer(mapping)

    def get_event_source_mapping(self, call: Call) -> dict[str, Any]:
        """One mapping."""
        return _answer(self._mapping(call))

    def list_event_source_mappings(self, call: Call) -> dict[str, Any]:
        """Mappings, all or those of one function or one source."""
        given = call.parameters
        found = list(self._mappings.of(call.account, call.region))
        if source := given.get("EventSourceArn"):
            found = [mapping for mapping in found if mapping.source_arn == source]
        if given.get("FunctionName"):
            named = self._plane.identifier(call)
            found = [
                mapping
                for mapping in found
                if mapping.function_name == named.name
                and (named.qualifier is None or mapping.qualifier == named.qualifier)
            ]
        part, marker = page(found, given, lambda mapping: mapping.uuid)
        return {"EventSourceMappings": [_answer(mapping) for mapping in part], "NextMarker": marker}

    def update_event_source_mapping(self, call: Call) -> dict[str, Any]:
        """Other settings; what the call does not name stays."""
        mapping, given = self._mapping(call), dict(call.parameters)
        complete = {**_settings(mapping), **given}
        check_parameters(mapping.kind, mapping.source_arn, given, complete)
        if given.get("FunctionName"):
            function, qualifier = self._function(call)
        else:
            function = self._plane.stores(mapping.account, mapping.region).get(mapping.function_name)
            qualifier = mapping.qualifier
            call.function_arn = function.arn
        self._check_source(call, function, qualifier, mapping.kind, mapping.source_arn)
        self._check_destination(function, qualifier, given)
        configuration = _configuration(mapping.kind, complete)
        self._mappings.update(mapping, configuration, (function.name, qualifier), given.get("Enabled"))
        return _answer(mapping)

    def delete_event_source_mapping(self, call: Call) -> dict[str, Any]:
        """Stop reading; the mapping is gone in a moment."""
        mapping = self._mapping(call)
        self._mappings.delete(mapping)
        return _answer(mapping)

    # -- parts --------------------------------------------------------------------------------------------------

    def _mapping(self, call: Call) -> EventSourceMapping:
        mapping = self._mappings.get(call.account, call.region, call.parameters["UUID"])
        call.function_arn = mapping.unqualified_arn
        return mapping

    def _function(self, call: Call) -> tuple[Function, str | None]:
        named, store = self._plane.identifier(call), self._plane.store(call)
        if named.name not in store or not store.get(named.name).has(named.qualifier or LATEST):
            raise refused("Function does not exist")
        return store.get(named.name), named.qualifier

    def _check_new(self, call: Call, function: Function, qualifier: str | None, kind: SourceKind, arn: str) -> None:
        topics = call.parameters.get("Topics") or []
        for other in self._mappings.of(call.account, call.region):
            same_function = (other.function_name, other.qualifier) == (function.name, qualifier)
            if not same_function or other.kind != kind or other.source_arn != arn:
                continue
            if list(other.configuration.others.get("Topics") or []) != topics:
                continue
            if kind == "sqs":
                message = f'An event source mapping with SQS arn (" {arn} ") and function (" {function.name} ") already'
                message += f" exists. Please update or delete the existing mapping with UUID {other.uuid}"
            elif topics:
                message = f'An event source mapping with event source ("{arn}"), function ("{other.function_arn}"), '
                message += (
                    f'topics ("{",".join(topics)}") already exists. Please update or delete the existing mapping '
                )
                message += f"with UUID {other.uuid}"
            else:
                message = (
                    f'The event source arn (" {arn} ") and function (" {function.name} ") provided mapping already'
                )
                message += f" exists. Please update or delete the existing mapping with UUID {other.uuid}"
            raise ResourceConflictException(message, Type="User")

    def _check_source(self, call: Call, function: Function, qualifier: str | None, kind: SourceKind, arn: str) -> None:
        """The source must be there, and the execution role must be allowed to read it."""
        if kind not in ("sqs", *_STREAMS):
            return
        configuration = self._plane.resolved(function, qualifier).configuration
        region = arn.split(":")[3]
        if region != call.region:
            raise refused(f"Event source arn {arn} is not in the same region as the function ({call.region}).")
        for action in RULES[kind].receive_actions:
            if not self._plane.roles.allows(configuration.role, action, arn):
                service = {"sqs": "SQS", "kinesis": "Kinesis", "dynamodb": "DynamoDB"}[kind]
                raise refused(
                    "The function execution role does not have permissions to call "
                    f"{action.partition(':')[2]} on {service}"
                )
        if kind != "sqs":
            if not self._sources.stream_exists(arn):
                raise refused(f"Stream not found: {arn}")
            return
        visibility = self._sources.visibility_timeout(arn)
        if visibility is None:
            raise refused(
                "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
                "SQS Error Message: The specified queue does not exist."
            )
        if visibility < configuration.timeout:
            raise refused(
                f"Queue visibility timeout: {visibility} seconds is less than Function timeout: "
                f"{configuration.timeout} seconds"
            )

    def _check_destination(self, function: Function, qualifier: str | None, given: dict[str, Any]) -> None:
        target = _on_failure(given)
        if not target:
            return
        if target.startswith("kafka://"):
            raise NotEmulatedError(f"the destination {target}: lambdalab does not emulate Kafka topics")
        if service_of(target) not in ("sqs", "sns", "s3") or target.endswith(".fifo"):
            raise refused(f"Invalid destination arn: {target}")
        role = self._plane.resolved(function, qualifier).configuration.role
        check_destination_permission(self._plane, role, target)


def _kind(arn: str, given: dict[str, Any]) -> SourceKind:
    if not arn and (given.get("SelfManagedEventSource") or {}).get("Endpoints"):
        return "self-managed kafka"
    kind = source_kind(arn)
    if kind is None:
        raise refused("Unrecognized event source.")
    return kind


def _starting_instant(kind: SourceKind, arn: str, given: dict[str, Any]) -> int | None:
    position, moment = given.get("StartingPosition"), given.get("StartingPositionTimestamp")
    if position != "AT_TIMESTAMP":
        return None
    if kind == "dynamodb":
        raise refused(f"Unsupported starting position for arn type: {arn}")
    if moment is None:
        raise refused("StartingPositionTimestamp is required when StartingPosition is AT_TIMESTAMP.")
    return nanoseconds(moment - _EPOCH)


def _on_failure(given: dict[str, Any]) -> str | None:
    destination = ((given.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    return destination or None


def _configuration(kind: SourceKind, given: dict[str, Any]) -> MappingConfiguration:
    pollers = given.get("ProvisionedPollerConfig") or None
    if pollers is not None:
        low, high = (
            (quotas.SQS_POLLERS_MINIMUM_DEFAULT, quotas.SQS_POLLERS_MAXIMUM_DEFAULT)
            if kind == "sqs"
            else (quotas.KAFKA_POLLERS_MINIMUM_DEFAULT, quotas.KAFKA_POLLERS_MAXIMUM_DEFAULT)
        )
        least = pollers.get("MinimumPollers") or low
        pollers = (least, max(least, pollers.get("MaximumPollers") or high))
    return MappingConfiguration(
        batch_size=given.get("BatchSize") or RULES[kind].batch_size,
        batching_window=given.get("MaximumBatchingWindowInSeconds") or 0,
        filters=tuple(one["Pattern"] for one in (given.get("FilterCriteria") or {}).get("Filters") or ()),
        report_batch_item_failures="ReportBatchItemFailures" in (given.get("FunctionResponseTypes") or ()),
        maximum_concurrency=(given.get("ScalingConfig") or {}).get("MaximumConcurrency"),
        provisioned_pollers=pollers,
        parallelization_factor=given.get("ParallelizationFactor") or 1,
        bisect_batch=given.get("BisectBatchOnFunctionError") or False,
        maximum_retry_attempts=given.get("MaximumRetryAttempts", -1),
        maximum_record_age=given.get("MaximumRecordAgeInSeconds", -1),
        tumbling_window=given.get("TumblingWindowInSeconds") or 0,
        on_failure=_on_failure(given),
        others={name: given[name] for name in _KEPT_AS_GIVEN if given.get(name)},
    )


def _settings(mapping: EventSourceMapping) -> dict[str, Any]:
    """The mapping's settings as a request would name them."""
    configuration = mapping.configuration
    pollers = configuration.provisioned_pollers
    settings: dict[str, Any] = {
        "BatchSize": configuration.batch_size,
        "MaximumBatchingWindowInSeconds": configuration.batching_window,
        "FunctionResponseTypes": ["ReportBatchItemFailures"] if configuration.report_batch_item_failures else [],
        **configuration.others,
    }
    if configuration.filters:
        settings["FilterCriteria"] = {"Filters": [{"Pattern": pattern} for pattern in configuration.filters]}
    if configuration.maximum_concurrency is not None:
        settings["ScalingConfig"] = {"MaximumConcurrency": configuration.maximum_concurrency}
    if pollers is not None:
        settings["ProvisionedPollerConfig"] = {"MinimumPollers": pollers[0], "MaximumPollers": pollers[1]}
    if mapping.kind in _STREAMS:
        settings |= {
            "ParallelizationFactor": configuration.parallelization_factor,
            "BisectBatchOnFunctionError": configuration.bisect_batch,
            "MaximumRetryAttempts": configuration.maximum_retry_attempts,
            "MaximumRecordAgeInSeconds": configuration.maximum_record_age,
            "TumblingWindowInSeconds": configuration.tumbling_window,
            "DestinationConfig": {
                "OnFailure": {"Destination": configuration.on_failure} if configuration.on_failure else {}
            },
        }
    return settings


def _answer(mapping: EventSourceMapping) -> dict[str, Any]:
    position_ns = mapping.starting_position_ns
    answer: dict[str, Any] = {
        "UUID": mapping.uuid,
        "EventSourceMappingArn": mapping.arn,
        "FunctionArn": mapping.function_arn,
        "EventSourceArn": mapping.source_arn or None,
        "LastModified": datetime.datetime.fromtimestamp(mapping.last_modified_ns / SECOND, datetime.UTC),
        "State": mapping.state,
        "StateTransitionReason": mapping.state_transition_reason,
        "StartingPosition": mapping.starting_position,
        "StartingPositionTimestamp": (
            None if position_ns is None else datetime.datetime.fromtimestamp(position_ns / SECOND, datetime.UTC)
        ),
        **_settings(mapping),
    }
    if mapping.kind != "sqs" or mapping.last_processing_result.startswith("PROBLEM"):
        answer["LastProcessingResult"] = mapping.last_processing_result
    return answer
