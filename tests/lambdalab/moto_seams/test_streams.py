"""Kinesis and DynamoDB streams as sources see them: nothing is lost, moved or written to a closed shard."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import boto3
import pytest

import lambdalab
from lambdalab.cloud import Cloud


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with lambdalab.start() as started:
        yield started


def _arn(name: str) -> str:
    return f"arn:aws:kinesis:us-east-1:123456789012:stream/{name}"


def _put(name: str, *keys: str) -> list[str]:
    client = boto3.client("kinesis")
    return [client.put_record(StreamName=name, PartitionKey=key, Data=key.encode())["ShardId"] for key in keys]


def test_a_split_leaves_the_records_in_the_parent_and_new_ones_go_to_the_children(cloud: Cloud) -> None:
    # GIVEN a stream of one shard with two records
    client = boto3.client("kinesis")
    client.create_stream(StreamName="s", ShardCount=1)
    _put("s", "a", "b")
    # WHEN the shard is split and two more arrive
    client.split_shard(StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))
    shards = _put("s", "a", "b")
    # THEN the parent keeps its own and is closed, and its children have the new ones
    logs = {log.shard_id: log for log in cloud._moto.streams.shards(_arn("s"))}
    parent = logs["shardId-000000000000"]
    assert parent.closed
    assert [record.key for record in parent.records] == ["a", "b"]
    assert set(shards) == {"shardId-000000000001"} or "shardId-000000000000" not in shards
    assert sum(len(log.records) for name, log in logs.items() if name != parent.shard_id) == 2
    assert all(log.parents == (parent.shard_id,) for name, log in logs.items() if name != parent.shard_id)


def test_an_iterator_may_be_asked_for_with_the_streams_arn(cloud: Cloud) -> None:
    client = boto3.client("kinesis")
    client.create_stream(StreamName="s", ShardCount=1)
    _put("s", "a", "b", "c")
    iterator = client.get_shard_iterator(
        StreamARN=_arn("s"), ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    first = client.get_records(ShardIterator=iterator, Limit=2)
    second = client.get_records(ShardIterator=first["NextShardIterator"], Limit=2)
    assert [record["PartitionKey"] for record in first["Records"] + second["Records"]] == ["a", "b", "c"]


def test_a_merge_names_both_parents_and_sequence_numbers_go_on_rising(cloud: Cloud) -> None:
    client = boto3.client("kinesis")
    client.create_stream(StreamName="s", ShardCount=2)
    _put("s", *"abcdef")
    cloud.advance(seconds=2)
    client.merge_shards(
        StreamName="s", ShardToMerge="shardId-000000000000", AdjacentShardToMerge="shardId-000000000001"
    )
    _put("s", "g")
    logs = cloud._moto.streams.shards(_arn("s"))
    assert logs[2].parents == ("shardId-000000000000", "shardId-000000000001")
    numbers = [int(record.sequence_number) for log in logs[:2] for record in log.records]
    assert min(len(str(number)) for number in numbers) == 56
    assert int(logs[2].records[0].sequence_number) > max(numbers)


def test_update_shard_count_keeps_every_record_readable_by_the_streams_own_api(cloud: Cloud) -> None:
    client = boto3.client("kinesis")
    client.create_stream(StreamName="s", ShardCount=1)
    _put("s", *"abcd")
    client.update_shard_count(StreamName="s", TargetShardCount=3, ScalingType="UNIFORM_SCALING")
    _put("s", *"abcd")
    read = 0
    for shard in client.list_shards(StreamName="s")["Shards"]:
        iterator = client.get_shard_iterator(
            StreamName="s", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        read += len(client.get_records(ShardIterator=iterator)["Records"])
    assert read == 8


def test_dynamodb_writes_one_record_a_change_and_keeps_it_though_a_mapping_reads(cloud: Cloud) -> None:
    client = boto3.client("dynamodb")
    table = client.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    key = {"id": {"S": "1"}}
    told: list[str | None] = []
    cloud._moto.streams.watch(table["LatestStreamArn"], told.append)
    # WHEN an item is made by an update, changed, written unchanged, and deleted
    for value in ("1", "2", "2"):
        client.update_item(
            TableName="t",
            Key=key,
            UpdateExpression="SET n = :n",
            ExpressionAttributeValues={":n": {"N": value}},
        )
    client.delete_item(TableName="t", Key=key)
    # THEN there are three records, whole ones
    (log,) = cloud._moto.streams.shards(table["LatestStreamArn"])
    changes = [(record.content["eventName"], record.content["dynamodb"]) for record in log.records]
    assert [name for name, _ in changes] == ["INSERT", "MODIFY", "REMOVE"]
    assert changes[0][1]["NewImage"] == {"id": {"S": "1"}, "n": {"N": "1"}}
    assert changes[1][1]["OldImage"] == {"id": {"S": "1"}, "n": {"N": "1"}}
    assert len(told) == 3
    assert {record.key for record in log.records} == {'{"id":{"S":"1"}}'}


def test_a_table_whose_stream_was_disabled_takes_items(cloud: Cloud) -> None:
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    client.update_table(TableName="t", StreamSpecification={"StreamEnabled": False})
    client.put_item(TableName="t", Item={"id": {"S": "1"}})
    assert client.scan(TableName="t")["Count"] == 1


def test_records_expire_after_the_retention_period(cloud: Cloud) -> None:
    client = boto3.client("kinesis")
    client.create_stream(StreamName="s", ShardCount=1)
    _put("s", "a")
    cloud.advance(datetime.timedelta(hours=23))
    _put("s", "b")
    cloud.advance(datetime.timedelta(hours=2))
    (log,) = cloud._moto.streams.shards(_arn("s"))
    horizon = cloud._clock.time_ns - cloud._moto.streams.retention_ns(_arn("s"))
    assert log.trim(horizon) == 1
    assert [record.key for record in log.read(log.trim(horizon), 10)] == ["b"]
    # AND a reader of the stream's own API finds what is left
    iterator = client.get_shard_iterator(
        StreamName="s", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    assert [record["PartitionKey"] for record in client.get_records(ShardIterator=iterator)["Records"]] == ["b"]


def test_a_deleted_stream_is_told_and_gone(cloud: Cloud) -> None:
    client = boto3.client("kinesis")
    client.create_stream(StreamName="s", ShardCount=1)
    told: list[str | None] = []
    cloud._moto.streams.watch(_arn("s"), told.append)
    client.delete_stream(StreamName="s")
    assert told == [None]
    assert not cloud._moto.streams.exists(_arn("s"))
