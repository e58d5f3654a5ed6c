"""CodeDeploy's operations on deployments, their targets and their hooks."""

from __future__ import annotations

import string
from typing import Any

from lambdalab.clock import SECOND
from lambdalab.deployments.answers import deployment_info, lambda_target, target_id
from lambdalab.deployments.application import AlarmConfiguration, DeploymentGroup, DeploymentStore
from lambdalab.deployments.applications_api import required
from lambdalab.deployments.deployment import Deployment
from lambdalab.deployments.deployment_config import PREDEFINED
from lambdalab.deployments.group_settings import read_alarms, read_rollback
from lambdalab.deployments.refusal import CodeDeployRefusal
from lambdalab.deployments.revision import content_of
from lambdalab.deployments.rollout import Rollout
from lambdalab.deployments.surroundings import Surroundings

__all__ = ["DeploymentOperations"]

Request = dict[str, Any]
_LETTERS = string.ascii_uppercase + string.digits
_STATUSES = frozenset(("Created", "Queued", "InProgress", "Baking", "Succeeded", "Failed", "Stopped", "Ready"))
_ALL_AT_ONCE = PREDEFINED["CodeDeployDefault.LambdaAllAtOnce"]


class DeploymentOperations:
    """Each method answers the operation of its name."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._rollouts: dict[str, Rollout] = {}

    def create_deployment(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """A new deployment; it starts in a moment."""
        application = store.application(required(request, "applicationName", "Application"))
        group = store.group(application.name, required(request, "deploymentGroupName", "DeploymentGroup"))
        content = content_of(request.get("revision"), self._around.objects, store.account, store.region)
        config = store.config(request.get("deploymentConfigName") or group.config)
        rollback_events = group.rollback_events
        if request.get("autoRollbackConfiguration") is not None:
            rollback_events = read_rollback(request["autoRollbackConfiguration"])
        alarms = group.alarms
        if request.get("overrideAlarmConfiguration") is not None:
            alarms = read_alarms(request["overrideAlarmConfiguration"])
        earlier = store.deployments_of(application.name, group.name)
        if running := [one for one in earlier if one.active]:
            raise CodeDeployRefusal(
                "DeploymentLimitExceededException",
                f"The Deployment Group '{group.name}' already has an active Deployment '{running[-1].deployment_id}'",
            )
        succeeded = [one for one in earlier if one.status == "Succeeded"]
        deployment = Deployment(
            deployment_id=self._new_id(),
            application=application.name,
            group=group.name,
            config=config,
            revision=request["revision"],
            created_ns=self._around.clock.time_ns,
            description=request.get("description") or "",
            rollback_events=rollback_events,
            previous_revision=succeeded[-1].revision if succeeded else None,
        )
        self._begin(store, group, alarms, deployment, content)
        return {"deploymentId": deployment.deployment_id}

    def get_deployment(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """One deployment."""
        return {"deploymentInfo": deployment_info(self._deployment(store, request))}

    def batch_get_deployments(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """Those of the deployments asked for that exist."""
        wanted = request.get("deploymentIds") or ()
        return {
            "deploymentsInfo": [deployment_info(store.deployments[one]) for one in wanted if one in store.deployments]
        }

    def list_deployments(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """Ids, newest first, on one page."""
        application, group = request.get("applicationName"), request.get("deploymentGroupName")
        if group and not application:
            raise CodeDeployRefusal("ApplicationNameRequiredException", "applicationName is required.")
        if application and not group:
            raise CodeDeployRefusal("DeploymentGroupNameRequiredException", "deploymentGroupName is required.")
        found = list(store.deployments.values())
        if application and group:
            store.group(application, group)
            found = store.deployments_of(application, group)
        if statuses := request.get("includeOnlyStatuses"):
            if unknown := set(statuses) - _STATUSES:
                raise CodeDeployRefusal("InvalidDeploymentStatusException", f"No such status: {sorted(unknown)[0]}")
            found = [one for one in found if one.status in statuses]
        span = request.get("createTimeRange") or {}
        start, end = span.get("start"), span.get("end")
        if start is not None and end is not None and start > end:
            raise CodeDeployRefusal("InvalidTimeRangeException", "The start time must be earlier than the end time.")
        found = [
            one
            for one in found
            if (start is None or one.created_ns / SECOND >= start) and (end is None or one.created_ns / SECOND <= end)
        ]
        return {"deployments": [one.deployment_id for one in reversed(found)]}

    def stop_deployment(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """End a deployment, with or without a rollback."""
        deployment = self._deployment(store, request)
        if not deployment.active:
            raise CodeDeployRefusal(
                "DeploymentAlreadyCompletedException",
                f"The deployment {deployment.deployment_id} has already completed",
            )
        rolls_back = self._rollouts[deployment.deployment_id].stop(request.get("autoRollbackEnabled"))
        if rolls_back and deployment.rollback_id:
            return {"status": "Pending", "statusMessage": f"Deployment {deployment.rollback_id} rolls it back."}
        return {"status": "Succeeded", "statusMessage": "No more traffic will be shifted."}

    def put_lifecycle_event_hook_execution_status(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """What a validation function found."""
        deployment = self._deployment(store, request)
        status, execution_id = request.get("status"), request.get("lifecycleEventHookExecutionId")
        if status not in ("Succeeded", "Failed"):
            raise CodeDeployRefusal(
                "InvalidLifecycleEventHookExecutionStatusException",
                f"The status of a lifecycle event hook is Succeeded or Failed, not {status}.",
            )
        event = next((one for one in deployment.events if execution_id and one.execution_id == execution_id), None)
        if event is None:
            raise CodeDeployRefusal(
                "InvalidLifecycleEventHookExecutionIdException",
                f"The lifecycle event hook execution {execution_id} could not be found.",
            )
        if event.status != "InProgress" or not deployment.active:
            raise CodeDeployRefusal(
                "LifecycleEventAlreadyCompletedException", f"The lifecycle event {event.name} has already completed."
            )
        self._rollouts[deployment.deployment_id].report(event, status == "Succeeded")
        return {"lifecycleEventHookExecutionId": execution_id}

    def list_deployment_targets(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """The one target of a deployment."""
        deployment = self._deployment(store, request)
        target = target_id(deployment)
        return {"targetIds": [target] if target else []}

    def get_deployment_target(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """The target: versions, weight, lifecycle events."""
        deployment, wanted = self._deployment(store, request), request.get("targetId")
        if wanted is None or wanted != target_id(deployment):
            raise CodeDeployRefusal(
                "DeploymentTargetDoesNotExistException",
                f"The deployment {deployment.deployment_id} has no target {wanted}.",
            )
        return {"deploymentTarget": lambda_target(deployment, store.account, store.region)}

    def batch_get_deployment_targets(self, store: DeploymentStore, request: Request) -> dict[str, Any]:
        """Those of the targets asked for that the deployment has."""
        deployment = self._deployment(store, request)
        there = target_id(deployment) in (request.get("targetIds") or ())
        return {"deploymentTargets": [lambda_target(deployment, store.account, store.region)] if there else []}

    def _deployment(self, store: DeploymentStore, request: Request) -> Deployment:
        if not request.get("deploymentId"):
            raise CodeDeployRefusal("DeploymentIdRequiredException", "deploymentId is required.")
        return store.deployment(request["deploymentId"])

    def _begin(
        self,
        store: DeploymentStore,
        group: DeploymentGroup,
        alarms: AlarmConfiguration,
        deployment: Deployment,
        content: str,
    ) -> None:
        def roll_back(failed: Deployment, why: str) -> None:
            back = Deployment(
                deployment_id=self._new_id(),
                application=failed.application,
                group=failed.group,
                config=_ALL_AT_ONCE,
                revision=failed.revision,
                created_ns=self._around.clock.time_ns,
                description=f"Rolls back {failed.deployment_id}",
                creator="codeDeployRollback",
                rolls_back=failed.deployment_id,
                previous_revision=failed.previous_revision,
            )
            failed.rollback_id, failed.rollback_message = back.deployment_id, why
            self._begin(store, group, AlarmConfiguration(), back, content)

        store.deployments[deployment.deployment_id] = deployment
        rollout = Rollout(self._around, store.account, store.region, group, alarms, deployment, content, roll_back)
        self._rollouts[deployment.deployment_id] = rollout
        rollout.begin()

    def _new_id(self) -> str:
        generator = self._around.chance.generator("deployment id")
        return "d-" + "".join(generator.choice(_LETTERS) for _ in range(9))
