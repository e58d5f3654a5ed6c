"""One deployment: what it is to do, how far it is, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from lambdalab.deployments.appspec import AppSpec
from lambdalab.deployments.deployment_config import DeploymentConfig

__all__ = ["ALARM", "FAILURE", "REQUEST", "Deployment", "LifecycleEvent", "Status"]

Status = Literal["Created", "InProgress", "Succeeded", "Failed", "Stopped"]
EventStatus = Literal["Pending", "InProgress", "Succeeded", "Failed", "Skipped"]
FAILURE, ALARM, REQUEST = "DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"
"""What may set off an automatic rollback."""


@dataclass(slots=True)
class LifecycleEvent:
    """A step. ``diagnosis`` says why it failed; ``execution_id`` is what its hook reports under."""

    name: str
    hook: str = ""
    execution_id: str = ""
    status: EventStatus = "Pending"
    started_ns: int | None = None
    ended_ns: int | None = None
    diagnosis: str | None = None


@dataclass(slots=True)
class Deployment:
    """A deployment of the Lambda compute platform.

    Attributes
    ----------
    revision
        As given in the request.
    spec
        The AppSpec file once it was read and found right; None before.
    weight
        Percentage of the traffic the target version has.
    rollback_events
        What sets off a rollback.
    rolls_back
        Id of the deployment this one takes back; "" for those a user made.
    rollback_id, rollback_message
        The deployment that takes this one back, and why.
    """

    deployment_id: str
    application: str
    group: str
    config: DeploymentConfig
    revision: dict[str, Any]
    created_ns: int
    description: str = ""
    creator: Literal["user", "codeDeployRollback"] = "user"
    rollback_events: tuple[str, ...] = ()
    status: Status = "Created"
    spec: AppSpec | None = None
    weight: int = 0
    started_ns: int | None = None
    completed_ns: int | None = None
    error_code: str = ""
    error_message: str = ""
    rolls_back: str = ""
    rollback_id: str = ""
    rollback_message: str = ""
    previous_revision: dict[str, Any] | None = None
    events: list[LifecycleEvent] = field(
        default_factory=lambda: [
            LifecycleEvent(name) for name in ("BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic")
        ]
    )

    @property
    def active(self) -> bool:
        """Whether it is still to end."""
        return self.status in ("Created", "InProgress")

    def event(self, name: str) -> LifecycleEvent:
        """The step of that name."""
        return next(event for event in self.events if event.name == name)
