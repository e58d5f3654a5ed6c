"""CodeDeploy's records: applications, their deployment groups, and the deployments of an account in a Region."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lambdalab.deployments.deployment import Deployment
from lambdalab.deployments.deployment_config import PREDEFINED, DeploymentConfig
from lambdalab.deployments.refusal import CodeDeployRefusal

__all__ = ["AlarmConfiguration", "Application", "DeploymentGroup", "DeploymentStore"]


@dataclass(frozen=True, slots=True)
class AlarmConfiguration:
    """Which CloudWatch alarms stop a deployment."""

    enabled: bool = False
    ignore_poll_alarm_failure: bool = False
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeploymentGroup:
    """How an application is deployed. ``rollback_events`` is empty when automatic rollback is off."""

    name: str
    group_id: str
    application: str
    service_role: str
    config: str
    alarms: AlarmConfiguration
    rollback_events: tuple[str, ...]


@dataclass(slots=True)
class Application:
    """A name under which deployment groups stand."""

    name: str
    application_id: str
    created_ns: int
    groups: dict[str, DeploymentGroup] = field(default_factory=dict)


class DeploymentStore:
    """What CodeDeploy keeps for one account in one Region."""

    def __init__(self, account: str, region: str) -> None:
        self.account = account
        self.region = region
        self.applications: dict[str, Application] = {}
        self.deployments: dict[str, Deployment] = {}
        self.configs: dict[str, DeploymentConfig] = {}

    def application(self, name: str) -> Application:
        """The application of that name; refused when there is none."""
        if name not in self.applications:
            raise CodeDeployRefusal("ApplicationDoesNotExistException", f"No application found for name: {name}")
        return self.applications[name]

    def group(self, application: str, name: str) -> DeploymentGroup:
        """The deployment group of that name; refused when there is none."""
        groups = self.application(application).groups
        if name not in groups:
            raise CodeDeployRefusal(
                "DeploymentGroupDoesNotExistException", f"No Deployment Group found for name: {name}"
            )
        return groups[name]

    def config(self, name: str) -> DeploymentConfig:
        """The configuration of that name, predefined or one's own; refused when there is none."""
        config = PREDEFINED.get(name) or self.configs.get(name)
        if config is None:
            raise CodeDeployRefusal(
                "DeploymentConfigDoesNotExistException", f"No Deployment Configuration found for name: {name}"
            )
        return config

    def deployment(self, deployment_id: str) -> Deployment:
        """The deployment of that id; refused when there is none."""
        if deployment_id not in self.deployments:
            raise CodeDeployRefusal(
                "DeploymentDoesNotExistException", f"The deployment {deployment_id} could not be found"
            )
        return self.deployments[deployment_id]

    def deployments_of(self, application: str, group: str) -> list[Deployment]:
        """Deployments of a group, oldest first."""
        return [one for one in self.deployments.values() if (one.application, one.group) == (application, group)]

    def rename_group(self, application: Application, old: str, new: DeploymentGroup) -> None:
        """Keep a changed group, under another name perhaps; its deployments follow."""
        del application.groups[old]
        application.groups[new.name] = replace(new)
        for deployment in self.deployments_of(application.name, old):
            deployment.group = new.name
