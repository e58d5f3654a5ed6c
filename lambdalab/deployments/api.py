"""The CodeDeploy API: a JSON 1.1 request in, an answer out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botocore import xform_name

from lambdalab.deployments.application import DeploymentStore
from lambdalab.deployments.applications_api import ApplicationOperations
from lambdalab.deployments.deployments_api import DeploymentOperations
from lambdalab.deployments.refusal import CodeDeployRefusal
from lambdalab.deployments.surroundings import Surroundings
from lambdalab.errors import AwsError, NotEmulatedError

__all__ = ["CodeDeployAnswer", "CodeDeployApi"]

# The members of each emulated operation's request that are honoured. Any other is refused by name.
_GROUP = (
    "deploymentConfigName",
    "serviceRoleArn",
    "alarmConfiguration",
    "autoRollbackConfiguration",
    "deploymentStyle",
)
_OPERATIONS: dict[str, tuple[str, ...]] = {
    "CreateApplication": ("applicationName", "computePlatform"),
    "GetApplication": ("applicationName",),
    "ListApplications": (),
    "DeleteApplication": ("applicationName",),
    "CreateDeploymentGroup": ("applicationName", "deploymentGroupName", *_GROUP),
    "UpdateDeploymentGroup": ("applicationName", "currentDeploymentGroupName", "newDeploymentGroupName", *_GROUP),
    "GetDeploymentGroup": ("applicationName", "deploymentGroupName"),
    "ListDeploymentGroups": ("applicationName",),
    "DeleteDeploymentGroup": ("applicationName", "deploymentGroupName"),
    "CreateDeploymentConfig": ("deploymentConfigName", "computePlatform", "trafficRoutingConfig"),
    "GetDeploymentConfig": ("deploymentConfigName",),
    "ListDeploymentConfigs": (),
    "DeleteDeploymentConfig": ("deploymentConfigName",),
    "CreateDeployment": (
        "applicationName",
        "deploymentGroupName",
        "revision",
        "deploymentConfigName",
        "description",
        "autoRollbackConfiguration",
        "overrideAlarmConfiguration",
    ),
    "GetDeployment": ("deploymentId",),
    "BatchGetDeployments": ("deploymentIds",),
    "ListDeployments": ("applicationName", "deploymentGroupName", "includeOnlyStatuses", "createTimeRange"),
    "StopDeployment": ("deploymentId", "autoRollbackEnabled"),
    "PutLifecycleEventHookExecutionStatus": ("deploymentId", "lifecycleEventHookExecutionId", "status"),
    "ListDeploymentTargets": ("deploymentId",),
    "GetDeploymentTarget": ("deploymentId", "targetId"),
    "BatchGetDeploymentTargets": ("deploymentId", "targetIds"),
}


class CodeDeployAnswer(NamedTuple):
    """An answer as it travels."""

    status: int
    headers: dict[str, str]
    body: bytes


class CodeDeployApi:
    """Answers every request to ``https://codedeploy.<region>.amazonaws.com``."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._stores: dict[tuple[str, str], DeploymentStore] = {}
        resources = (ApplicationOperations(around), DeploymentOperations(around))
        self._handlers: dict[str, Callable[[DeploymentStore, dict[str, Any]], dict[str, Any]]] = {}
        for name in _OPERATIONS:
            method = xform_name(name)
            resource = next(one for one in resources if hasattr(one, method))
            self._handlers[name] = getattr(resource, method)

    def answer(self, account: str, region: str, headers: Mapping[str, str | bytes], body: bytes) -> CodeDeployAnswer:
        """Carry out a request for a caller of `account` in `region`.

        Errors of AWS come back as AWS's answers, what lambdalab does not emulate as 501.
        """
        target = headers.get("X-Amz-Target") or ""
        name = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        try:
            return self._written(200, self._carry_out(account, region, name, body))
        except AwsError as refusal:
            return self._written(refusal.http_status, {"__type": refusal.code, "message": refusal.message})
        except NotEmulatedError as refusal:
            return self._written(501, {"__type": "NotEmulatedException", "message": str(refusal)})

    def _carry_out(self, account: str, region: str, name: str, body: bytes) -> dict[str, Any]:
        if name not in _OPERATIONS:
            raise NotEmulatedError(f"{name} of CodeDeploy: lambdalab emulates {', '.join(sorted(_OPERATIONS))}")
        try:
            request = json.loads(body) if body.strip() else {}
        except ValueError:
            request = None
        if not isinstance(request, dict):
            raise CodeDeployRefusal("SerializationException", "The request is not a JSON object.")
        ignored = [member for member, value in request.items() if member not in _OPERATIONS[name] and value]
        if ignored:
            raise NotEmulatedError(f"{name} with {ignored[0]}: lambdalab does not emulate it for CodeDeploy")
        key = (account, region)
        if key not in self._stores:
            self._stores[key] = DeploymentStore(account, region)
        return self._handlers[name](self._stores[key], request)

    def _written(self, status: int, document: dict[str, Any]) -> CodeDeployAnswer:
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "x-amzn-RequestId": self._around.chance.uuid("API request id"),
        }
        return CodeDeployAnswer(status, headers, json.dumps(document).encode())
