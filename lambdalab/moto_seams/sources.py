"""Event sources as the Lambda API checks them: whether they exist, and what they are set to."""

from __future__ import annotations

from lambdalab.errors import ObjectNotFoundError
from lambdalab.moto_seams.queues import MotoQueues
from lambdalab.moto_seams.streams import MotoStreams

__all__ = ["MotoSources"]


class MotoSources:
    """Implements `lambdalab.control.services.Sources`."""

    def __init__(self, queues: MotoQueues, streams: MotoStreams) -> None:
        self._queues = queues
        self._streams = streams

    def visibility_timeout(self, queue_arn: str) -> int | None:
        """Seconds; None when there is no such queue."""
        try:
            return self._queues.visibility_timeout(queue_arn)
        except ObjectNotFoundError:
            return None

    def stream_exists(self, stream_arn: str) -> bool:
        """Whether a Kinesis stream or a DynamoDB stream of that ARN is there."""
        return self._streams.exists(stream_arn)
