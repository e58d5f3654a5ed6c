"""What an asynchronous event leaves behind: its destination record and dead letter (behaviours §3.1, §3.2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from lambdalab import quotas
from lambdalab.errors import DeliveryError

__all__ = ["DeadLetter", "DestinationRecord", "Targets", "deliver_dead_letter", "deliver_record"]


@dataclass(frozen=True, slots=True)
class DestinationRecord:
    """The record of an invocation, sent to a destination.

    ``response`` is None when the code never ran: then the record has no response parts.
    ``invoke_count`` is ``approximateInvokeCount``; ``timestamp`` ISO 8601 with milliseconds and ``Z``.
    """

    timestamp: str
    request_id: str
    function_arn: str
    condition: str
    invoke_count: int
    request_payload: bytes
    response: bytes | None
    executed_version: str
    succeeded: bool

    @property
    def outcome(self) -> Literal["Success", "Failure"]:
        """The word in EventBridge's detail-type."""
        return "Success" if self.succeeded else "Failure"

    def content(self) -> dict[str, Any]:
        """The record as AWS orders it."""
        record: dict[str, Any] = {
            "version": "1.0",
            "timestamp": self.timestamp,
            "requestContext": {
                "requestId": self.request_id,
                "functionArn": self.function_arn,
                "condition": self.condition,
                "approximateInvokeCount": self.invoke_count,
            },
            "requestPayload": json.loads(self.request_payload),
        }
        if self.response is not None:
            context: dict[str, Any] = {"statusCode": 200, "executedVersion": self.executed_version}
            if not self.succeeded:
                context["functionError"] = "Unhandled"
            record["responseContext"] = context
            record["responsePayload"] = json.loads(self.response or b"null")
        return record

    def text(self) -> str:
        """The record as JSON text, compact as AWS writes it."""
        return json.dumps(self.content(), separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """The dead-letter message: the event's own text, and why it failed in three attributes."""

    body: str
    request_id: str
    error_code: int
    error_message: str

    def attributes(self) -> dict[str, dict[str, str]]:
        """Message attributes in the form of SQS and SNS."""
        message = self.error_message.encode()[: quotas.DLQ_ERROR_MESSAGE].decode(errors="ignore")
        return {
            "RequestID": {"DataType": "String", "StringValue": self.request_id},
            "ErrorCode": {"DataType": "Number", "StringValue": str(self.error_code)},
            "ErrorMessage": {"DataType": "String", "StringValue": message or "None"},
        }


class Targets(Protocol):
    """Other services as places to send to. Each method raises `DeliveryError` when the target does not take it."""

    def send_message(self, queue_arn: str, body: str, attributes: dict[str, dict[str, str]]) -> None:
        """To an SQS queue."""

    def publish(self, topic_arn: str, message: str, attributes: dict[str, dict[str, str]]) -> None:
        """To an SNS topic."""

    def put_event(
        self, bus_arn: str, source: str, detail_type: str, detail: dict[str, Any], resources: list[str]
    ) -> None:
        """To an EventBridge bus."""

    def put_object(self, bucket_arn: str, key: str, body: bytes, account: str) -> None:
        """Into an S3 bucket, as a service of `account`."""


def deliver_record(targets: Targets, target_arn: str, record: DestinationRecord, object_name: str) -> None:
    """Send a record to a queue, topic, bus or bucket.

    Parameters
    ----------
    object_name
        Last part of the key of an S3 object: instant and UUID.

    Raises
    ------
    DeliveryError
        The target is gone, or of a kind Lambda does not deliver to.
    """
    service = _service(target_arn)
    if service == "sqs":
        targets.send_message(target_arn, record.text(), {})
    elif service == "sns":
        if len(record.text().encode()) > quotas.SNS_MESSAGE:
            raise DeliveryError(f"The record is larger than {quotas.SNS_MESSAGE} bytes, which SNS does not take")
        targets.publish(target_arn, record.text(), {})
    elif service == "events":
        detail_type = f"Lambda Function Invocation Result - {record.outcome}"
        targets.put_event(target_arn, "lambda", detail_type, record.content(), [target_arn, record.function_arn])
    elif service == "s3":
        account, name = record.function_arn.split(":")[4], record.function_arn.split(":")[6]
        key = f"aws/lambda/async/{name}/{record.timestamp[:10].replace('-', '/')}/{object_name}"
        targets.put_object(target_arn, key, record.text().encode(), account)
    else:
        raise DeliveryError(f"{target_arn} cannot be a destination")


def deliver_dead_letter(targets: Targets, target_arn: str, letter: DeadLetter) -> None:
    """Send a dead letter to a queue or a topic. Raises `DeliveryError`."""
    service = _service(target_arn)
    if service == "sqs":
        targets.send_message(target_arn, letter.body, letter.attributes())
    elif service == "sns":
        targets.publish(target_arn, letter.body, letter.attributes())
    else:
        raise DeliveryError(f"{target_arn} is neither an SQS queue nor an SNS topic")


def _service(target_arn: str) -> str:
    """The service of an ARN. FIFO queues and topics are refused: Lambda does not deliver to them."""
    if target_arn.endswith(".fifo"):
        raise DeliveryError(f"{target_arn} is FIFO, which asynchronous invocation does not support")
    return target_arn.split(":")[2]
