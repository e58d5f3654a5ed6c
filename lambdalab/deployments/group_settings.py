"""The settings of a deployment group that requests carry: alarms, rollback, style, service role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdalab import quotas
from lambdalab.deployments.application import AlarmConfiguration
from lambdalab.deployments.deployment import ALARM, FAILURE, REQUEST
from lambdalab.deployments.refusal import CodeDeployRefusal
from lambdalab.deployments.surroundings import ServiceRoles

__all__ = ["check_role", "check_style", "read_alarms", "read_rollback"]


def read_alarms(given: Mapping[str, Any]) -> AlarmConfiguration:
    """``AlarmConfiguration`` of a request.

    Raises
    ------
    CodeDeployRefusal
        Too many alarms, one twice or without a name, or none although they are to be watched.
    """
    names = tuple(str(alarm.get("name") or "") for alarm in given.get("alarms") or ())
    if len(names) > quotas.CODEDEPLOY_ALARMS:
        raise CodeDeployRefusal(
            "AlarmsLimitExceededException",
            f"The maximum number of alarms for a deployment group ({quotas.CODEDEPLOY_ALARMS}) was exceeded.",
        )
    enabled = bool(given.get("enabled"))
    if "" in names or len(set(names)) < len(names) or (enabled and not names):
        raise CodeDeployRefusal(
            "InvalidAlarmConfigException",
            "The alarm configuration must name at least one alarm, each once, when it is enabled.",
        )
    return AlarmConfiguration(enabled, bool(given.get("ignorePollAlarmFailure")), names)


def read_rollback(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The events of an ``AutoRollbackConfiguration``; none when it is not enabled.

    Raises
    ------
    CodeDeployRefusal
        It is enabled without an event, or an event is none of AWS's.
    """
    events = tuple(given.get("events") or ())
    if any(event not in (FAILURE, ALARM, REQUEST) for event in events) or (given.get("enabled") and not events):
        raise CodeDeployRefusal(
            "InvalidAutoRollbackConfigException",
            f"An enabled automatic rollback needs events out of {FAILURE}, {ALARM} and {REQUEST}.",
        )
    return events if given.get("enabled") else ()


def check_style(given: Mapping[str, Any] | None) -> None:
    """Refuse a deployment style Lambda does not have. Without one, Lambda's own applies."""
    if given is None:
        return
    if given.get("deploymentType") != "BLUE_GREEN" or given.get("deploymentOption") != "WITH_TRAFFIC_CONTROL":
        raise CodeDeployRefusal(
            "InvalidDeploymentStyleException",
            "For the Lambda compute platform, deploymentType must be BLUE_GREEN and deploymentOption "
            "WITH_TRAFFIC_CONTROL.",
        )


def check_role(role_arn: str | None, roles: ServiceRoles) -> str:
    """The service role, if CodeDeploy may assume it."""
    if not role_arn:
        raise CodeDeployRefusal("RoleRequiredException", "The service role ARN is required.")
    if not roles.trusts(role_arn, "codedeploy.amazonaws.com"):
        raise CodeDeployRefusal(
            "InvalidRoleException",
            f"AWS CodeDeploy does not have the permissions required to assume the role {role_arn}.",
        )
    return role_arn
