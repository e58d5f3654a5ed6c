"""Behaviours §4.2: an SQS queue read by an event source mapping."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from lambdalab.source_entries import BatchEnded, BatchPolled, MessagesMoved, RecordsFiltered
from lambdalab.timeline import Attempt, Throttle

PRINT = "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"
BODIES = "def handler(event, context):\n    print(','.join(r['body'] for r in event['Records']))\n"
FAIL = "def handler(event, context):\n    raise ValueError('no')\n"
SLOW = "import time\ndef handler(event, context):\n    time.sleep(2)\n"


def reports(expression: str) -> str:
    """A handler that returns what `expression` makes of the message ids."""
    return (
        f"def handler(event, context):\n    ids = [r['messageId'] for r in event['Records']]\n    return {expression}\n"
    )


def sizes(shop: Any) -> list[int]:
    return [batch.records for batch in shop.of(BatchPolled)]


def outcomes(shop: Any) -> list[str]:
    return [batch.outcome for batch in shop.of(BatchEnded)]


def test_the_event_has_the_shape_of_aws(shop: Any) -> None:
    # GIVEN
    url = shop.queue()
    shop.function(PRINT)
    shop.map()
    # WHEN
    sent = shop.sqs.send_message(
        QueueUrl=url,
        MessageBody="hello",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "greeting"}},
    )
    shop.cloud.run_until_idle()
    # THEN
    (record,) = json.loads(shop.printed[0])["Records"]
    assert record.pop("receiptHandle").startswith("AQEB")
    attributes = record.pop("attributes")
    assert list(attributes) == [
        "ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp",
    ]  # fmt: skip
    assert attributes["ApproximateReceiveCount"] == "1"
    assert record == {
        "messageId": sent["MessageId"],
        "body": "hello",
        "messageAttributes": {
            "kind": {
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "String",
                "stringValue": "greeting",
            }
        },
        "md5OfBody": "5d41402abc4b2a76b9719d911017c592",
        "eventSource": "aws:sqs",
        "eventSourceARN": shop.arn("orders"),
        "awsRegion": "us-east-1",
    }


def test_a_processed_batch_is_deleted(shop: Any) -> None:
    # GIVEN
    url = shop.queue()
    shop.function(BODIES)
    shop.map(BatchSize=3)
    # WHEN
    shop.send(url, *"abcdefg")
    shop.cloud.run_until_idle()
    # THEN
    assert shop.printed == ["a,b,c", "d,e,f", "g"]
    assert shop.counts(url) == (0, 0)
    assert outcomes(shop) == ["success"] * 3


def test_a_failed_batch_comes_again_until_it_is_a_dead_letter(shop: Any) -> None:
    # GIVEN
    dead = shop.queue("dead")
    url = shop.queue(dead_letters="dead", receives=3, VisibilityTimeout="10")
    shop.function(FAIL)
    shop.map()
    # WHEN
    (message_id,) = shop.send(url, "poison")
    shop.cloud.run_until_idle()
    # THEN it was tried three times, a visibility timeout apart
    starts = [attempt.at_ns // 1_000_000_000 for attempt in shop.of(Attempt)]
    assert [later - earlier for earlier, later in itertools.pairwise(starts)] == [10, 10]
    assert [(moved.target_arn, moved.messages) for moved in shop.of(MessagesMoved)] == [(shop.arn("dead"), 1)]
    (letter,) = shop.sqs.receive_message(QueueUrl=dead)["Messages"]
    assert (letter["MessageId"], letter["Body"]) == (message_id, "poison")


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("None", 0),
        ("{}", 0),
        ("''", 0),
        ("{'batchItemFailures': []}", 0),
        ("{'batchItemFailures': None}", 0),
        ("{'batchItemFailures': [{'itemIdentifier': ids[1]}]}", 1),
        ("{'batchItemFailures': [{'itemIdentifier': i} for i in ids[1:]]}", 2),
        ("{'batchItemFailures': [{'itemIdentifier': ''}]}", 3),
        ("{'batchItemFailures': [{'itemIdentifier': None}]}", 3),
        ("{'batchItemFailures': [{'id': ids[0]}]}", 3),
        ("{'batchItemFailures': [{'itemIdentifier': 'unknown'}]}", 3),
        ("'nonsense'", 3),
        ("1 / 0", 3),
    ],
)
def test_what_the_function_reports_decides_what_is_deleted(shop: Any, answer: str, left: int) -> None:
    # GIVEN
    url = shop.queue()
    shop.function(reports(answer))
    shop.map(FunctionResponseTypes=["ReportBatchItemFailures"])
    # WHEN
    shop.send(url, "a", "b", "c")
    shop.cloud.advance(seconds=1)
    # THEN
    assert shop.counts(url) == (0, left)


def test_without_the_setting_reports_are_not_read(shop: Any) -> None:
    # GIVEN
    url = shop.queue()
    shop.function(reports("{'batchItemFailures': [{'itemIdentifier': ids[0]}]}"))
    shop.map()
    # WHEN
    shop.send(url, "a", "b")
    shop.cloud.advance(seconds=1)
    # THEN
    assert shop.counts(url) == (0, 0)


def test_a_window_gathers_a_batch(shop: Any) -> None:
    # GIVEN
    url = shop.queue(VisibilityTimeout="60")
    shop.function(BODIES)
    shop.map(BatchSize=100, MaximumBatchingWindowInSeconds=10)
    # WHEN messages come over twelve seconds
    for body in "abcd":
        shop.send(url, body)
        shop.cloud.advance(seconds=4)
    shop.cloud.run_until_idle()
    # THEN
    assert shop.printed == ["a,b,c", "d"]


def test_a_batch_is_closed_at_six_megabytes(shop: Any) -> None:
    # GIVEN
    url = shop.queue(VisibilityTimeout="60")
    shop.function("def handler(event, context):\n    pass\n")
    shop.map(BatchSize=100, MaximumBatchingWindowInSeconds=5)
    # WHEN eight messages of 900,000 bytes come
    for _ in range(8):
        shop.send(url, "x" * 900_000)
    shop.cloud.run_until_idle()
    # THEN
    assert sizes(shop) == [6, 2]
    assert all(batch.size <= 6 * 1024 * 1024 for batch in shop.of(BatchPolled))


def test_what_no_filter_matches_is_deleted(shop: Any) -> None:
    # GIVEN
    url = shop.queue()
    shop.function(BODIES)
    shop.map(FilterCriteria={"Filters": [{"Pattern": '{"body": {"kind": ["order"]}}'}]})
    # WHEN
    shop.send(url, '{"kind": "order"}', '{"kind": "visit"}', "plain text")
    shop.cloud.run_until_idle()
    # THEN
    assert shop.printed == ['{"kind": "order"}']
    assert [filtered.records for filtered in shop.of(RecordsFiltered)] == [2]
    assert shop.counts(url) == (0, 0)


def test_a_throttled_batch_is_tried_until_its_messages_show_again(shop: Any) -> None:
    # GIVEN a function that may not run
    dead = shop.queue("dead")
    url = shop.queue(dead_letters="dead", receives=1, VisibilityTimeout="30")
    shop.function(BODIES)
    shop.lambda_.put_function_concurrency(FunctionName="worker", ReservedConcurrentExecutions=0)
    shop.map()
    # WHEN
    shop.send(url, "a")
    shop.cloud.run_until_idle()
    # THEN
    assert len(shop.of(Throttle)) == 5  # at 0, 1, 3, 7 and 15 seconds
    assert outcomes(shop) == ["throttled"]
    assert shop.counts(dead) == (1, 0)


def most_at_once(shop: Any) -> int:
    moments = sorted([(a.at_ns, 1) for a in shop.of(Attempt)] + [(a.ended_ns, -1) for a in shop.of(Attempt)])
    running = most = 0
    for _, change in moments:
        running += change
        most = max(most, running)
    return most


def test_maximum_concurrency_bounds_what_runs(shop: Any) -> None:
    # GIVEN
    url = shop.queue()
    shop.function(SLOW)
    shop.map(BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    # WHEN
    shop.send(url, *map(str, range(10)))
    shop.cloud.run_until_idle()
    # THEN
    assert most_at_once(shop) == 2
    assert shop.counts(url) == (0, 0)


def test_concurrency_starts_at_five_and_grows(shop: Any) -> None:
    # GIVEN a backlog
    url = shop.queue(VisibilityTimeout="900")
    shop.function(SLOW.replace("2", "20"), Timeout=30)
    shop.send(url, *map(str, range(120)))
    # WHEN
    shop.map(BatchSize=1)
    shop.cloud.advance(seconds=13)
    running = len(shop.of(Attempt))
    # THEN it began with five and gained about five a second, 300 a minute
    starts = [attempt.at_ns for attempt in shop.of(Attempt)]
    assert sum(start < starts[0] + 900_000_000 for start in starts) == 5
    assert 60 <= running <= 85


def test_provisioned_pollers_run_ten_each_from_the_start(shop: Any) -> None:
    # GIVEN
    url = shop.queue()
    shop.function(SLOW)
    shop.send(url, *map(str, range(60)))
    # WHEN
    shop.map(BatchSize=1, ProvisionedPollerConfig={"MinimumPollers": 3, "MaximumPollers": 3})
    shop.cloud.run_until_idle()
    # THEN
    assert most_at_once(shop) == 30


def test_a_fifo_queue_keeps_the_order_of_a_group_through_a_failure(shop: Any) -> None:
    # GIVEN a function that fails the first time it sees "b"
    url = shop.queue("orders.fifo", VisibilityTimeout="10")
    shop.function(
        "seen = []\n"
        "def handler(event, context):\n"
        "    for record in event['Records']:\n"
        "        body = record['body']\n"
        "        if body == 'b' and body not in seen:\n"
        "            seen.append(body)\n"
        "            raise ValueError(body)\n"
        "        print(body)\n"
    )
    shop.map("orders.fifo", BatchSize=1)
    # WHEN
    shop.send(url, "a", "b", "c", MessageGroupId="one")
    shop.send(url, "x", MessageGroupId="two")
    shop.cloud.run_until_idle()
    # THEN
    assert [body for body in shop.printed if body in "abc"] == ["a", "b", "c"]
    assert "x" in shop.printed
    assert shop.counts(url) == (0, 0)


def test_groups_of_a_fifo_queue_run_side_by_side_and_no_group_twice_at_once(shop: Any) -> None:
    # GIVEN
    url = shop.queue("orders.fifo")
    shop.function(SLOW)
    for group in "abc":
        shop.send(url, f"1{group}", f"2{group}", MessageGroupId=group)
    # WHEN
    shop.map("orders.fifo", BatchSize=1)
    shop.cloud.run_until_idle()
    # THEN six invocations, three at a time
    assert (len(shop.of(Attempt)), most_at_once(shop)) == (6, 3)


def test_a_disabled_mapping_finishes_what_runs_and_reads_no_more(shop: Any) -> None:
    # GIVEN a batch in flight
    url = shop.queue()
    shop.function(SLOW)
    uuid = shop.map(BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    shop.send(url, "a", "b", "c", "d")
    shop.cloud.advance(seconds=1)
    # WHEN
    shop.lambda_.update_event_source_mapping(UUID=uuid, Enabled=False)
    shop.cloud.advance(minutes=5)
    # THEN
    assert shop.counts(url) == (2, 0)
    # AND enabled again it goes on
    shop.lambda_.update_event_source_mapping(UUID=uuid, Enabled=True)
    shop.cloud.run_until_idle()
    assert shop.counts(url) == (0, 0)


def test_a_deleted_mapping_finishes_what_runs(shop: Any) -> None:
    # GIVEN
    url = shop.queue()
    shop.function(SLOW)
    uuid = shop.map()
    shop.send(url, "a")
    shop.cloud.advance(seconds=1)
    # WHEN
    shop.lambda_.delete_event_source_mapping(UUID=uuid)
    shop.cloud.run_until_idle()
    # THEN
    assert shop.counts(url) == (0, 0)
    shop.send(url, "b")
    shop.cloud.run_until_idle()
    assert shop.counts(url) == (1, 0)


def test_a_queue_may_be_purged_or_deleted_under_its_mapping(shop: Any) -> None:
    # GIVEN messages being processed
    url = shop.queue()
    shop.function(SLOW)
    uuid = shop.map(BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    shop.send(url, "a", "b", "c", "d")
    shop.cloud.advance(seconds=1)
    # WHEN
    shop.sqs.purge_queue(QueueUrl=url)
    shop.cloud.run_until_idle()
    # THEN only those that ran did
    assert len(shop.of(Attempt)) == 2
    # WHEN the queue goes with a message in flight
    shop.send(url, "e")
    shop.cloud.advance(seconds=1)
    shop.sqs.delete_queue(QueueUrl=url)
    shop.cloud.run_until_idle()
    # THEN
    found = shop.lambda_.get_event_source_mapping(UUID=uuid)
    assert found["State"] == "Enabled"
    assert found["LastProcessingResult"] == "PROBLEM: The specified queue does not exist."


def test_an_alias_shares_batches_by_its_weights(shop: Any) -> None:
    # GIVEN
    url = shop.queue()
    shop.function("def handler(event, context):\n    print('version', context.function_version)\n")
    shop.lambda_.publish_version(FunctionName="worker")
    shop.lambda_.update_function_configuration(FunctionName="worker", Description="second")
    shop.cloud.advance(seconds=1)
    shop.lambda_.publish_version(FunctionName="worker")
    shop.lambda_.create_alias(
        FunctionName="worker",
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}},
    )
    shop.map(function="worker:live", BatchSize=1)
    # WHEN
    shop.send(url, *map(str, range(40)))
    shop.cloud.run_until_idle()
    # THEN
    shares = [shop.printed.count(f"version {number}") for number in (1, 2)]
    assert sum(shares) == 40
    assert min(shares) >= 8


def test_messages_slower_than_their_visibility_are_processed_twice(shop: Any) -> None:
    # GIVEN a mapping made while the visibility timeout was long enough
    url = shop.queue()
    shop.function(SLOW.replace("2", "8"), Timeout=20)
    shop.map()
    shop.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    # WHEN
    shop.send(url, "a")
    shop.cloud.run_until_idle()
    # THEN
    assert len(shop.of(Attempt)) == 2
    assert shop.counts(url) == (0, 0)


def test_duplicates_are_delivered_on_demand(shop: Any) -> None:
    # GIVEN
    url = shop.queue()
    shop.function(BODIES)
    shop.map()
    shop.cloud.deliver_duplicates(1.0)
    # WHEN
    shop.send(url, "a")
    shop.cloud.run_until_idle()
    # THEN it comes twice, and not for ever
    assert shop.printed == ["a", "a"]
    assert shop.counts(url) == (0, 0)
    with pytest.raises(Exception, match="between 0 and 1"):
        shop.cloud.deliver_duplicates(2)


def test_an_event_of_the_asynchronous_queue_may_come_twice(shop: Any) -> None:
    # GIVEN
    shop.function("def handler(event, context):\n    print(event['n'], context.aws_request_id)\n")
    shop.cloud.deliver_duplicates(1.0)
    # WHEN
    shop.lambda_.invoke(FunctionName="worker", InvocationType="Event", Payload=b'{"n": 1}')
    shop.cloud.run_until_idle()
    # THEN twice the same request
    assert len(shop.printed) == 2
    assert len(set(shop.printed)) == 1
