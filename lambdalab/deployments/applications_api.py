"""CodeDeploy's operations on applications, deployment groups and deployment configurations."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lambdalab.deployments.answers import application_info, config_info, group_info
from lambdalab.deployments.application import Application, DeploymentGroup, DeploymentStore
from lambdalab.deployments.deployment_config import DEFAULT_CONFIG, PREDEFINED, read_traffic_routing
from lambdalab.deployments.group_settings import check_role, check_style, read_alarms, read_rollback
from lambdalab.deployments.refusal import CodeDeployRefusal
from lambdalab.deployments.surroundings import Surroundings
from lambdalab.errors import NotEmulatedError

__all__ = ["ApplicationOperations", "required"]

Request = dict[str, Any]
_NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{1,100}")


def check_platform(operation: str, platform: str | None) -> None:
    """Refuse what is not Lambda."""
    if platform not in (None, "Lambda", "Server", "ECS", "Kubernetes"):
        raise CodeDeployRefusal("InvalidComputePlatformException", f"The compute platform {platform} is not valid.")
    if platform != "Lambda":
        raise NotEmulatedError(
            f"{operation} with computePlatform {platform or 'Server (the default)'}: "
            "lambdalab emulates CodeDeploy's Lambda platform only"
        )


def required(request: Request, member: str, kind: str) -> str:
    """A name the request must carry, in a form CodeDeploy takes."""
    name = request.get(member)
    if not name:
        raise CodeDeployRefusal(f"{kind}NameRequiredException", f"{member} is required.")
    if not _NAME.fullmatch(name):
        raise CodeDeployRefusal(f"Invalid{kind}NameException", f"The {member} {name} is not valid.")
    return str(name)


class ApplicationOperations:
    """Each method answers the operation of its name."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def create_application(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """A new application of the Lambda compute platform."""
        name = required(request, "applicationName", "Application")
        check_platform("CreateApplication", request.get("computePlatform"))
        if name in store.applications:
            raise CodeDeployRefusal(
                "ApplicationAlreadyExistsException", f"Application already exists with name: {name}"
            )
        identifier = self._around.chance.uuid("CodeDeploy id")
        store.applications[name] = Application(name, identifier, self._around.clock.time_ns)
        return {"applicationId": identifier}

    def get_application(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """One application."""
        return {"application": application_info(store.application(required(request, "applicationName", "Application")))}

    def list_applications(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """Names of all applications, on one page."""
        return {"applications": sorted(store.applications)}

    def delete_application(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """The application with its groups. Deleting what is not there succeeds."""
        store.applications.pop(required(request, "applicationName", "Application"), None)
        return {}

    def create_deployment_group(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """A new deployment group."""
        application = store.application(required(request, "applicationName", "Application"))
        name = required(request, "deploymentGroupName", "DeploymentGroup")
        if name in application.groups:
            raise CodeDeployRefusal(
                "DeploymentGroupAlreadyExistsException", f"Deployment group already exists with name: {name}"
            )
        check_style(request.get("deploymentStyle"))
        group = DeploymentGroup(
            name=name,
            group_id=self._around.chance.uuid("CodeDeploy id"),
            application=application.name,
            service_role=check_role(request.get("serviceRoleArn"), self._around.roles),
            config=self._config(store, request.get("deploymentConfigName") or DEFAULT_CONFIG),
            alarms=read_alarms(request.get("alarmConfiguration") or {}),
            rollback_events=read_rollback(request.get("autoRollbackConfiguration") or {}),
        )
        application.groups[name] = group
        return {"deploymentGroupId": group.group_id}

    def update_deployment_group(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """Change what the request names, keep the rest."""
        application = store.application(required(request, "applicationName", "Application"))
        group = store.group(application.name, required(request, "currentDeploymentGroupName", "DeploymentGroup"))
        changed = group
        if request.get("newDeploymentGroupName") not in (None, group.name):
            name = required(request, "newDeploymentGroupName", "DeploymentGroup")
            if name in application.groups:
                raise CodeDeployRefusal(
                    "DeploymentGroupAlreadyExistsException", f"Deployment group already exists with name: {name}"
                )
            changed = replace(changed, name=name)
        check_style(request.get("deploymentStyle"))
        if request.get("serviceRoleArn"):
            changed = replace(changed, service_role=check_role(request["serviceRoleArn"], self._around.roles))
        if request.get("deploymentConfigName"):
            changed = replace(changed, config=self._config(store, request["deploymentConfigName"]))
        if request.get("alarmConfiguration") is not None:
            changed = replace(changed, alarms=read_alarms(request["alarmConfiguration"]))
        if request.get("autoRollbackConfiguration") is not None:
            changed = replace(changed, rollback_events=read_rollback(request["autoRollbackConfiguration"]))
        store.rename_group(application, group.name, changed)
        return {"hooksNotCleanedUp": []}

    def get_deployment_group(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """One deployment group, with its last deployments."""
        application = required(request, "applicationName", "Application")
        group = store.group(application, required(request, "deploymentGroupName", "DeploymentGroup"))
        return {"deploymentGroupInfo": group_info(group, store)}

    def list_deployment_groups(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """Names of an application's groups, on one page."""
        application = store.application(required(request, "applicationName", "Application"))
        return {"applicationName": application.name, "deploymentGroups": sorted(application.groups)}

    def delete_deployment_group(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """The group. Deleting what is not there succeeds."""
        application = store.application(required(request, "applicationName", "Application"))
        application.groups.pop(required(request, "deploymentGroupName", "DeploymentGroup"), None)
        return {"hooksNotCleanedUp": []}

    def create_deployment_config(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """A configuration of one's own."""
        name = required(request, "deploymentConfigName", "DeploymentConfig")
        check_platform("CreateDeploymentConfig", request.get("computePlatform"))
        if name.startswith("CodeDeployDefault."):
            raise CodeDeployRefusal(
                "InvalidDeploymentConfigNameException", "Names that begin with CodeDeployDefault. are AWS's own."
            )
        if name in store.configs:
            raise CodeDeployRefusal(
                "DeploymentConfigAlreadyExistsException", f"Deployment configuration already exists with name: {name}"
            )
        identifier = self._around.chance.uuid("CodeDeploy id")
        routing = request.get("trafficRoutingConfig") or {"type": "AllAtOnce"}
        store.configs[name] = read_traffic_routing(name, routing, identifier, self._around.clock.time_ns)
        return {"deploymentConfigId": identifier}

    def get_deployment_config(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """One configuration, predefined or one's own."""
        config = store.config(required(request, "deploymentConfigName", "DeploymentConfig"))
        return {"deploymentConfigInfo": config_info(config)}

    def list_deployment_configs(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """Names of the configurations for Lambda, predefined first, on one page."""
        return {"deploymentConfigsList": [*PREDEFINED, *sorted(store.configs)]}

    def delete_deployment_config(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """A configuration no group uses."""
        name = required(request, "deploymentConfigName", "DeploymentConfig")
        if name in PREDEFINED:
            raise CodeDeployRefusal("InvalidOperationException", f"The configuration {name} cannot be deleted.")
        if any(group.config == name for one in store.applications.values() for group in one.groups.values()):
            raise CodeDeployRefusal(
                "DeploymentConfigInUseException", f"The deployment configuration {name} is still in use."
            )
        store.configs.pop(name, None)
        return {}

    @staticmethod
    def _config(store: DeploymentStore, name: str) -> str:
        return store.config(name).name
