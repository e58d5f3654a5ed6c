"""What CodeDeploy needs of the rest of AWS. The room that knows moto implements IAM, CloudWatch and S3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lambdalab.chance import Chance
from lambdalab.clock import Clock, Scheduler
from lambdalab.functions.function import Function, FunctionStore
from lambdalab.timeline import Timeline

__all__ = ["Alarms", "ServiceRoles", "StoredObjects", "Surroundings"]


class ServiceRoles(Protocol):
    """IAM roles."""

    def trusts(self, role_arn: str, service: str) -> bool:
        """Whether the role exists and its trust policy lets the service principal assume it."""

    def allows(self, role_arn: str, action: str, resource_arn: str) -> bool:
        """Whether the role's policies allow `action` on the resource."""


class Alarms(Protocol):
    """CloudWatch alarms."""

    def state(self, account: str, region: str, name: str) -> str | None:
        """``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``; None when there is no such alarm."""


class StoredObjects(Protocol):
    """Objects in Amazon S3."""

    def read(self, account: str, region: str, bucket: str, key: str, version: str | None) -> bytes:
        """An object's bytes; raises `lambdalab.errors.ObjectNotFoundError`."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The rest of AWS, and the cloud's clock, chance and timeline.

    ``enqueue`` takes an event for a function under a qualifier into Lambda's asynchronous queue.
    """

    stores: Callable[[str, str], FunctionStore]
    clock: Clock
    scheduler: Scheduler
    chance: Chance
    timeline: Timeline
    enqueue: Callable[[Function, str | None, bytes], str]
    roles: ServiceRoles
    alarms: Alarms
    objects: StoredObjects
