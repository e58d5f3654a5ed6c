"""Kinesis records through an event source mapping, and a day in which a stream has nothing to read."""

from __future__ import annotations

import base64
import time

import boto3

import lambdalab
from benchmarks.measurement import Figure
from lambdalab.cloud import Cloud
from lambdalab.deployment_package import deployment_package
from lambdalab.stream_entries import StreamBatch

__all__ = ["figures"]

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
_PACKAGE = deployment_package({"h.py": "def h(event, context):\n    return len(event['Records'])\n"})
_RECORDS_PER_SECOND = 20_000
_IDLE_LIMIT = 0.2


def figures(records: int) -> list[Figure]:
    """Two figures: microseconds a record takes at batch 100, handler included, and seconds an idle day takes."""
    return [
        Figure(
            f"Kinesis record, {records:,} at batch 100", _record_us(records), "µs", None, "", 1e6 / _RECORDS_PER_SECOND
        ),
        Figure("24 virtual hours over an empty stream", _idle_seconds(), "s", None, "", _IDLE_LIMIT),
    ]


def _record_us(records: int) -> float:
    """From the records in the stream to the last batch that ended; writing them is not counted."""
    with lambdalab.start() as cloud:
        _map(cloud)
        stream = cloud._moto.streams._stream(STREAM)
        data = base64.b64encode(b'{"temperature": 21.5, "sensor": "cellar"}').decode()
        for number in range(records):
            stream.put_record(f"key {number % 50}", "", data)
        started = time.perf_counter()
        cloud.run_until_idle()
        seconds = time.perf_counter() - started
        done = sum(batch.done for batch in cloud.timeline.of(StreamBatch))
    if done != records:
        raise RuntimeError(f"{done} of {records} records were processed: not the load meant")
    return seconds / records * 1e6


def _idle_seconds() -> float:
    with lambdalab.start() as cloud:
        _map(cloud)
        started = time.perf_counter()
        cloud.advance(hours=24)
        return time.perf_counter() - started


def _map(cloud: Cloud) -> None:
    client = boto3.client("lambda")
    client.create_function(
        FunctionName="f", Runtime="python3.12", Handler="h.h", Role=cloud.execution_role, Code={"ZipFile": _PACKAGE}
    )
    boto3.client("kinesis").create_stream(StreamName="s", ShardCount=1)
    client.create_event_source_mapping(
        FunctionName="f", EventSourceArn=STREAM, StartingPosition="TRIM_HORIZON", BatchSize=100
    )
    cloud.advance(seconds=10)
