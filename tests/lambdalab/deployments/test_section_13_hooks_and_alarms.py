"""Behaviours §13: validation functions, alarms and rollbacks."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

import lambdalab
from lambdalab.timeline import Attempt, EventAccepted, LifecycleEventChanged

ON_FAILURE = {"autoRollbackConfiguration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}}
ON_ALARM = {"autoRollbackConfiguration": {"enabled": True, "events": ["DEPLOYMENT_STOP_ON_ALARM"]}}
ALARMED = {"alarmConfiguration": {"enabled": True, "alarms": [{"name": "errors"}]}}


def alarm(state: str, name: str = "errors") -> None:
    client = boto3.client("cloudwatch")
    if not client.describe_alarms(AlarmNames=[name])["MetricAlarms"]:
        client.put_metric_alarm(
            AlarmName=name,
            MetricName="Errors",
            Namespace="AWS/Lambda",
            Period=60,
            EvaluationPeriods=1,
            Statistic="Sum",
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
        )
    client.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")


class TestHooks:
    def test_both_are_invoked_around_the_shift(self, shop: Any) -> None:
        # GIVEN two validation functions that report success
        shop.group()
        hooks = {"BeforeAllowTraffic": shop.hook("before"), "AfterAllowTraffic": shop.hook("after")}
        # WHEN version 2 is deployed
        deployment = shop.deploy(hooks=hooks)
        shop.cloud.run_until_idle()
        # THEN they ran, one before the first shift and one after the last
        assert shop.info(deployment)["status"] == "Succeeded"
        assert [attempt.function_name for attempt in shop.cloud.timeline.of(Attempt)] == ["before", "after"]
        events = shop.cloud.timeline.where(deployment_id=deployment).of(LifecycleEventChanged)
        assert [(event.lifecycle_event, event.lifecycle_status) for event in events] == [
            ("BeforeAllowTraffic", "InProgress"),
            ("BeforeAllowTraffic", "Succeeded"),
            ("AllowTraffic", "InProgress"),
            ("AllowTraffic", "Succeeded"),
            ("AfterAllowTraffic", "InProgress"),
            ("AfterAllowTraffic", "Succeeded"),
        ]

    def test_what_a_hook_is_given(self, shop: Any) -> None:
        shop.group()
        shop.function("before", "import json\ndef lambda_handler(event, context):\n    print(json.dumps(event))\n")
        deployment = shop.deploy(hooks={"BeforeAllowTraffic": "before"})
        shop.cloud.advance(seconds=5)
        lines = [line.text for line in shop.cloud.timeline if getattr(line, "text", "").startswith("{")]
        event = json.loads(lines[0])
        assert list(event) == ["DeploymentId", "LifecycleEventHookExecutionId"]
        assert event["DeploymentId"] == deployment
        accepted = shop.cloud.timeline.of(EventAccepted)[0]
        assert accepted.invocation_type == "Event"

    def test_a_failed_validation_before_leaves_the_traffic(self, shop: Any) -> None:
        shop.group()
        deployment = shop.deploy(hooks={"BeforeAllowTraffic": shop.hook("before", "Failed")})
        shop.cloud.run_until_idle()
        info = shop.info(deployment)
        assert (info["status"], info["errorInformation"]["code"]) == ("Failed", "HOOK_EXECUTION_FAILURE")
        assert shop.alias == ("1", {})
        assert shop.events(deployment) == {
            "BeforeAllowTraffic": "Failed",
            "AllowTraffic": "Skipped",
            "AfterAllowTraffic": "Skipped",
        }

    def test_a_failed_validation_after_rolls_back(self, shop: Any) -> None:
        shop.group(**ON_FAILURE)
        deployment = shop.deploy(hooks={"AfterAllowTraffic": shop.hook("after", "Failed")})
        shop.cloud.run_until_idle()
        assert shop.shifts(deployment) == [(0, 0.1), (5, 1.0)]
        assert shop.alias == ("1", {})
        info = shop.info(deployment)
        assert info["status"] == "Failed"
        assert shop.info(info["rollbackInfo"]["rollbackDeploymentId"])["status"] == "Succeeded"

    @pytest.mark.parametrize("source", ["pass", "raise ValueError('no')"])
    def test_a_hook_that_does_not_report_has_failed_after_an_hour(self, shop: Any, source: str) -> None:
        shop.group()
        shop.function("silent", f"def lambda_handler(event, context):\n    {source}\n")
        deployment = shop.deploy(hooks={"BeforeAllowTraffic": "silent"})
        shop.cloud.advance(minutes=59)
        assert shop.info(deployment)["status"] == "InProgress"
        shop.cloud.advance(minutes=2)
        info = shop.info(deployment)
        assert (info["status"], info["errorInformation"]["code"]) == ("Failed", "HOOK_EXECUTION_FAILURE")

    @pytest.mark.parametrize("why", ["missing", "malformed", "forbidden"])
    def test_a_hook_that_cannot_be_invoked_fails_at_once(self, shop: Any, why: str) -> None:
        shop.group()
        hook = "nobody" if why == "missing" else "no body"
        if why == "forbidden":
            hook = shop.hook("before")
            shop.allow("deployer", ("lambda:GetAlias", "lambda:UpdateAlias"))
        deployment = shop.deploy(hooks={"BeforeAllowTraffic": hook})
        shop.cloud.advance(seconds=5)
        info = shop.info(deployment)
        assert info["errorInformation"]["code"] == "HOOK_EXECUTION_FAILURE"
        words = {"missing": "Function not found", "malformed": "'no body'", "forbidden": "not authorized"}
        assert words[why] in info["errorInformation"]["message"]

    def test_reports_from_outside_and_those_that_are_refused(self, shop: Any) -> None:
        # GIVEN a hook that leaves the report to somebody else
        shop.group("CodeDeployDefault.LambdaAllAtOnce")
        shop.function(
            "silent", "def lambda_handler(event, context):\n    print(event['LifecycleEventHookExecutionId'])\n"
        )
        deployment = shop.deploy(hooks={"BeforeAllowTraffic": "silent"})
        shop.cloud.advance(seconds=5)
        printed = [getattr(entry, "text", "") for entry in shop.cloud.timeline]
        execution = next(text for text in printed if len(text) == 36)
        put = "put_lifecycle_event_hook_execution_status"
        report = {"deploymentId": deployment, "lifecycleEventHookExecutionId": execution}
        # WHEN it says nonsense THEN AWS says so
        code, _ = shop.refuse(put, **report, status="Skipped")
        assert code == "InvalidLifecycleEventHookExecutionStatusException"
        code, _ = shop.refuse(put, **(report | {"lifecycleEventHookExecutionId": "x"}), status="Succeeded")
        assert code == "InvalidLifecycleEventHookExecutionIdException"
        code, _ = shop.refuse(put, **(report | {"deploymentId": "d-000000000"}), status="Succeeded")
        assert code == "DeploymentDoesNotExistException"
        # WHEN it reports THEN the deployment goes on, and a second report comes too late
        answer = shop.codedeploy.put_lifecycle_event_hook_execution_status(**report, status="Succeeded")
        assert answer["lifecycleEventHookExecutionId"] == execution
        code, _ = shop.refuse(put, **report, status="Failed")
        assert code == "LifecycleEventAlreadyCompletedException"
        assert shop.info(deployment)["status"] == "Succeeded"


class TestAlarms:
    def test_an_alarm_stops_the_deployment_and_rolls_it_back(self, shop: Any) -> None:
        # GIVEN a canary under watch
        alarm("OK")
        shop.group(**ON_ALARM, **ALARMED)
        deployment = shop.deploy()
        shop.cloud.advance(minutes=2)
        assert shop.alias == ("1", {"2": 0.1})
        # WHEN the alarm rings
        alarm("ALARM")
        shop.cloud.advance(seconds=20)
        # THEN the deployment is stopped and the old version has everything again
        info = shop.info(deployment)
        assert (info["status"], info["errorInformation"]["code"]) == ("Stopped", "ALARM_ACTIVE")
        assert info["errorInformation"]["message"].endswith("Activated alarms: errors")
        assert shop.alias == ("1", {})
        # AND stays so
        shop.cloud.advance(hours=2)
        assert shop.alias == ("1", {})

    def test_without_a_rollback_the_canary_stays(self, shop: Any) -> None:
        alarm("OK")
        shop.group(**ALARMED)
        shop.deploy()
        shop.cloud.advance(minutes=2)
        alarm("ALARM")
        shop.cloud.advance(minutes=20)
        assert shop.alias == ("1", {"2": 0.1})

    def test_an_alarm_that_rings_already_stops_it_before_any_shift(self, shop: Any) -> None:
        alarm("ALARM")
        shop.group(**ALARMED)
        deployment = shop.deploy()
        shop.cloud.run_until_idle()
        assert shop.info(deployment)["status"] == "Stopped"
        assert shop.alias == ("1", {})

    @pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
    def test_other_states_do_not(self, shop: Any, state: str) -> None:
        alarm(state)
        shop.group(**ALARMED)
        deployment = shop.deploy()
        shop.cloud.run_until_idle()
        assert shop.info(deployment)["status"] == "Succeeded"

    def test_an_alarm_after_the_end_changes_nothing(self, shop: Any) -> None:
        alarm("OK")
        shop.group(**ON_ALARM, **ALARMED)
        deployment = shop.deploy()
        shop.cloud.run_until_idle()
        alarm("ALARM")
        shop.cloud.advance(hours=1)
        assert (shop.info(deployment)["status"], shop.alias) == ("Succeeded", ("2", {}))

    def test_a_group_s_alarms_can_be_switched_off_for_one_deployment(self, shop: Any) -> None:
        alarm("ALARM")
        shop.group(**ALARMED)
        deployment = shop.deploy(overrideAlarmConfiguration={"enabled": False})
        shop.cloud.run_until_idle()
        assert shop.info(deployment)["status"] == "Succeeded"

    @pytest.mark.parametrize(("ignore", "status"), [(False, "Failed"), (True, "Succeeded")])
    def test_a_role_that_may_not_look(self, shop: Any, ignore: bool, status: str) -> None:
        alarm("OK")
        shop.allow("deployer", ("lambda:*",))
        configuration = ALARMED["alarmConfiguration"] | {"ignorePollAlarmFailure": ignore}
        shop.group(alarmConfiguration=configuration)
        deployment = shop.deploy()
        shop.cloud.run_until_idle()
        assert shop.info(deployment)["status"] == status


def test_a_hook_in_a_process_of_its_own(open_shop: Any) -> None:
    with lambdalab.start(seed=7, executor="child-process") as cloud:
        shop = open_shop(cloud)
        shop.group()
        deployment = shop.deploy(hooks={"BeforeAllowTraffic": shop.hook("before")})
        cloud.run_until_idle()
        assert shop.info(deployment)["status"] == "Succeeded"
