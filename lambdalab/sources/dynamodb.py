"""DynamoDB Streams as an event source: what a record looks like in an event (behaviours §4.3)."""

from __future__ import annotations

from typing import Any

from lambdalab import quotas
from lambdalab.clock import SECOND
from lambdalab.sources.filters import Filters
from lambdalab.sources.streams.reading import StreamRecord

__all__ = ["DynamoDBStreams"]

_CHANGE = ("Keys", "NewImage", "OldImage")


class DynamoDBStreams:
    """Shapes records of one table's stream."""

    info_name = "DDBStreamBatchInfo"
    poll_ns = SECOND // quotas.DYNAMODB_POLLS_PER_SECOND

    def __init__(self, stream_arn: str) -> None:
        self._stream_arn = stream_arn
        self._region = stream_arn.split(":")[3]

    def event(self, record: StreamRecord, shard_id: str) -> dict[str, Any]:
        """The record as the handler finds it in ``Records``."""
        content = record.content
        change = content["dynamodb"]
        shown: dict[str, Any] = {"ApproximateCreationDateTime": record.arrived_ns // SECOND}
        shown |= {name: change[name] for name in _CHANGE if name in change}
        shown |= {
            "SequenceNumber": record.sequence_number,
            "SizeBytes": change["SizeBytes"],
            "StreamViewType": change["StreamViewType"],
        }
        return {
            "eventID": content["eventID"],
            "eventName": content["eventName"],
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self._region,
            "dynamodb": shown,
            "eventSourceARN": self._stream_arn,
        }

    def accepts(self, filters: Filters, event: dict[str, Any]) -> bool:
        """Whether the filters let a record pass; its data is the object ``dynamodb``."""
        return filters.accept(event)
