"""Event sources as the Lambda API checks them: whether they exist, and what they are set to."""

from __future__ import annotations

from lambdalab.errors import ObjectNotFoundError
from lambdalab.moto_seams.queues import MotoQueues

__all__ = ["MotoSources"]


class MotoSources:
    """Implements `lambdalab.control.services.Sources`."""

    def __init__(self, queues: MotoQueues) -> None:
        self._queues = queues

    def visibility_timeout(self, queue_arn: str) -> int | None:
        """Seconds; None when there is no such queue."""
        try:
            return self._queues.visibility_timeout(queue_arn)
        except ObjectNotFoundError:
            return None

    def stream_exists(self, stream_arn: str) -> bool:
        """Whether a Kinesis stream or a DynamoDB stream of that ARN is there."""
        from moto.dynamodb.models import dynamodb_backends
        from moto.kinesis.models import kinesis_backends

        _, _, service, region, account, resource = stream_arn.split(":", 5)
        if service == "kinesis":
            name = resource.partition("/")[2].partition("/")[0]
            return name in kinesis_backends[account][region].streams
        tables = dynamodb_backends[account][region].tables.values()
        return any(table.latest_stream_label and stream_arn.endswith(table.latest_stream_label)
                   and resource.split("/")[1] == table.name for table in tables)  # fmt: skip
