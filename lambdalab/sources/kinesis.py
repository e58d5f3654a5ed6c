"""Kinesis Data Streams as an event source: what a record looks like in an event (behaviours §4.3)."""

from __future__ import annotations

import base64
from typing import Any

from lambdalab import quotas
from lambdalab.clock import MILLISECOND, SECOND
from lambdalab.sources.filters import Filters
from lambdalab.sources.streams.reading import StreamRecord

__all__ = ["Kinesis"]

_FAN_OUT_NS = 70 * MILLISECOND
"""About how long a record takes to a consumer with enhanced fan-out. A modelling choice."""


class Kinesis:
    """Shapes records of one stream.

    Parameters
    ----------
    stream_arn
        The stream, or a consumer of it with enhanced fan-out, to whom records are pushed.
    role_arn
        The function's execution role, which reads the stream.
    """

    info_name = "KinesisBatchInfo"

    def __init__(self, stream_arn: str, role_arn: str) -> None:
        self._stream_arn = stream_arn
        self._role_arn = role_arn
        self._region = stream_arn.split(":")[3]
        fan_out = "/consumer/" in stream_arn
        self.poll_ns = _FAN_OUT_NS if fan_out else SECOND // quotas.KINESIS_POLLS_PER_SECOND

    def event(self, record: StreamRecord, shard_id: str) -> dict[str, Any]:
        """The record as the handler finds it in ``Records``."""
        return {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": record.key,
                "sequenceNumber": record.sequence_number,
                "data": record.content,
                "approximateArrivalTimestamp": record.arrived_ns // 1_000_000 / 1_000,
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{shard_id}:{record.sequence_number}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": self._role_arn,
            "awsRegion": self._region,
            "eventSourceARN": self._stream_arn,
        }

    def accepts(self, filters: Filters, event: dict[str, Any]) -> bool:
        """Whether the filters let a record pass: ``data`` is what the producer wrote, decoded."""
        fields = {**event, **event["kinesis"]}
        del fields["kinesis"], fields["data"]
        return filters.accept(fields, base64.b64decode(event["kinesis"]["data"]))
