"""Behaviours §4: the API of event source mappings."""

from __future__ import annotations

from typing import Any

import pytest

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
FIFO = "arn:aws:sqs:us-east-1:123456789012:orders.fifo"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"
TABLE_STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/2026-01-01T00:00:00.000"
BROKER = "arn:aws:mq:us-east-1:123456789012:broker:b:b-1"
CLUSTER = "arn:aws:kafka:us-east-1:123456789012:cluster/c/1"


@pytest.fixture
def api(api: Any) -> Any:
    """With a function ``hello`` and two queues."""
    api.create()
    api.sources.queues = {QUEUE: 30, FIFO: 30}
    return api


def name(api: Any) -> str:
    return str(api("ListFunctions")["Functions"][0]["FunctionName"])


def create(api: Any, arn: str = QUEUE, **more: Any) -> dict[str, Any]:
    answer = api("CreateEventSourceMapping", FunctionName=name(api), EventSourceArn=arn, **more)
    answer.pop("ResponseMetadata", None)
    return dict(answer)


def settle(api: Any) -> None:
    api.scheduler.run_until(api.clock.time_ns + 3_000_000_000)


def refuse(api: Any, arn: str = QUEUE, **more: Any) -> tuple[int, str, str]:
    given = {"FunctionName": name(api), "EventSourceArn": arn, **more}
    return tuple(api.refuse("CreateEventSourceMapping", **given))  # type: ignore[return-value]


def test_a_queue_is_mapped_with_its_defaults(api: Any) -> None:
    # WHEN
    answer = create(api)
    # THEN
    uuid = answer.pop("UUID")
    answer.pop("LastModified")
    assert answer == {
        "BatchSize": 10,
        "MaximumBatchingWindowInSeconds": 0,
        "EventSourceArn": QUEUE,
        "EventSourceMappingArn": f"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{uuid}",
        "FunctionArn": f"arn:aws:lambda:us-east-1:123456789012:function:{name(api)}",
        "FunctionResponseTypes": [],
        "State": "Creating",
        "StateTransitionReason": "USER_INITIATED",
    }


@pytest.mark.parametrize("arn", [STREAM, TABLE_STREAM])
def test_a_stream_is_mapped_with_its_defaults(api: Any, arn: str) -> None:
    # WHEN
    answer = create(api, arn, StartingPosition="TRIM_HORIZON")
    # THEN
    expected = {
        "BatchSize": 100,
        "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}},
        "LastProcessingResult": "No records processed",
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "ParallelizationFactor": 1,
        "StartingPosition": "TRIM_HORIZON",
        "StateTransitionReason": "User action",
        "TumblingWindowInSeconds": 0,
    }
    assert {key: answer[key] for key in expected} == expected


def test_states_pass_in_virtual_time(api: Any) -> None:
    # GIVEN
    uuid = create(api)["UUID"]
    state = lambda: api("GetEventSourceMapping", UUID=uuid)["State"]  # noqa: E731
    seen = [state()]
    # WHEN
    settle(api)
    seen.append(state())
    assert api.reading == [uuid]
    seen.append(api("UpdateEventSourceMapping", UUID=uuid, BatchSize=5)["State"])
    settle(api)
    seen.append(state())
    seen.append(api("UpdateEventSourceMapping", UUID=uuid, Enabled=False)["State"])
    assert api.reading == []
    settle(api)
    seen.append(state())
    seen.append(api("UpdateEventSourceMapping", UUID=uuid, Enabled=True)["State"])
    settle(api)
    seen.append(state())
    seen.append(api("DeleteEventSourceMapping", UUID=uuid)["State"])
    # THEN
    assert seen == [
        "Creating", "Enabled", "Updating", "Enabled", "Disabling", "Disabled", "Enabling", "Enabled", "Deleting",
    ]  # fmt: skip
    settle(api)
    assert api.refuse("GetEventSourceMapping", UUID=uuid)[1:] == (
        "ResourceNotFoundException",
        "The resource you requested does not exist.",
    )


def test_a_mapping_made_disabled_reads_nothing(api: Any) -> None:
    # WHEN
    uuid = create(api, Enabled=False)["UUID"]
    settle(api)
    # THEN
    assert api("GetEventSourceMapping", UUID=uuid)["State"] == "Disabled"
    assert api.reading == []


def test_a_mapping_between_two_states_is_in_use(api: Any) -> None:
    # GIVEN
    uuid = create(api)["UUID"]
    # THEN
    assert api.refuse("UpdateEventSourceMapping", UUID=uuid, BatchSize=1) == (
        400,
        "ResourceInUseException",
        "Cannot update the event source mapping because it is in use.",
    )
    assert api.refuse("DeleteEventSourceMapping", UUID=uuid)[1] == "ResourceInUseException"


def test_the_same_mapping_again_is_a_conflict(api: Any) -> None:
    # GIVEN
    uuid = create(api)["UUID"]
    # THEN
    assert refuse(api) == (
        409,
        "ResourceConflictException",
        (
            f'An event source mapping with SQS arn (" {QUEUE} ") and function (" {name(api)} ") already exists. '
            f"Please update or delete the existing mapping with UUID {uuid}"
        ),
    )
    create(api, FIFO)


def test_lists_come_in_pages_and_by_function_or_source(api: Any) -> None:
    # GIVEN
    first, second = create(api)["UUID"], create(api, FIFO)["UUID"]
    # WHEN
    page = api("ListEventSourceMappings", MaxItems=1)
    rest = api("ListEventSourceMappings", Marker=page["NextMarker"])
    by_source = api("ListEventSourceMappings", EventSourceArn=FIFO)
    by_function = api("ListEventSourceMappings", FunctionName=name(api))
    nobody = api("ListEventSourceMappings", FunctionName="nobody")
    # THEN
    uuids = [[m["UUID"] for m in one["EventSourceMappings"]] for one in (page, rest, by_source, by_function, nobody)]
    assert uuids == [[first], [second], [second], [first, second], []]
    assert "NextMarker" not in rest


def test_an_update_keeps_what_it_does_not_name(api: Any) -> None:
    # GIVEN
    made = create(api, BatchSize=50, MaximumBatchingWindowInSeconds=5, ScalingConfig={"MaximumConcurrency": 7})
    settle(api)
    # WHEN
    answer = api("UpdateEventSourceMapping", UUID=made["UUID"], FunctionResponseTypes=["ReportBatchItemFailures"])
    # THEN
    assert (answer["BatchSize"], answer["MaximumBatchingWindowInSeconds"]) == (50, 5)
    assert answer["ScalingConfig"] == {"MaximumConcurrency": 7}
    assert answer["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


WINDOW = "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
UNSUPPORTED = "Unsupported {} parameter for given event source mapping type."


@pytest.mark.parametrize(
    ("arn", "given", "message"),
    [
        (QUEUE, {"BatchSize": 11}, WINDOW),
        (FIFO, {"BatchSize": 11, "MaximumBatchingWindowInSeconds": 1}, "Maximum batch size for FIFO queues is 10"),
        (FIFO, {"MaximumBatchingWindowInSeconds": 1}, "Batching window is not supported for FIFO queues"),
        (
            QUEUE,
            {"DestinationConfig": {"OnFailure": {"Destination": FIFO}}},
            UNSUPPORTED.format("DestinationConfig"),
        ),
        (QUEUE, {"StartingPosition": "LATEST"}, UNSUPPORTED.format("StartingPosition")),
        (QUEUE, {"ParallelizationFactor": 2}, UNSUPPORTED.format("ParallelizationFactor")),
        (
            STREAM,
            {"StartingPosition": "LATEST", "ScalingConfig": {"MaximumConcurrency": 2}},
            UNSUPPORTED.format("ScalingConfig"),
        ),
        (
            STREAM,
            {"StartingPosition": "LATEST", "DestinationConfig": {"OnSuccess": {"Destination": QUEUE}}},
            UNSUPPORTED.format("DestinationConfig"),
        ),
        (QUEUE, {"FilterCriteria": {"Filters": [{"Pattern": "{"}]}}, "Invalid filter pattern definition."),
        (
            STREAM,
            {"StartingPosition": "LATEST", "FilterCriteria": {"Filters": [{"Pattern": '{"data": ["text"]}'}]}},
            "Invalid filter pattern definition.",
        ),
        (
            TABLE_STREAM,
            {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1_767_225_600},
            f"Unsupported starting position for arn type: {TABLE_STREAM}",
        ),
        ("arn:aws:sns:us-east-1:123456789012:topic", {}, "Unrecognized event source."),
        (STREAM + "gone", {"StartingPosition": "LATEST"}, f"Stream not found: {STREAM}gone"),
        (
            QUEUE + "x",
            {},
            (
                "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
                "SQS Error Message: The specified queue does not exist."
            ),
        ),
        (
            QUEUE,
            {"ScalingConfig": {"MaximumConcurrency": 2}, "ProvisionedPollerConfig": {"MinimumPollers": 2}},
            "ScalingConfig and ProvisionedPollerConfig cannot be used together.",
        ),
        (
            QUEUE,
            {"ProvisionedPollerConfig": {"MinimumPollers": 9, "MaximumPollers": 3}},
            "MinimumPollers must be less than or equal to MaximumPollers.",
        ),
        (QUEUE, {"FunctionName": "nobody"}, "Function does not exist"),
    ],
)
def test_what_a_source_does_not_take_is_refused(api: Any, arn: str, given: dict[str, Any], message: str) -> None:
    assert refuse(api, arn, **given) == (400, "InvalidParameterValueException", message)


@pytest.mark.parametrize("arn", [STREAM, TABLE_STREAM])
def test_a_stream_needs_a_starting_position(api: Any, arn: str) -> None:
    assert refuse(api, arn)[1:] == (
        "ValidationException",
        (
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
            "Member must not be null."
        ),
    )


@pytest.mark.parametrize("concurrency", [1, 1001])
def test_maximum_concurrency_has_a_range(api: Any, concurrency: int) -> None:
    _, code, message = refuse(api, ScalingConfig={"MaximumConcurrency": concurrency})
    assert code == "ValidationException"
    assert "scalingConfig.maximumConcurrency" in message


def test_the_visibility_timeout_must_cover_the_function_timeout(api: Any) -> None:
    # GIVEN
    api("UpdateFunctionConfiguration", FunctionName=name(api), Timeout=31)
    settle(api)
    # THEN
    assert refuse(api)[2] == "Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds"


def test_the_role_must_be_allowed_to_read_the_queue(api: Any) -> None:
    # GIVEN
    api.roles.forbidden = {"sqs:ReceiveMessage"}
    # THEN
    assert refuse(api)[2] == "The function execution role does not have permissions to call ReceiveMessage on SQS"


def test_sources_that_are_not_polled_are_kept(api: Any) -> None:
    # WHEN
    broker = create(
        api, BROKER, Queues=["q"], SourceAccessConfigurations=[{"Type": "BASIC_AUTH", "URI": "arn:aws:x:y::z"}]
    )
    cluster = create(api, CLUSTER, Topics=["topic"], StartingPosition="LATEST")
    # THEN
    assert (broker["Queues"], cluster["Topics"]) == (["q"], ["topic"])
    _, code, message = refuse(api, CLUSTER, StartingPosition="LATEST")
    assert (code, "'topics'" in message) == ("ValidationException", True)


def test_a_mapping_may_name_an_alias(api: Any) -> None:
    # GIVEN
    api("PublishVersion", FunctionName=name(api))
    api("CreateAlias", FunctionName=name(api), Name="live", FunctionVersion="1")
    # WHEN
    answer = api("CreateEventSourceMapping", FunctionName=f"{name(api)}:live", EventSourceArn=QUEUE)
    # THEN
    assert answer["FunctionArn"].endswith(":live")
    assert (
        api.refuse("CreateEventSourceMapping", FunctionName=f"{name(api)}:other", EventSourceArn=QUEUE)[2]
        == "Function does not exist"
    )


def test_a_stream_may_be_read_from_an_instant(api: Any) -> None:
    # WHEN
    answer = create(api, STREAM, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=1_767_225_600.5)
    # THEN
    assert answer["StartingPositionTimestamp"].timestamp() == 1_767_225_600.5


def test_a_mapping_has_tags_of_its_own(api: Any) -> None:
    # GIVEN
    arn = create(api, Tags={"team": "shop"})["EventSourceMappingArn"]
    # WHEN
    api("TagResource", Resource=arn, Tags={"team": "orders", "stage": "test"})
    # THEN they are changed and added, and removed by key
    assert api("ListTags", Resource=arn)["Tags"] == {"team": "orders", "stage": "test"}
    api("UntagResource", Resource=arn, TagKeys=["stage", "nothing"])
    assert api("ListTags", Resource=arn)["Tags"] == {"team": "orders"}
    # AND the function's are its own
    assert api("ListTags", Resource=api("ListFunctions")["Functions"][0]["FunctionArn"])["Tags"] == {}
    many = {f"t{number}": "" for number in range(50)}
    message = "Number of tags exceeds resource tag limit."
    assert api.refuse("TagResource", Resource=arn, Tags=many) == (400, "InvalidParameterValueException", message)
    settle(api)
    api("DeleteEventSourceMapping", UUID=arn.rpartition(":")[2])
    settle(api)
    assert api.refuse("ListTags", Resource=arn)[:2] == (404, "ResourceNotFoundException")
