"""Other services as places Lambda sends to: SQS, SNS, EventBridge, S3. Each is moto's own backend."""

from __future__ import annotations

import json
from typing import Any

from lambdalab.errors import DeliveryError

__all__ = ["MotoTargets"]

Attributes = dict[str, dict[str, str]]


class MotoTargets:
    """Implements `lambdalab.invocation.destinations.Targets`. Every method raises `DeliveryError` when refused."""

    def send_message(self, queue_arn: str, body: str, attributes: Attributes) -> None:
        """To an SQS queue, with message attributes in the form of the API."""
        from moto.core.exceptions import ServiceException
        from moto.sqs.models import sqs_backends

        _, _, _, region, account, name = queue_arn.split(":")
        try:
            sqs_backends[account][region].send_message(name, body, message_attributes=attributes)
        except ServiceException as refusal:
            raise DeliveryError(_reason(refusal)) from refusal

    def publish(self, topic_arn: str, message: str, attributes: Attributes) -> None:
        """To an SNS topic."""
        from moto.core.exceptions import ServiceException
        from moto.sns.models import sns_backends

        _, _, _, region, account, _ = topic_arn.split(":")
        sent = {name: {"Type": a["DataType"], "Value": a["StringValue"]} for name, a in attributes.items()}
        try:
            sns_backends[account][region].publish(message, arn=topic_arn, message_attributes=sent)
        except ServiceException as refusal:
            raise DeliveryError(_reason(refusal)) from refusal

    def put_event(
        self, bus_arn: str, source: str, detail_type: str, detail: dict[str, Any], resources: list[str]
    ) -> None:
        """To an EventBridge bus."""
        from moto.events.models import events_backends

        _, _, _, region, account, bus = bus_arn.split(":")
        name = bus.removeprefix("event-bus/")
        backend = events_backends[account][region]
        if name not in backend.event_buses:
            raise DeliveryError(f"Event bus {name} does not exist.")
        entry = {
            "Source": source,
            "DetailType": detail_type,
            "Detail": json.dumps(detail),
            "EventBusName": name,
            "Resources": resources,
        }
        answer = backend.put_events([entry])[0]
        if answer.get("ErrorCode"):
            raise DeliveryError(answer["ErrorMessage"])

    def put_object(self, bucket_arn: str, key: str, body: bytes, account: str) -> None:
        """Into an S3 bucket."""
        from moto.core.exceptions import ServiceException
        from moto.s3.models import s3_backends

        try:
            s3_backends[account]["aws"].put_object(bucket_arn.rpartition(":")[2], key, body)
        except ServiceException as refusal:
            raise DeliveryError(_reason(refusal)) from refusal


def _reason(error: Exception) -> str:
    return str(getattr(error, "message", None) or error)
