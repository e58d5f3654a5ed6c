"""The record of a discarded batch at its on-failure destination: SQS, SNS or S3 (behaviours §4.3)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lambdalab.clock import Clock
from lambdalab.errors import DeliveryError
from lambdalab.invocation.destinations import Targets
from lambdalab.sources.streams.batch import Discard

__all__ = ["FailureRecord", "deliver"]


@dataclass(frozen=True, slots=True)
class FailureRecord:
    """What a discard leaves behind.

    Attributes
    ----------
    function_arn
        Unqualified.
    info_name
        ``KinesisBatchInfo`` or ``DDBStreamBatchInfo``.
    payload
        The event as it was sent, or would have been: only S3 gets it.
    """

    discard: Discard
    function_arn: str
    request_id: str
    info_name: str
    shard_id: str
    stream_arn: str
    payload: str
    now_ns: int

    def content(self) -> dict[str, Any]:
        """The record as AWS orders it."""
        batch, items = self.discard.batch, self.discard.items
        record: dict[str, Any] = {
            "requestContext": {
                "requestId": self.request_id,
                "functionArn": self.function_arn,
                "condition": self.discard.condition,
                "approximateInvokeCount": batch.attempts,
            }
        }
        if self.discard.condition != "RecordAgeExceeded":
            record["responseContext"] = {
                "statusCode": 200,
                "executedVersion": batch.last_version,
                "functionError": "Unhandled",
            }
        record["version"] = "1.0"
        record["timestamp"] = _milliseconds(self.now_ns)
        record[self.info_name] = {
            "shardId": self.shard_id,
            "startSequenceNumber": items[0].record.sequence_number,
            "endSequenceNumber": items[-1].record.sequence_number,
            "approximateArrivalOfFirstRecord": self._arrival(items[0].record.arrived_ns),
            "approximateArrivalOfLastRecord": self._arrival(items[-1].record.arrived_ns),
            "batchSize": len(items),
            "streamArn": self.stream_arn,
        }
        return record

    def _arrival(self, instant_ns: int) -> str:
        if self.info_name == "DDBStreamBatchInfo":  # DynamoDB knows the second only
            return f"{Clock.moment(instant_ns):%Y-%m-%dT%H:%M:%SZ}"
        return _milliseconds(instant_ns)


def deliver(targets: Targets, target_arn: str, record: FailureRecord, mapping: str, name: str) -> None:
    """Send a record to its destination.

    Parameters
    ----------
    mapping
        UUID of the event source mapping: part of an S3 key.
    name
        A UUID: the last part of an S3 key.

    Raises
    ------
    DeliveryError
        The target is gone, or of a kind streams do not deliver to.
    """
    content = record.content()
    service = target_arn.split(":")[2]
    if service == "sqs":
        targets.send_message(target_arn, _text(content), {})
    elif service == "sns":
        targets.publish(target_arn, _text(content), {})
    elif service == "s3":
        now = Clock.moment(record.now_ns)
        key = f"aws/lambda/{mapping}/{record.shard_id}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{name}"
        body = _text({**content, "payload": record.payload})
        targets.put_object(target_arn, key, body.encode(), record.function_arn.split(":")[4])
    else:
        raise DeliveryError(f"{target_arn} cannot be an on-failure destination of a stream")


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _milliseconds(instant_ns: int) -> str:
    moment = Clock.moment(instant_ns)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
