"""No record is lost and no order broken, whatever fails when, and however the stream is resharded meanwhile."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdalab.clock import SECOND
from lambdalab.sources.streams.lane import lane_of
from lambdalab.stream_entries import StreamBatch, StreamBatchDiscarded, StreamRead

KEYS = "abcd"

actions = st.one_of(
    st.tuples(st.just("put"), st.text(KEYS, min_size=1, max_size=12)),
    st.tuples(st.just("advance"), st.sampled_from([0.4, 1.0, 3.0, 40.0, 700.0])),
    st.tuples(st.just("split"), st.integers(0, 3)),
    st.tuples(st.just("merge"), st.integers(0, 3)),
    st.tuples(st.just("stop"), st.just(0)),
)
outcomes = st.sampled_from(["ok", "ok", "ok", "raise", "throttle", "first", "second", "last", "nonsense"])
mapping_settings = st.fixed_dictionaries(
    {
        "batch_size": st.integers(1, 6),
        "batching_ns": st.sampled_from([0, 2 * SECOND]),
        "maximum_retries": st.sampled_from([None, 0, 1, 3]),
        "maximum_age_ns": st.sampled_from([None, 60 * SECOND]),
        "bisect": st.booleans(),
        "factor": st.integers(1, 3),
        "tumbling_ns": st.sampled_from([0, 0, 30 * SECOND]),
        "reports_failures": st.booleans(),
    }
)


@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    mapping_settings,
    st.lists(actions, min_size=1, max_size=14),
    st.lists(outcomes, min_size=1, max_size=8),
    st.sampled_from([0.0, 0.3]),
    st.sampled_from([900, 86_400]),
)
def test_every_record_meets_one_end_and_keys_keep_their_order(
    bench: Any, chosen: dict[str, Any], schedule: list[Any], script: list[str], duplicates: float, retention: int
) -> None:
    told = itertools.cycle(script)
    ended: set[str] = set()
    history: dict[str, list[str]] = {}
    invoked: dict[str, list[str]] = {}

    def handler(event: dict[str, Any]) -> Any:
        records = [record["kinesis"] for record in event["Records"]]
        numbers = [record["sequenceNumber"] for record in records]
        # THEN a record comes only when all earlier ones of its key have met their ends, or come before it in its batch
        for place, record in enumerate(records):
            earlier = history[record["partitionKey"]]
            before = earlier[: earlier.index(record["sequenceNumber"])]
            assert set(before) <= ended | set(numbers[:place]), (before, numbers, ended)
        invoked[f"request-{stage.invocations}"] = numbers
        stage.clock.spend(SECOND // 5)
        outcome = next(told)
        if outcome == "raise":
            raise ValueError
        if outcome == "throttle":
            return stage.THROTTLE
        answer: dict[str, Any] = {"state": {"n": len(numbers)}}
        chosen_place = {"first": 0, "second": 1, "last": -1}.get(outcome)
        if chosen_place is not None and numbers:
            number = numbers[min(chosen_place, len(numbers) - 1)]
            answer["batchItemFailures"] = [{"itemIdentifier": number}]
        if outcome == "nonsense":
            answer["batchItemFailures"] = [{"itemIdentifier": "0"}]
        return answer

    stage = bench(
        handler,
        shards=2,
        on_failure="arn:aws:s3:::lost",
        accepts=lambda record: record["kinesis"]["partitionKey"] != "d",
        duplicates=duplicates,
        **chosen,
    )
    stage.streams.retention = retention * SECOND
    counts = {"processed": 0, "discarded": 0, "expired": 0, "filtered": 0}

    def listen(entry: Any) -> None:
        if isinstance(entry, StreamBatch) and entry.done:
            done = invoked[entry.request_id][: entry.done]
            assert not ended & set(done)
            ended.update(done)
            counts["processed"] += entry.done
        elif isinstance(entry, StreamBatchDiscarded):
            gone = [
                record.sequence_number
                for log in stage.streams.logs
                if log.shard_id == entry.shard_id
                for record in all_records[log.shard_id]
                if entry.first <= record.sequence_number <= entry.last
                and lane_of(record.key, chosen["factor"]) == entry.lane
                and record.key != "d"
            ]
            assert len(gone) == entry.size
            assert not ended & set(gone)
            ended.update(gone)
            counts["expired" if entry.condition == "Expired" else "discarded"] += entry.size
        elif isinstance(entry, StreamRead):
            counts["filtered"] += entry.filtered
            counts["expired"] += entry.expired
            if entry.expired:
                ended.update(
                    record.sequence_number
                    for record in all_records[entry.shard_id]
                    if record.arrived_ns < stage.clock.time_ns - stage.streams.retention
                )

    stage.timeline.listen(listen)
    all_records: dict[str, list[Any]] = {}

    def put(keys: str) -> None:
        for key in keys:
            for log in stage.streams.logs:
                all_records.setdefault(log.shard_id, [])
            number = stage.streams.put(key)
            log = next(log for log in stage.streams.logs if log.records and log.records[-1].sequence_number == number)
            all_records[log.shard_id].append(log.records[-1])
            if key == "d":
                ended.add(number)
            history.setdefault(key, []).append(number)

    # GIVEN a mapping and records; WHEN time, failures, resharding and pauses do what the schedule says
    stage.poller.start()
    for action, value in schedule:
        open_places = [place for place, log in enumerate(stage.streams.logs) if not log.closed]
        if action == "put":
            put(value)
        elif action == "advance":
            stage.advance(value)
        elif action == "split" and len(stage.streams.logs) < 8:
            stage.streams.split(open_places[value % len(open_places)])
        elif action == "merge" and len(open_places) > 1 and len(stage.streams.logs) < 8:
            stage.streams.merge(value % (len(open_places) - 1))
        elif action == "stop":
            stage.poller.stop()
            stage.advance(5)
            stage.poller.start()
    stage.advance(120)

    # THEN what was sent is what was processed, discarded with a record, expired, filtered, or is still waiting
    waiting = sum(reader.held for reader in stage.poller.readers.values())
    unread = sum(log.end - stage.poller.readers[log.shard_id].position for log in stage.streams.logs)
    assert sum(counts.values()) + waiting + unread == stage.streams.count, (counts, waiting, unread)
    recorded = [record for _, _, record in stage.targets.sent]
    assert sum(record["KinesisBatchInfo"]["batchSize"] for record in recorded) == counts["discarded"]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.text("abc", max_size=6), st.sampled_from([1.0, 7.0, 40.0, 200.0])), min_size=1, max_size=10),
    st.lists(st.sampled_from(["ok", "ok", "raise", "throttle"]), min_size=1, max_size=6).filter(lambda s: "ok" in s),
    st.integers(1, 4),
    st.integers(1, 3),
    st.booleans(),
)
def test_every_record_is_counted_in_exactly_one_window(
    bench: Any, schedule: list[tuple[str, float]], script: list[str], size: int, factor: int, reshard: bool
) -> None:
    # GIVEN a function that counts in its state, and fails at times
    told = itertools.cycle(script)
    finals: list[tuple[str, int]] = []

    def handler(event: dict[str, Any]) -> Any:
        outcome = next(told)
        if outcome == "raise":
            raise ValueError
        if outcome == "throttle":
            return stage.THROTTLE
        arrived = {record["kinesis"]["approximateArrivalTimestamp"] // 30 * 30 for record in event["Records"]}
        assert len(arrived) <= 1
        if event["isFinalInvokeForWindow"]:
            finals.append((event["window"]["start"], event["state"].get("n", 0)))
        return {"state": {"n": event["state"].get("n", 0) + len(event["Records"])}}

    stage = bench(handler, batch_size=size, factor=factor, tumbling_ns=30 * SECOND)
    stage.poller.start()
    # WHEN records come over some minutes, the shard being split half-way
    for place, (keys, seconds) in enumerate(schedule):
        if reshard and place == len(schedule) // 2:
            stage.streams.split(0)
        stage.put(*keys)
        stage.advance(seconds)
    stage.advance(1_500)
    # THEN the final invocations add up to what was sent
    assert sum(count for _, count in finals) == stage.streams.count
