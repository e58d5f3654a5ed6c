"""A deployment on its way: validation, hooks, traffic in steps, alarms, and the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from lambdalab import quotas
from lambdalab.clock import MINUTE, SECOND, Timer
from lambdalab.deployments.application import AlarmConfiguration, DeploymentGroup
from lambdalab.deployments.appspec import AppSpec, AppSpecFault, read_appspec
from lambdalab.deployments.deployment import ALARM, FAILURE, REQUEST, Deployment, LifecycleEvent, Status
from lambdalab.deployments.surroundings import Surroundings
from lambdalab.errors import AwsError
from lambdalab.functions.function import Alias, Function
from lambdalab.functions.identifier import FunctionIdentifier
from lambdalab.functions.weights import check_target, check_weights
from lambdalab.timeline import AliasRouted, DeploymentStatusChanged, LifecycleEventChanged

__all__ = ["ALARM_POLL_NS", "START_NS", "Rollout"]

START_NS = SECOND
"""How long a deployment stays Created. A modelling choice: AWS takes a few seconds."""
ALARM_POLL_NS = 10 * SECOND
"""How often CloudWatch is asked for the alarms. A modelling choice: AWS publishes no figure."""
_INVALID = (
    "The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration "
    "is missing or has an invalid configuration."
)


class _Failure(Exception):
    """The deployment cannot go on: code and words of its ``errorInformation``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


class Rollout:
    """Carries one deployment out, timer by timer.

    Parameters
    ----------
    account, region
        Where.
    roll_back
        Makes the deployment that takes this one back.
    content
        Text of the AppSpec file.
    """

    def __init__(
        self,
        around: Surroundings,
        account: str,
        region: str,
        group: DeploymentGroup,
        alarms: AlarmConfiguration,
        deployment: Deployment,
        content: str,
        roll_back: Callable[[Deployment, str], None],
    ) -> None:
        self._around = around
        self._account, self._region = account, region
        self._group = group
        self._alarms = alarms
        self.deployment = deployment
        self._content = content
        self._roll_back = roll_back
        self._timers: list[Timer] = []
        self._hook_deadline: Timer | None = None

    # -- from outside -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start in a moment."""
        self._record_status()
        self._later(START_NS, self._start, "starts")

    def report(self, event: LifecycleEvent, succeeded: bool) -> None:
        """A hook reports. It runs inside its handler; the deployment goes on when that has returned."""
        if self._hook_deadline is not None:
            self._hook_deadline.cancel()
        self._end_event(event, succeeded, None if succeeded else "The validation function reported Failed.")
        self._later(0, self._after_report(event, succeeded), "goes on")

    def stop(self, roll_back: bool | None) -> bool:
        """End it on request; whether it is rolled back. None leaves that to the group."""
        wanted = REQUEST in self.deployment.rollback_events if roll_back is None else roll_back
        self._finish("Stopped", "MANUAL_STOP", "The deployment was stopped on request.", wanted)
        return wanted

    # -- its way ------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        deployment = self.deployment
        deployment.status, deployment.started_ns = "InProgress", self._now
        self._record_status()
        self._check_role()
        spec = self._read_spec()
        if deployment.rolls_back:
            deployment.spec = replace(
                spec, current_version=spec.target_version, target_version=spec.current_version, hooks={}
            )
            self._go_back()
            return
        self._validate(spec)
        deployment.spec = spec
        for name, hook in spec.hooks.items():
            deployment.event(name).hook = hook
        self._check_alarms()
        if self._watched:
            self._watch()
        self._hook("BeforeAllowTraffic")

    def _hook(self, name: str) -> None:
        event = self.deployment.event(name)
        self._begin_event(event)
        if not event.hook:
            self._end_event(event, True)
            self._pass(event)
            return
        event.execution_id = self._around.chance.uuid("lifecycle event hook execution id")
        role = self._group.service_role
        try:
            named = FunctionIdentifier.parse(event.hook, self._account, self._region)
            function = self._around.stores(named.account, named.region).get(named.name, named.qualifier)
        except AwsError as refusal:
            raise self._hook_failure(event, refusal.message) from None
        if not self._around.roles.allows(role, "lambda:InvokeFunction", named.qualified_arn):
            raise self._hook_failure(
                event,
                f"{role} is not authorized to perform: lambda:InvokeFunction on resource: {named.qualified_arn}",
            )
        payload = {
            "DeploymentId": self.deployment.deployment_id,
            "LifecycleEventHookExecutionId": event.execution_id,
        }
        limit_ns = quotas.CODEDEPLOY_HOOK_TIMEOUT * SECOND
        self._hook_deadline = self._later(limit_ns, lambda: self._time_out(event), "gives its hook up")
        self._around.enqueue(function, named.qualifier, json.dumps(payload).encode())

    def _time_out(self, event: LifecycleEvent) -> None:
        limit = quotas.CODEDEPLOY_HOOK_TIMEOUT // 60
        raise self._hook_failure(event, f"The validation function did not report within {limit} minutes.")

    def _after_report(self, event: LifecycleEvent, succeeded: bool) -> Callable[[], None]:
        def go_on() -> None:
            if not succeeded:
                raise self._hook_failure(event, event.diagnosis or "")
            self._pass(event)

        return go_on

    def _pass(self, event: LifecycleEvent) -> None:
        if event.name == "BeforeAllowTraffic":
            self._begin_event(self.deployment.event("AllowTraffic"))
            self._shift(0)
        else:
            self._finish("Succeeded")

    def _shift(self, step: int) -> None:
        """Step number `step`, and a timer for the next."""
        self._check_alarms()
        steps = self.deployment.config.steps
        minute, percentage = steps[step]
        self._route(percentage)
        if step + 1 < len(steps):
            pause = (steps[step + 1][0] - minute) * MINUTE
            self._later(pause, lambda: self._shift(step + 1), f"shifts traffic to {steps[step + 1][1]} %")
            return
        self._end_event(self.deployment.event("AllowTraffic"), True)
        self._hook("AfterAllowTraffic")

    def _go_back(self) -> None:
        for event in self.deployment.events:
            self._begin_event(event)
            if event.name == "AllowTraffic":
                self._route(100)
            self._end_event(event, True)
        self._finish("Succeeded")

    # -- the alias ----------------------------------------------------------------------------------------------

    def _target(self, spec: AppSpec) -> tuple[Function, Alias]:
        try:
            named = FunctionIdentifier.parse(spec.function, self._account, self._region)
            function = self._around.stores(self._account, self._region).get(named.name)
        except AwsError:
            raise _Failure(
                "INVALID_LAMBDA_FUNCTION",
                f"The deployment failed because the Lambda function {spec.function} could not be found.",
            ) from None
        if spec.alias not in function.aliases:
            raise _Failure(
                "INVALID_LAMBDA_CONFIGURATION", f"{_INVALID} The Lambda function alias {spec.alias} could not be found."
            )
        return function, function.aliases[spec.alias]

    def _validate(self, spec: AppSpec) -> None:
        function, alias = self._target(spec)
        if alias.function_version != spec.current_version:
            raise _Failure(
                "INVALID_LAMBDA_CONFIGURATION",
                f"{_INVALID} The Lambda function alias version does not match the current version in AppSpec file.",
            )
        try:
            if spec.target_version == spec.current_version:
                raise _Failure("INVALID_LAMBDA_CONFIGURATION", _INVALID)
            check_target(function, spec.target_version)
            check_weights(function, spec.current_version, {spec.target_version: 0.0})
        except AwsError as refusal:
            raise _Failure("INVALID_LAMBDA_CONFIGURATION", f"{_INVALID} {refusal.message}") from None

    def _route(self, percentage: int) -> None:
        """Give the target version its share, as UpdateAlias would."""
        deployment, around = self.deployment, self._around
        spec = deployment.spec
        assert spec is not None
        function, alias = self._target(spec)
        main, weights = spec.target_version, {}
        if percentage < 100:
            main, weights = spec.current_version, {spec.target_version: percentage / 100}
        try:
            check_target(function, main)
            check_weights(function, main, weights)
        except AwsError as refusal:
            raise _Failure("INVALID_LAMBDA_CONFIGURATION", f"{_INVALID} {refusal.message}") from None
        deployment.weight = percentage
        if (alias.function_version, alias.additional_version_weights) == (main, weights):
            return
        alias.function_version, alias.additional_version_weights = main, weights
        alias.revision_id = around.chance.uuid("revision id")
        around.timeline.record(
            AliasRouted(
                self._now, function.arn, alias.name, main, tuple(weights.items()), self.deployment.deployment_id
            )
        )

    def _read_spec(self) -> AppSpec:
        try:
            return read_appspec(self._content)
        except AppSpecFault as fault:
            raise _Failure("INVALID_LAMBDA_CONFIGURATION", f"{_INVALID} {fault}") from None

    # -- permissions and alarms -----------------------------------------------------------------------------------

    def _check_role(self) -> None:
        role, roles = self._group.service_role, self._around.roles
        if not roles.trusts(role, "codedeploy.amazonaws.com"):
            raise _Failure("IAM_ROLE_MISSING", f"The IAM role {role} could not be found or assumed by AWS CodeDeploy.")
        everywhere = f"arn:aws:lambda:{self._region}:{self._account}:function:*"
        try:
            spec = read_appspec(self._content)
            named = FunctionIdentifier.parse(spec.function, self._account, self._region)
            everywhere = named.arn
        except (AppSpecFault, AwsError):
            pass  # said in a moment, when the file is read for its own sake
        for action in ("lambda:GetAlias", "lambda:UpdateAlias"):
            if not roles.allows(role, action, everywhere):
                raise _Failure(
                    "IAM_ROLE_PERMISSIONS",
                    f"The IAM role {role} does not give you permission to perform operations in the following "
                    "AWS service: AWSLambda. Contact your AWS administrator if you need help.",
                )

    @property
    def _watched(self) -> bool:
        return self._alarms.enabled and bool(self._alarms.alarms)

    def _watch(self) -> None:
        def look() -> None:
            self._check_alarms()
            self._watch()

        self._later(ALARM_POLL_NS, look, "looks at its alarms", recurring=True)

    def _check_alarms(self) -> None:
        if not self._watched or not self.deployment.active:
            return
        role = self._group.service_role
        place = f"arn:aws:cloudwatch:{self._region}:{self._account}:alarm:*"
        if not self._around.roles.allows(role, "cloudwatch:DescribeAlarms", place):
            if self._alarms.ignore_poll_alarm_failure:
                return
            raise _Failure(
                "IAM_ROLE_PERMISSIONS",
                f"The IAM role {role} does not give you permission to perform operations in the following "
                "AWS service: AmazonCloudWatch. Contact your AWS administrator if you need help.",
            )
        state = self._around.alarms.state
        ringing = [name for name in self._alarms.alarms if state(self._account, self._region, name) == "ALARM"]
        if ringing:
            raise _Failure(
                "ALARM_ACTIVE",
                "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and "
                f"the affected deployments have been stopped. Activated alarms: {', '.join(ringing)}",
            )

    # -- bookkeeping --------------------------------------------------------------------------------------------

    @property
    def _now(self) -> int:
        return self._around.clock.time_ns

    @property
    def _arn(self) -> str:
        spec = self.deployment.spec
        return FunctionIdentifier.parse(spec.function, self._account, self._region).arn if spec else ""

    def _later(self, after_ns: int, action: Callable[[], None], what: str, recurring: bool = False) -> Timer:
        def act() -> None:
            if not self.deployment.active:
                return
            try:
                action()
            except _Failure as failure:
                alarm = failure.code == "ALARM_ACTIVE"
                roll_back = (ALARM if alarm else FAILURE) in self.deployment.rollback_events
                self._finish("Stopped" if alarm else "Failed", failure.code, failure.message, roll_back)

        label = f"deployment {self.deployment.deployment_id} {what}"
        self._timers = [timer for timer in self._timers if timer.state == "waiting"]
        timer = self._around.scheduler.after(after_ns, act, label, recurring)
        self._timers.append(timer)
        return timer

    def _finish(self, status: Status, code: str = "", message: str = "", roll_back: bool = False) -> None:
        deployment = self.deployment
        for timer in self._timers:
            timer.cancel()
        deployment.status, deployment.completed_ns = status, self._now
        deployment.error_code, deployment.error_message = code, message
        for event in deployment.events:
            if event.status == "InProgress":
                self._end_event(event, False, message)
            elif event.status == "Pending":
                event.status = "Skipped"
        self._record_status()
        # Nothing was done before the AppSpec file was found right, and a rollback is not itself taken back.
        if roll_back and deployment.spec is not None and not deployment.rolls_back:
            self._roll_back(deployment, message)

    def _begin_event(self, event: LifecycleEvent) -> None:
        event.status, event.started_ns = "InProgress", self._now
        self._record_event(event)

    def _end_event(self, event: LifecycleEvent, succeeded: bool, diagnosis: str | None = None) -> None:
        event.status, event.ended_ns = "Succeeded" if succeeded else "Failed", self._now
        event.diagnosis = diagnosis
        self._record_event(event)

    def _record_event(self, event: LifecycleEvent) -> None:
        deployment_id = self.deployment.deployment_id
        self._around.timeline.record(
            LifecycleEventChanged(self._now, self._arn, deployment_id, event.name, event.status, event.hook)
        )

    def _record_status(self) -> None:
        deployment = self.deployment
        self._around.timeline.record(
            DeploymentStatusChanged(
                self._now,
                self._arn,
                deployment.deployment_id,
                deployment.status,
                deployment.error_code,
                deployment.error_message,
            )
        )

    def _hook_failure(self, event: LifecycleEvent, why: str) -> _Failure:
        if event.status == "InProgress":
            self._end_event(event, False, why)
        return _Failure(
            "HOOK_EXECUTION_FAILURE",
            "The deployment failed because one or more of the lifecycle event validation functions failed: "
            f"{event.name} ({event.hook}). {why}",
        )
