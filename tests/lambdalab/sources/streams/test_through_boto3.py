"""Kinesis and DynamoDB mappings from boto3 to the handler and back, in a cloud."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import lambdalab
from lambdalab.cloud import Cloud
from lambdalab.stream_entries import StreamBatch
from lambdalab.timeline import Delivery

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
HANDLER = """
import json
def handler(event, context):
    print(json.dumps(event))
    for record in event["Records"]:
        if "kinesis" in record and record["kinesis"]["partitionKey"] == "bad":
            raise ValueError("bad")
"""


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with lambdalab.start(seed=3) as started:
        boto3.client("lambda").create_function(
            FunctionName="f",
            Runtime="python3.12",
            Handler="app.handler",
            Role=started.execution_role,
            Code={"ZipFile": lambdalab.deployment_package({"app.py": HANDLER})},
        )
        boto3.client("kinesis").create_stream(StreamName="s", ShardCount=1)
        yield started


def _mapping(cloud: Cloud, **settings: Any) -> str:
    settings = {"EventSourceArn": STREAM, "StartingPosition": "TRIM_HORIZON", "FunctionName": "f", **settings}
    uuid: str = boto3.client("lambda").create_event_source_mapping(**settings)["UUID"]
    cloud.advance(seconds=10)
    return uuid


def _put(*keys: str) -> None:
    records = [{"PartitionKey": key, "Data": b'{"n": 1}'} for key in keys]
    boto3.client("kinesis").put_records(StreamName="s", Records=records)


def _events() -> list[dict[str, Any]]:
    lines = boto3.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    return [json.loads(line["message"]) for line in lines if line["message"].startswith('{"Records"')]


def test_the_event_of_kinesis(cloud: Cloud) -> None:
    _mapping(cloud)
    _put("a")
    cloud.advance(seconds=3)
    (event,) = _events()
    (record,) = event["Records"]
    kinesis = record.pop("kinesis")
    number = kinesis.pop("sequenceNumber")
    assert 1_767_225_600 < kinesis.pop("approximateArrivalTimestamp") < 1_767_225_700
    assert kinesis == {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": "a",
        "data": base64.b64encode(b'{"n": 1}').decode(),
    }
    assert record == {
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000000:{number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": cloud.execution_role,
        "awsRegion": "us-east-1",
        "eventSourceARN": STREAM,
    }
    assert len(number) == 56


def test_the_event_of_dynamodb_streams(cloud: Cloud) -> None:
    client = boto3.client("dynamodb")
    arn = client.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]
    _mapping(cloud, EventSourceArn=arn, FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["MODIFY"]}'}]})
    for value in ("x", "y"):
        client.put_item(TableName="t", Item={"id": {"S": "1"}, "v": {"S": value}})
    cloud.advance(seconds=3)
    (event,) = _events()
    (record,) = event["Records"]
    change = record["dynamodb"]
    assert (record["eventName"], record["eventSource"], record["eventSourceARN"]) == ("MODIFY", "aws:dynamodb", arn)
    assert list(change) == [
        "ApproximateCreationDateTime", "Keys", "NewImage", "OldImage", "SequenceNumber", "SizeBytes", "StreamViewType"
    ]  # fmt: skip
    assert change["NewImage"] == {"id": {"S": "1"}, "v": {"S": "y"}}
    assert change["OldImage"]["v"] == {"S": "x"}
    # AND the records are still there for other readers
    streams = boto3.client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    assert len(streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]) == 2


def test_filters_look_into_the_data_of_a_kinesis_record(cloud: Cloud) -> None:
    pattern = json.dumps({"data": {"n": [2]}})
    _mapping(cloud, FilterCriteria={"Filters": [{"Pattern": pattern}]})
    client = boto3.client("kinesis")
    for data in (b'{"n": 1}', b'{"n": 2}', b"text"):
        client.put_record(StreamName="s", PartitionKey="a", Data=data)
    cloud.advance(seconds=3)
    assert [base64.b64decode(r["kinesis"]["data"]) for event in _events() for r in event["Records"]] == [b'{"n": 2}']


@pytest.mark.parametrize("kind", ["sqs", "sns", "s3"])
def test_a_discarded_batch_reaches_its_destination(cloud: Cloud, kind: str) -> None:
    # GIVEN a mapping that gives up at once
    queue = boto3.client("sqs").create_queue(QueueName="lost")["QueueUrl"]
    topic = boto3.client("sns").create_topic(Name="lost")["TopicArn"]
    queue_arn = "arn:aws:sqs:us-east-1:123456789012:lost"
    boto3.client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=queue_arn, Attributes={"RawMessageDelivery": "true"}
    )
    boto3.client("s3").create_bucket(Bucket="lost")
    destination = {"sqs": queue_arn, "sns": topic, "s3": "arn:aws:s3:::lost"}[kind]
    uuid = _mapping(cloud, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": destination}})
    # WHEN a batch fails
    _put("bad")
    cloud.advance(seconds=5)
    # THEN its record is there
    assert [delivery.error for delivery in cloud.timeline.of(Delivery)] == [None]
    if kind == "s3":
        client = boto3.client("s3")
        (found,) = client.list_objects_v2(Bucket="lost")["Contents"]
        assert found["Key"].startswith(f"aws/lambda/{uuid}/shardId-000000000000/2026/01/01/2026-01-01T00.00.")
        record = json.loads(client.get_object(Bucket="lost", Key=found["Key"])["Body"].read())
        assert json.loads(record["payload"]) == _events()[0]
    else:
        (message,) = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
        record = json.loads(message["Body"])
        assert "payload" not in record
    assert record["KinesisBatchInfo"]["batchSize"] == 1
    assert record["requestContext"]["functionArn"] == "arn:aws:lambda:us-east-1:123456789012:function:f"


def test_two_mappings_read_every_record_and_one_that_fails_does_not_hold_the_other(cloud: Cloud) -> None:
    boto3.client("lambda").create_function(
        FunctionName="g",
        Runtime="python3.12",
        Handler="app.handler",
        Role=cloud.execution_role,
        Code={"ZipFile": lambdalab.deployment_package({"app.py": "def handler(event, context):\n    pass\n"})},
    )
    _mapping(cloud)
    boto3.client("lambda").create_event_source_mapping(
        FunctionName="g", EventSourceArn=STREAM, StartingPosition="TRIM_HORIZON"
    )
    cloud.advance(seconds=10)
    _put("bad", "good")
    cloud.advance(seconds=30)
    done = {
        name: sum(entry.done for entry in cloud.timeline.where(function_name=name).of(StreamBatch)) for name in "fg"
    }
    assert done == {"f": 0, "g": 2}


def test_disabling_holds_the_iterator_and_updating_takes_effect(cloud: Cloud) -> None:
    uuid = _mapping(cloud)
    client = boto3.client("lambda")
    client.update_event_source_mapping(UUID=uuid, Enabled=False)
    cloud.advance(seconds=10)
    _put(*"abc")
    cloud.advance(seconds=10)
    assert cloud.timeline.of(StreamBatch) == []
    client.update_event_source_mapping(UUID=uuid, Enabled=True, BatchSize=2)
    cloud.advance(seconds=10)
    assert [entry.size for entry in cloud.timeline.of(StreamBatch)] == [2, 1]
    assert client.get_event_source_mapping(UUID=uuid)["LastProcessingResult"] == "OK"
    client.delete_event_source_mapping(UUID=uuid)
    cloud.advance(seconds=10)
    _put("d")
    cloud.advance(seconds=10)
    assert len(cloud.timeline.of(StreamBatch)) == 2


def test_resharding_through_the_api_keeps_order_and_loses_nothing(cloud: Cloud) -> None:
    _mapping(cloud, BatchSize=3)
    _put(*"abcdefgh")
    boto3.client("kinesis").update_shard_count(StreamName="s", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    _put(*"abcdefgh")
    cloud.run_until_idle()
    seen = [record["kinesis"] for event in _events() for record in event["Records"]]
    assert sorted(record["partitionKey"] for record in seen) == sorted("abcdefgh" * 2)
    for key in "abcdefgh":
        numbers = [int(record["sequenceNumber"]) for record in seen if record["partitionKey"] == key]
        assert numbers == sorted(numbers)


def test_a_function_without_concurrency_leaves_the_records_waiting(cloud: Cloud) -> None:
    _mapping(cloud, MaximumRetryAttempts=0)
    client = boto3.client("lambda")
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    _put("a")
    cloud.advance(minutes=2)
    assert {entry.outcome for entry in cloud.timeline.of(StreamBatch)} == {"throttle"}
    client.delete_function_concurrency(FunctionName="f")
    cloud.advance(minutes=2)
    assert [entry.done for entry in cloud.timeline.of(StreamBatch)][-1] == 1


def test_latest_and_at_timestamp_through_the_api(cloud: Cloud) -> None:
    _put("a")
    cloud.advance(seconds=5)
    _mapping(cloud, StartingPosition="LATEST")
    cloud.advance(seconds=5)
    assert cloud.timeline.of(StreamBatch) == []
    instant = cloud.now
    _put("b")
    cloud.advance(seconds=5)
    assert [entry.done for entry in cloud.timeline.of(StreamBatch)] == [1]
    boto3.client("lambda").publish_version(FunctionName="f")
    _mapping(cloud, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=instant, FunctionName="f:1")
    assert [[r["kinesis"]["partitionKey"] for r in event["Records"]] for event in _events()] == [["b"], ["b"]]


def test_duplicates_are_delivered_on_demand(cloud: Cloud) -> None:
    cloud.deliver_duplicates(1.0)
    _mapping(cloud)
    _put("a", "b")
    cloud.advance(seconds=5)
    assert [entry.repeated for entry in cloud.timeline.of(StreamBatch)] == [False, True]
    first, second = _events()
    assert first == second


def test_a_consumer_with_enhanced_fan_out_gets_records_at_once(cloud: Cloud) -> None:
    consumer = boto3.client("kinesis").register_stream_consumer(StreamARN=STREAM, ConsumerName="c")["Consumer"]
    _mapping(cloud, EventSourceArn=consumer["ConsumerARN"])
    _put("a")
    cloud.advance(seconds=0.2)
    (event,) = _events()
    assert event["Records"][0]["eventSourceARN"] == consumer["ConsumerARN"]


def test_a_stream_deleted_under_its_mapping_is_reported(cloud: Cloud) -> None:
    uuid = _mapping(cloud)
    boto3.client("kinesis").delete_stream(StreamName="s")
    cloud.advance(seconds=10)
    found = boto3.client("lambda").get_event_source_mapping(UUID=uuid)
    assert found["LastProcessingResult"].startswith("PROBLEM")


def test_the_same_seed_gives_the_same_timeline() -> None:
    def played() -> str:
        with lambdalab.start(seed=5) as cloud:
            boto3.client("lambda").create_function(
                FunctionName="f",
                Runtime="python3.12",
                Handler="app.handler",
                Role=cloud.execution_role,
                Code={"ZipFile": lambdalab.deployment_package({"app.py": HANDLER})},
            )
            boto3.client("kinesis").create_stream(StreamName="s", ShardCount=2)
            _mapping(cloud, MaximumRetryAttempts=1, BisectBatchOnFunctionError=True, ParallelizationFactor=2)
            _put("a", "bad", "b", "c")
            cloud.run_until_idle()
            return cloud.timeline.shards().svg()

    assert played() == played()


def test_an_idle_mapping_does_nothing_for_a_day(cloud: Cloud) -> None:
    _mapping(cloud)
    before = len(cloud.timeline)
    cloud.advance(hours=24)
    assert len(cloud.timeline) == before


def test_the_on_failure_record_of_a_dynamodb_stream(cloud: Cloud) -> None:
    # GIVEN a function that fails for every item, and a queue for what is given up
    boto3.client("lambda").update_function_code(
        FunctionName="f",
        ZipFile=lambdalab.deployment_package({"app.py": "def handler(event, context):\n    raise ValueError\n"}),
    )
    arn = boto3.client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )["TableDescription"]["LatestStreamArn"]
    queue = boto3.client("sqs").create_queue(QueueName="lost")["QueueUrl"]
    destination = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:lost"}}
    _mapping(cloud, EventSourceArn=arn, MaximumRetryAttempts=1, DestinationConfig=destination)
    for number in ("1", "2"):
        boto3.client("dynamodb").put_item(TableName="t", Item={"id": {"S": number}})
    cloud.advance(seconds=10)
    # THEN one record tells of both items, in whole seconds
    (message,) = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    record = json.loads(message["Body"])
    info = record["DDBStreamBatchInfo"]
    assert (info["batchSize"], info["streamArn"]) == (2, arn)
    assert info["approximateArrivalOfFirstRecord"].endswith("Z")
    assert "." not in info["approximateArrivalOfFirstRecord"]
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responseContext"] == {
        "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"
    }  # fmt: skip
