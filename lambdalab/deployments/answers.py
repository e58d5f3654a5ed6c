"""CodeDeploy's records in the form of its API. Instants are seconds since the epoch, as JSON 1.1 has them."""

from __future__ import annotations

from typing import Any

from lambdalab.clock import SECOND
from lambdalab.deployments.application import AlarmConfiguration, Application, DeploymentGroup, DeploymentStore
from lambdalab.deployments.deployment import Deployment, LifecycleEvent
from lambdalab.deployments.deployment_config import DeploymentConfig
from lambdalab.functions.identifier import FunctionIdentifier, function_arn

__all__ = ["application_info", "config_info", "deployment_info", "group_info", "lambda_target", "target_id"]

_STYLE = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}


def _seconds(instant_ns: int | None) -> float | None:
    return None if instant_ns is None else instant_ns / SECOND


def _present(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if value is not None}


def application_info(application: Application) -> dict[str, Any]:
    """``ApplicationInfo``."""
    return {
        "applicationId": application.application_id,
        "applicationName": application.name,
        "createTime": _seconds(application.created_ns),
        "linkedToGitHub": False,
        "computePlatform": "Lambda",
    }


def config_info(config: DeploymentConfig) -> dict[str, Any]:
    """``DeploymentConfigInfo``; predefined ones have no id and no date here."""
    return _present(
        {
            "deploymentConfigId": config.config_id or None,
            "deploymentConfigName": config.name,
            "createTime": _seconds(config.created_ns or None),
            "computePlatform": "Lambda",
            "trafficRoutingConfig": config.traffic_routing,
        }
    )


def _alarms(alarms: AlarmConfiguration) -> dict[str, Any]:
    return {
        "enabled": alarms.enabled,
        "ignorePollAlarmFailure": alarms.ignore_poll_alarm_failure,
        "alarms": [{"name": name} for name in alarms.alarms],
    }


def group_info(group: DeploymentGroup, store: DeploymentStore) -> dict[str, Any]:
    """``DeploymentGroupInfo``, with the last deployments."""
    deployments = store.deployments_of(group.application, group.name)
    succeeded = [one for one in deployments if one.status == "Succeeded"]
    return _present(
        {
            "applicationName": group.application,
            "deploymentGroupId": group.group_id,
            "deploymentGroupName": group.name,
            "deploymentConfigName": group.config,
            "serviceRoleArn": group.service_role,
            "targetRevision": succeeded[-1].revision if succeeded else None,
            "triggerConfigurations": [],
            "alarmConfiguration": _alarms(group.alarms),
            "autoRollbackConfiguration": _rollback(group.rollback_events),
            "deploymentStyle": _STYLE,
            "lastSuccessfulDeployment": _last(succeeded),
            "lastAttemptedDeployment": _last(deployments),
            "computePlatform": "Lambda",
        }
    )


def _last(deployments: list[Deployment]) -> dict[str, Any] | None:
    if not deployments:
        return None
    last = deployments[-1]
    return _present(
        {
            "deploymentId": last.deployment_id,
            "status": last.status,
            "endTime": _seconds(last.completed_ns),
            "createTime": _seconds(last.created_ns),
        }
    )


def _rollback(events: tuple[str, ...]) -> dict[str, Any]:
    return {"enabled": bool(events), "events": list(events)}


def deployment_info(deployment: Deployment) -> dict[str, Any]:
    """``DeploymentInfo``."""
    error = {"code": deployment.error_code, "message": deployment.error_message} if deployment.error_code else None
    rollback = {
        "rollbackDeploymentId": deployment.rollback_id,
        "rollbackTriggeringDeploymentId": deployment.rolls_back,
        "rollbackMessage": deployment.rollback_message,
    }
    counts = dict.fromkeys(("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Ready"), 0)
    counts[_target_status(deployment)] += 1
    return _present(
        {
            "applicationName": deployment.application,
            "deploymentGroupName": deployment.group,
            "deploymentConfigName": deployment.config.name,
            "deploymentId": deployment.deployment_id,
            "previousRevision": deployment.previous_revision,
            "revision": deployment.revision,
            "status": deployment.status,
            "errorInformation": error,
            "createTime": _seconds(deployment.created_ns),
            "startTime": _seconds(deployment.started_ns),
            "completeTime": _seconds(deployment.completed_ns),
            "deploymentOverview": counts,
            "description": deployment.description or None,
            "creator": deployment.creator,
            "ignoreApplicationStopFailures": False,
            "autoRollbackConfiguration": _rollback(deployment.rollback_events),
            "updateOutdatedInstancesOnly": False,
            "rollbackInfo": {name: value for name, value in rollback.items() if value} or None,
            "deploymentStyle": _STYLE,
            "instanceTerminationWaitTimeStarted": False,
            "fileExistsBehavior": "DISALLOW",
            "deploymentStatusMessages": [],
            "computePlatform": "Lambda",
        }
    )


def _target_status(deployment: Deployment) -> str:
    return {"Created": "Pending", "Stopped": "Failed"}.get(deployment.status, deployment.status)


def target_id(deployment: Deployment) -> str | None:
    """The one target's id, function and alias; None while the AppSpec file is unread."""
    spec = deployment.spec
    return f"{FunctionIdentifier.parse(spec.function, '', '').name}:{spec.alias}" if spec else None


def lambda_target(deployment: Deployment, account: str, region: str) -> dict[str, Any]:
    """``DeploymentTarget`` with its ``LambdaTarget``; the AppSpec file has been read."""
    spec = deployment.spec
    assert spec is not None
    name = FunctionIdentifier.parse(spec.function, account, region).name
    moments = [moment for event in deployment.events for moment in (event.started_ns, event.ended_ns) if moment]
    return {
        "deploymentTargetType": "LambdaTarget",
        "lambdaTarget": _present(
            {
                "deploymentId": deployment.deployment_id,
                "targetId": target_id(deployment),
                "targetArn": function_arn(account, region, name, spec.alias),
                "status": _target_status(deployment),
                "lastUpdatedAt": _seconds(max(moments, default=deployment.created_ns)),
                "lifecycleEvents": [_event(event) for event in deployment.events],
                "lambdaFunctionInfo": {
                    "functionName": name,
                    "functionAlias": spec.alias,
                    "currentVersion": spec.current_version,
                    "targetVersion": spec.target_version,
                    "targetVersionWeight": float(deployment.weight),
                },
            }
        ),
    }


def _event(event: LifecycleEvent) -> dict[str, Any]:
    diagnostics = None
    if event.status == "Failed":
        diagnostics = {"errorCode": "UnknownError", "scriptName": event.hook, "message": event.diagnosis, "logTail": ""}
    return _present(
        {
            "lifecycleEventName": event.name,
            "diagnostics": diagnostics,
            "startTime": _seconds(event.started_ns),
            "endTime": _seconds(event.ended_ns),
            "status": event.status,
        }
    )
