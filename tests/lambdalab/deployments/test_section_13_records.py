"""Behaviours §13: what CodeDeploy keeps and lists."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

import lambdalab

GROUP = {"applicationName": "shop", "deploymentGroupName": "shop-live"}


def test_applications_are_made_shown_listed_and_deleted(shop: Any) -> None:
    client = shop.codedeploy
    made = client.create_application(applicationName="other", computePlatform="Lambda")["applicationId"]
    shop.group()
    application = client.get_application(applicationName="other")["application"]
    assert (application["applicationId"], application["computePlatform"]) == (made, "Lambda")
    assert client.list_applications()["applications"] == ["other", "shop"]
    client.delete_application(applicationName="other")
    client.delete_application(applicationName="other")
    assert shop.refuse("get_application", applicationName="other") == (
        "ApplicationDoesNotExistException",
        "No application found for name: other",
    )


def test_a_group_shows_what_it_was_given_and_its_last_deployments(shop: Any) -> None:
    # GIVEN a group whose first deployment succeeded and whose second was stopped
    shop.group(autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]})
    first = shop.deploy()
    shop.cloud.run_until_idle()
    second = shop.deploy("2", "1")
    shop.cloud.advance(minutes=1)
    shop.codedeploy.stop_deployment(deploymentId=second)
    # WHEN it is looked at
    info = shop.codedeploy.get_deployment_group(**GROUP)["deploymentGroupInfo"]
    # THEN it shows both, and its settings
    assert info["lastSuccessfulDeployment"]["deploymentId"] == first
    assert (info["lastAttemptedDeployment"]["deploymentId"], info["lastAttemptedDeployment"]["status"]) == (
        second,
        "Stopped",
    )
    assert info["autoRollbackConfiguration"] == {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    assert (info["serviceRoleArn"], info["computePlatform"]) == (shop.role, "Lambda")
    assert info["targetRevision"] == shop.revision(json.dumps(shop.appspec()))
    assert shop.info(second)["previousRevision"] == info["targetRevision"]


def test_a_group_is_changed_and_renamed_with_its_deployments(shop: Any) -> None:
    shop.group()
    deployment = shop.deploy()
    shop.cloud.run_until_idle()
    shop.codedeploy.update_deployment_group(
        applicationName="shop",
        currentDeploymentGroupName="shop-live",
        newDeploymentGroupName="shop-all",
        deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce",
        alarmConfiguration={"enabled": True, "alarms": [{"name": "errors"}]},
    )
    assert shop.codedeploy.list_deployment_groups(applicationName="shop")["deploymentGroups"] == ["shop-all"]
    info = shop.codedeploy.get_deployment_group(applicationName="shop", deploymentGroupName="shop-all")
    info = info["deploymentGroupInfo"]
    assert info["deploymentConfigName"] == "CodeDeployDefault.LambdaAllAtOnce"
    assert info["alarmConfiguration"]["alarms"] == [{"name": "errors"}]
    assert info["lastSuccessfulDeployment"]["deploymentId"] == deployment
    assert shop.info(deployment)["deploymentGroupName"] == "shop-all"


def test_deployments_are_listed_newest_first_and_filtered(shop: Any) -> None:
    shop.group()
    first = shop.deploy()
    shop.cloud.run_until_idle()
    between = shop.cloud.now
    shop.cloud.advance(minutes=1)
    second = shop.deploy("2", "1")
    listed = shop.codedeploy.list_deployments
    assert listed()["deployments"] == listed(**GROUP)["deployments"] == [second, first]
    assert listed(includeOnlyStatuses=["Succeeded"])["deployments"] == [first]
    assert listed(createTimeRange={"start": between})["deployments"] == [second]
    assert listed(createTimeRange={"end": between})["deployments"] == [first]
    both = shop.codedeploy.batch_get_deployments(deploymentIds=[first, "d-000000000"])["deploymentsInfo"]
    assert [info["deploymentId"] for info in both] == [first]


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({"deploymentGroupName": "shop-live"}, "ApplicationNameRequiredException"),
        ({"applicationName": "shop"}, "DeploymentGroupNameRequiredException"),
        ({"applicationName": "none", "deploymentGroupName": "g"}, "ApplicationDoesNotExistException"),
        ({"includeOnlyStatuses": ["Resting"]}, "InvalidDeploymentStatusException"),
        ({"createTimeRange": {"start": 2, "end": 1}}, "InvalidTimeRangeException"),
    ],
)
def test_filters_that_are_none(shop: Any, filters: dict[str, Any], code: str) -> None:
    assert shop.refuse("list_deployments", **filters)[0] == code


def test_botocore_s_waiter_waits_in_virtual_time(shop: Any) -> None:
    shop.group()
    deployment = shop.deploy()
    before = shop.cloud.now
    shop.codedeploy.get_waiter("deployment_successful").wait(deploymentId=deployment)
    assert 300 <= (shop.cloud.now - before).total_seconds() < 330


def test_regions_have_their_own(shop: Any) -> None:
    shop.group()
    assert boto3.client("codedeploy", region_name="eu-west-1").list_applications()["applications"] == []


def test_a_new_cloud_knows_nothing_of_the_last() -> None:
    for _ in range(2):
        with lambdalab.start():
            boto3.client("codedeploy").create_application(applicationName="a", computePlatform="Lambda")
