"""What the Lambda API needs to know of other services.

The room at the bottom of the house that knows moto implements these; here are only their forms.
"""

from __future__ import annotations

from typing import Protocol

__all__ = ["Objects", "Roles", "Sources"]


class Roles(Protocol):
    """IAM roles."""

    def assumable(self, role_arn: str) -> bool:
        """Whether the role exists and its trust policy lets ``lambda.amazonaws.com`` assume it."""

    def allows(self, role_arn: str, action: str, resource_arn: str) -> bool:
        """Whether the role's policies allow `action`, such as ``sqs:SendMessage``, on the resource."""


class Objects(Protocol):
    """Objects in Amazon S3."""

    def read(self, account: str, region: str, bucket: str, key: str, version: str | None) -> bytes:
        """An object's bytes.

        Raises
        ------
        lambdalab.errors.ObjectNotFoundError
            There is none.
        """

    def location(self, account: str, region: str, key: str, archive: bytes) -> str:
        """A URL from which `archive` can be downloaded; Lambda keeps it under `key` in a bucket of its own."""


class Sources(Protocol):
    """What event source mappings read."""

    def visibility_timeout(self, queue_arn: str) -> int | None:
        """Seconds a received message of the queue stays hidden; None when there is no such queue."""

    def stream_exists(self, stream_arn: str) -> bool:
        """Whether a Kinesis stream or a DynamoDB stream of that ARN is there."""
