"""Behaviours §4.3: where reading begins, when a batch closes, what a failure does to it, and what is left behind."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lambdalab.clock import SECOND
from lambdalab.sources.streams.lane import lane_of
from lambdalab.sources.streams.stream_mapping import StartingPosition
from lambdalab.stream_entries import ShardClosed, ShardOpened, StreamBatch, StreamBatchDiscarded, StreamBatchSplit

BUCKET = "arn:aws:s3:::lost"


def fine(event: dict[str, Any]) -> Any:
    return None


def poison(*bad: str) -> Any:
    """Raises when one of the records is in the batch."""

    def handler(event: dict[str, Any]) -> Any:
        if any(record["kinesis"]["sequenceNumber"] in bad for record in event["Records"]):
            raise ValueError

    return handler


def reporting(*bad: str) -> Any:
    """Reports the records that are bad."""

    def handler(event: dict[str, Any]) -> Any:
        numbers = [record["kinesis"]["sequenceNumber"] for record in event["Records"]]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers if number in bad]}

    return handler


# -- where reading begins ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "seen"),
    [
        (StartingPosition("TRIM_HORIZON"), ["000001", "000002", "000003"]),
        (StartingPosition("LATEST"), ["000003"]),
    ],
)
def test_starting_position(bench: Any, position: StartingPosition, seen: list[str]) -> None:
    stage = bench(fine, position=position)
    stage.put("a", "b")
    stage.poller.start()
    stage.put("c")
    stage.advance(5)
    assert stage.numbers == seen


def test_at_timestamp_begins_with_the_first_record_of_that_instant(bench: Any) -> None:
    stage = bench(fine)
    stage.put("a")
    stage.advance(10)
    stage.mapping.position = StartingPosition("AT_TIMESTAMP", stage.clock.time_ns)
    stage.put("b")
    stage.poller.start()
    stage.advance(5)
    assert stage.delivered == [["000002"]]


def test_an_empty_stream_is_not_polled_and_a_record_waits_for_its_poll(bench: Any) -> None:
    # GIVEN a mapping over an empty stream, polled once by each shard's beginning
    stage = bench(fine)
    stage.poller.start()
    stage.advance(86_400)
    assert not stage.scheduler.pending()
    # WHEN a record arrives between two polls
    stage.advance(0.3)
    stage.put("a")
    stage.advance(5)
    # THEN the next poll finds it: one a second
    assert stage.events[0][0] == 86_401


# -- when a batch closes -------------------------------------------------------------------------------------------


def test_a_batch_closes_at_its_size_or_when_the_window_is_over(bench: Any) -> None:
    stage = bench(fine, batch_size=3, batching_ns=10 * SECOND)
    stage.poller.start()
    stage.put(*"abcd")
    stage.advance(30)
    assert [(moment, len(event["Records"])) for moment, event in stage.events] == [(1, 3), (11, 1)]


def test_a_batch_closes_at_six_megabytes_of_event(bench: Any) -> None:
    stage = bench(fine, batch_size=100)
    for _ in range(10):
        stage.streams.put("a", bytes(1_000_000))
    stage.poller.start()
    stage.advance(10)
    assert [len(numbers) for numbers in stage.delivered] == [4, 4, 2]


# -- failures ------------------------------------------------------------------------------------------------------


def test_the_same_batch_comes_again_and_blocks_the_shard_until_it_expires(bench: Any) -> None:
    # GIVEN a record that always fails, in a stream that keeps records for a day
    stage = bench(poison("000001"), batch_size=2)
    stage.put("a", "b", "c")
    stage.poller.start()
    # WHEN a day passes
    stage.advance(86_500)
    # THEN the batch came again and again, then expired; nothing was told to anybody
    assert {tuple(numbers) for numbers in stage.delivered[:-1]} == {("000001", "000002")}
    expired = stage.timeline.of(StreamBatchDiscarded)
    assert sum(entry.size for entry in expired) == 3
    assert {entry.condition for entry in expired} == {"Expired"}
    assert not stage.targets.sent


def test_retries_run_out_and_the_record_says_so(bench: Any) -> None:
    stage = bench(poison("000001"), batch_size=2, maximum_retries=2, on_failure=BUCKET)
    stage.put("a", "b", "c")
    stage.poller.start()
    stage.advance(60)
    assert stage.delivered == [["000001", "000002"]] * 3 + [["000003"]]
    ((bucket, key, record),) = stage.targets.sent
    assert bucket == BUCKET
    moment = "2026-01-01T00.00.04"
    assert key.startswith(f"aws/lambda/{stage.mapping.uuid}/shardId-000000000000/2026/01/01/{moment}-")
    payload = record.pop("payload")
    assert record == {
        "requestContext": {
            "requestId": "request-3",
            "functionArn": stage.mapping.function_arn,
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 3,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2026-01-01T00:00:04.000Z",
        "KinesisBatchInfo": {
            "shardId": "shardId-000000000000",
            "startSequenceNumber": "000001",
            "endSequenceNumber": "000002",
            "approximateArrivalOfFirstRecord": "2026-01-01T00:00:00.000Z",
            "approximateArrivalOfLastRecord": "2026-01-01T00:00:00.000Z",
            "batchSize": 2,
            "streamArn": stage.mapping.stream_arn,
        },
    }
    assert json.loads(payload) == stage.events[0][1]


def test_a_queue_gets_the_record_without_the_event(bench: Any) -> None:
    stage = bench(poison("000001"), maximum_retries=0, on_failure="arn:aws:sqs:us-east-1:123456789012:q")
    stage.put("a")
    stage.poller.start()
    stage.advance(5)
    ((_, _, record),) = stage.targets.sent
    assert "payload" not in record


def test_age_ends_what_retries_do_not(bench: Any) -> None:
    stage = bench(poison("000001"), maximum_age_ns=60 * SECOND, on_failure=BUCKET)
    stage.put("a")
    stage.poller.start()
    stage.advance(200)
    ((_, _, record),) = stage.targets.sent
    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == len(stage.events)
    assert "responseContext" not in record


def test_throttles_do_not_consume_retries(bench: Any) -> None:
    answers = iter([bench.THROTTLE] * 5 + [None])
    stage = bench(lambda event: next(answers), maximum_retries=0)
    stage.put("a")
    stage.poller.start()
    stage.advance(120)
    assert [entry.outcome for entry in stage.timeline.of(StreamBatch)] == ["throttle"] * 5 + ["success"]


def test_bisecting_finds_the_bad_record_and_costs_no_retry(bench: Any) -> None:
    # GIVEN eight records of which one is bad, no retries and bisecting
    stage = bench(poison("000006"), batch_size=8, maximum_retries=0, bisect=True, on_failure=BUCKET)
    stage.put(*"abcdefgh")
    stage.poller.start()
    stage.advance(60)
    # THEN halves are tried, and only the bad one is lost
    assert [len(numbers) for numbers in stage.delivered] == [8, 4, 4, 2, 1, 1, 2]
    assert [(entry.left, entry.right) for entry in stage.timeline.of(StreamBatchSplit)] == [(4, 4), (2, 2), (1, 1)]
    ((_, _, record),) = stage.targets.sent
    assert record["KinesisBatchInfo"]["startSequenceNumber"] == record["KinesisBatchInfo"]["endSequenceNumber"]
    assert record["KinesisBatchInfo"]["startSequenceNumber"] == "000006"
    assert record["requestContext"]["approximateInvokeCount"] == 1


def test_partial_failure_goes_on_from_the_lowest_number(bench: Any) -> None:
    stage = bench(reporting("000005", "000003"), batch_size=6, maximum_retries=1, reports_failures=True)
    stage.put(*"abcdef")
    stage.poller.start()
    stage.advance(60)
    assert [numbers[0] for numbers in stage.delivered] == ["000001", "000003"]
    assert stage.timeline.of(StreamBatchDiscarded)[0].size == 4


def test_partial_failure_with_bisecting_splits_at_the_number_and_loses_only_what_is_bad(bench: Any) -> None:
    stage = bench(
        reporting("000003", "000005"), batch_size=6, maximum_retries=0, reports_failures=True, bisect=True,
        on_failure=BUCKET,
    )  # fmt: skip
    stage.put(*"abcdef")
    stage.poller.start()
    stage.advance(60)
    lost = [record["KinesisBatchInfo"]["startSequenceNumber"] for _, _, record in stage.targets.sent]
    assert lost == ["000003", "000005"]
    assert sum(entry.done for entry in stage.timeline.of(StreamBatch)) == 4


def test_an_unknown_identifier_fails_the_batch(bench: Any) -> None:
    stage = bench(
        lambda event: {"batchItemFailures": [{"itemIdentifier": "1"}]}, maximum_retries=0, reports_failures=True
    )
    stage.put("a", "b")
    stage.poller.start()
    stage.advance(5)
    assert stage.timeline.of(StreamBatchDiscarded)[0].size == 2


def test_the_iterator_moves_over_filtered_records(bench: Any) -> None:
    stage = bench(fine, accepts=lambda record: record["kinesis"]["partitionKey"] == "b")
    stage.put(*"abab")
    stage.poller.start()
    stage.advance(5)
    assert stage.delivered == [["000002", "000004"]]
    assert stage.poller.readers["shardId-000000000000"].position == 4


# -- parallelism and shards ----------------------------------------------------------------------------------------


def test_a_key_that_fails_blocks_only_its_lane(bench: Any) -> None:
    keys = {lane_of(key, 2): key for key in "abcdefgh"}
    stage = bench(poison("000001"), factor=2, maximum_retries=None, batch_size=1)
    stage.put(keys[0], keys[1], keys[1])
    stage.poller.start()
    stage.advance(1)
    assert sorted(stage.numbers) == ["000001", "000002", "000003"]
    stage.advance(30)
    assert {entry.lane for entry in stage.timeline.of(StreamBatch) if entry.done} == {1}


def test_parents_are_read_to_their_ends_before_children(bench: Any) -> None:
    # GIVEN a shard whose batch fails three times before it succeeds
    failing = iter([True] * 3)

    def handler(event: dict[str, Any]) -> None:
        if next(failing, False):
            raise ValueError

    stage = bench(handler)
    stage.poller.start()
    stage.put("a", "b")
    stage.advance(1)
    # WHEN the shard is split meanwhile and more arrives
    stage.streams.split(0)
    stage.put("a", "b")
    stage.advance(60)
    # THEN the children begin after the parent has ended
    assert stage.delivered[:4] == [["000001", "000002"]] * 4
    (closed,) = stage.timeline.of(ShardClosed)
    children = [entry for entry in stage.timeline.of(ShardOpened) if entry.parents]
    assert len(children) == 2
    assert all(entry.at_ns > closed.at_ns for entry in children)
    assert sorted(stage.numbers[8:]) == ["000003", "000004"]


def test_what_comes_after_a_reshard_is_read_from_its_beginning_also_with_latest(bench: Any) -> None:
    stage = bench(fine, position=StartingPosition("LATEST"))
    stage.put("a")
    stage.poller.start()
    stage.streams.split(0)
    stage.put("a", "b")
    stage.advance(10)
    assert sorted(stage.numbers) == ["000002", "000003"]


def test_stopping_keeps_the_place_and_starting_goes_on(bench: Any) -> None:
    stage = bench(poison("000001"), batch_size=1)
    stage.put("a", "b")
    stage.poller.start()
    stage.advance(3)
    stage.poller.stop()
    before = len(stage.events)
    stage.put("c")
    stage.advance(100)
    assert len(stage.events) == before
    stage.handler = fine
    stage.poller.start()
    stage.advance(5)
    assert stage.delivered[before:] == [["000001"], ["000002"], ["000003"]]


def test_a_running_invocation_ends_though_the_mapping_stops(bench: Any) -> None:
    stage = bench(lambda event: stage.clock.spend(10 * SECOND))
    stage.put("a")
    stage.poller.start()
    stage.advance(2)
    stage.poller.stop()
    stage.advance(60)
    assert [entry.done for entry in stage.timeline.of(StreamBatch)] == [1]
    stage.poller.start()
    stage.advance(60)
    assert len(stage.events) == 1


def test_another_parallelization_factor_waits_for_batches_that_run(bench: Any) -> None:
    stage = bench(lambda event: stage.clock.spend(10 * SECOND), batch_size=1)
    stage.put(*"aabb")
    stage.poller.start()
    stage.advance(2)
    stage.poller.configure(replace(stage.mapping, settings=replace(stage.mapping.settings, factor=4)))
    stage.advance(60)
    assert sorted(stage.numbers) == ["000001", "000002", "000003", "000004"]
    assert max(entry.lane for entry in stage.timeline.of(StreamBatch)) > 0


def test_a_deleted_stream_is_reported(bench: Any) -> None:
    stage = bench(fine)
    stage.put("a")
    stage.poller.start()
    stage.streams.deleted = True
    stage.streams.tell(None)
    stage.advance(10)
    assert stage.events == []
    assert stage.reported == ["PROBLEM: The event source no longer exists."]


def test_last_processing_result_follows_the_batches(bench: Any) -> None:
    stage = bench(poison("000001"), maximum_retries=0)
    stage.poller.start()
    stage.put("a")
    stage.advance(2)
    stage.put("b")
    stage.advance(2)
    assert stage.reported == ["PROBLEM: Function call failed", "OK"]


def test_duplicates_come_again_before_anything_later(bench: Any) -> None:
    stage = bench(fine, batch_size=1, duplicates=1.0)
    stage.put("a", "a")
    stage.poller.start()
    stage.advance(10)
    assert stage.delivered == [["000001"], ["000001"], ["000002"], ["000002"]]
    assert sum(entry.done for entry in stage.timeline.of(StreamBatch)) == 2


# -- tumbling windows ----------------------------------------------------------------------------------------------


def counting(event: dict[str, Any]) -> Any:
    return {"state": {"n": event["state"].get("n", 0) + len(event["Records"])}}


def test_a_tumbling_window_carries_its_state_and_closes(bench: Any) -> None:
    stage = bench(counting, tumbling_ns=60 * SECOND, batch_size=2)
    stage.poller.start()
    stage.put(*"aaa")
    stage.advance(61)
    stage.put("a")
    stage.advance(10)
    first, second, final, new = [event for _, event in stage.events]
    assert (first["state"], second["state"], final["state"]) == ({}, {"n": 2}, {"n": 3})
    assert final == {
        "Records": [],
        "window": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:01:00Z"},
        "state": {"n": 3},
        "shardId": "shardId-000000000000",
        "eventSourceARN": stage.mapping.stream_arn,
        "isFinalInvokeForWindow": True,
        "isWindowTerminatedEarly": False,
    }
    assert new["window"]["start"] == "2026-01-01T00:01:00Z"
    assert (new["state"], new["isFinalInvokeForWindow"]) == ({}, False)


def test_without_new_records_the_window_closes_two_minutes_late(bench: Any) -> None:
    stage = bench(counting, tumbling_ns=60 * SECOND)
    stage.poller.start()
    stage.put("a")
    stage.advance(300)
    assert [(moment, event["isFinalInvokeForWindow"]) for moment, event in stage.events] == [(1, False), (180, True)]


def test_a_reshard_closes_the_window(bench: Any) -> None:
    stage = bench(counting, tumbling_ns=60 * SECOND)
    stage.poller.start()
    stage.put("a")
    stage.advance(5)
    stage.streams.split(0)
    stage.advance(5)
    assert [event["isFinalInvokeForWindow"] for _, event in stage.events] == [False, True]
    assert len([entry for entry in stage.timeline.of(ShardOpened) if entry.parents]) == 2


def test_an_answer_without_state_is_a_failure(bench: Any) -> None:
    stage = bench(fine, tumbling_ns=60 * SECOND, maximum_retries=0)
    stage.poller.start()
    stage.put("a")
    stage.advance(5)
    assert stage.timeline.of(StreamBatchDiscarded)[0].condition == "RetryAttemptsExhausted"


def test_a_state_over_a_megabyte_ends_the_window_early(bench: Any) -> None:
    def handler(event: dict[str, Any]) -> Any:
        return {"state": {"text": "x" * 1_100_000} if event["Records"] else {}}

    stage = bench(handler, tumbling_ns=60 * SECOND)
    stage.poller.start()
    stage.put("a")
    stage.advance(3)
    stage.put("a")
    stage.advance(3)
    flags = [(event["isFinalInvokeForWindow"], event["isWindowTerminatedEarly"]) for _, event in stage.events]
    assert flags == [(False, False), (True, True)] * 2
    assert stage.events[2][1]["state"] == {}
    assert stage.events[2][1]["window"] == stage.events[0][1]["window"]
