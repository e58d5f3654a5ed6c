"""Behaviours §13: what CodeDeploy refuses, at once or when the deployment starts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdalab.deployments.appspec import AppSpec, AppSpecFault, read_appspec

CONFIGURATION = "is missing or has an invalid configuration."
CREATE = {"applicationName": "shop", "deploymentGroupName": "shop-live"}


def failure(shop: Any, content: str) -> tuple[str, str, str]:
    """How a deployment of this AppSpec file ends."""
    answer = shop.codedeploy.create_deployment(**CREATE, revision=shop.revision(content))
    shop.cloud.run_until_idle()
    info = shop.info(answer["deploymentId"])
    return info["status"], info["errorInformation"]["code"], info["errorInformation"]["message"]


class TestAtOnce:
    def test_what_is_not_there(self, shop: Any) -> None:
        assert shop.refuse("create_deployment", applicationName="none", deploymentGroupName="g") == (
            "ApplicationDoesNotExistException",
            "No application found for name: none",
        )
        shop.group()
        assert shop.refuse("create_deployment", applicationName="shop", deploymentGroupName="none") == (
            "DeploymentGroupDoesNotExistException",
            "No Deployment Group found for name: none",
        )
        code, _ = shop.refuse("create_deployment", **CREATE)
        assert code == "RevisionRequiredException"
        revision = shop.revision(json.dumps(shop.appspec()))
        code, _ = shop.refuse("create_deployment", **CREATE, revision=revision, deploymentConfigName="none")
        assert code == "DeploymentConfigDoesNotExistException"
        code, _ = shop.refuse("get_deployment", deploymentId="d-000000000")
        assert code == "DeploymentDoesNotExistException"

    def test_a_hash_of_something_else(self, shop: Any) -> None:
        shop.group()
        revision = shop.revision("{}")
        revision["appSpecContent"]["content"] = "{ }"
        code, _ = shop.refuse("create_deployment", **CREATE, revision=revision)
        assert code == "InvalidRevisionException"

    @pytest.mark.parametrize(
        "revision",
        [
            {"revisionType": "Nonsense"},
            {"revisionType": "AppSpecContent"},
            {"revisionType": "S3", "s3Location": {"bucket": "b"}},
            {"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": "zip"}},
            {"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": "YAML"}},
        ],
    )
    def test_revisions_that_are_none(self, shop: Any, revision: dict[str, Any]) -> None:
        shop.group()
        code, _ = shop.refuse("create_deployment", **CREATE, revision=revision)
        assert code == "InvalidRevisionException"

    def test_one_deployment_of_a_group_at_a_time(self, shop: Any) -> None:
        shop.group()
        first = shop.deploy()
        revision = shop.revision(json.dumps(shop.appspec()))
        assert shop.refuse("create_deployment", **CREATE, revision=revision) == (
            "DeploymentLimitExceededException",
            f"The Deployment Group 'shop-live' already has an active Deployment '{first}'",
        )

    def test_names_once_only(self, shop: Any) -> None:
        shop.group()
        code, _ = shop.refuse("create_application", applicationName="shop", computePlatform="Lambda")
        assert code == "ApplicationAlreadyExistsException"
        code, _ = shop.refuse("create_deployment_group", **CREATE, serviceRoleArn=shop.role)
        assert code == "DeploymentGroupAlreadyExistsException"
        code, _ = shop.refuse("create_application", applicationName="a b", computePlatform="Lambda")
        assert code == "InvalidApplicationNameException"

    @pytest.mark.parametrize("which", ["absent", "stranger"])
    def test_a_service_role_codedeploy_cannot_assume(self, shop: Any, which: str) -> None:
        role = "arn:aws:iam::123456789012:role/none"
        if which == "stranger":
            role = shop.make_role("stranger", service="lambda")
        shop.codedeploy.create_application(applicationName="shop", computePlatform="Lambda")
        assert shop.refuse("create_deployment_group", **CREATE, serviceRoleArn=role) == (
            "InvalidRoleException",
            f"AWS CodeDeploy does not have the permissions required to assume the role {role}.",
        )

    @pytest.mark.parametrize(
        ("settings", "code"),
        [
            (
                {"alarmConfiguration": {"enabled": True, "alarms": [{"name": f"a{n}"} for n in range(11)]}},
                "AlarmsLimitExceededException",
            ),
            ({"alarmConfiguration": {"enabled": True, "alarms": []}}, "InvalidAlarmConfigException"),
            (
                {"alarmConfiguration": {"enabled": True, "alarms": [{"name": "a"}, {"name": "a"}]}},
                "InvalidAlarmConfigException",
            ),
            ({"autoRollbackConfiguration": {"enabled": True}}, "InvalidAutoRollbackConfigException"),
            (
                {"autoRollbackConfiguration": {"enabled": True, "events": ["NEVER"]}},
                "InvalidAutoRollbackConfigException",
            ),
            ({"deploymentStyle": {"deploymentType": "IN_PLACE"}}, "InvalidDeploymentStyleException"),
            ({"deploymentConfigName": "CodeDeployDefault.OneAtATime"}, "DeploymentConfigDoesNotExistException"),
        ],
    )
    def test_settings_of_a_group(self, shop: Any, settings: dict[str, Any], code: str) -> None:
        shop.codedeploy.create_application(applicationName="shop", computePlatform="Lambda")
        assert shop.refuse("create_deployment_group", **CREATE, serviceRoleArn=shop.role, **settings)[0] == code
        # AND likewise when a group is changed, which then stays as it was
        shop.codedeploy.create_deployment_group(**CREATE, serviceRoleArn=shop.role)
        before = shop.codedeploy.get_deployment_group(**CREATE)["deploymentGroupInfo"]
        names = {"applicationName": "shop", "currentDeploymentGroupName": "shop-live"}
        assert shop.refuse("update_deployment_group", **names, **settings)[0] == code
        assert shop.codedeploy.get_deployment_group(**CREATE)["deploymentGroupInfo"] == before

    def test_ten_alarms_are_not_too_many(self, shop: Any) -> None:
        shop.group(alarmConfiguration={"enabled": True, "alarms": [{"name": f"a{n}"} for n in range(10)]})
        info = shop.codedeploy.get_deployment_group(**CREATE)["deploymentGroupInfo"]
        assert len(info["alarmConfiguration"]["alarms"]) == 10

    @pytest.mark.parametrize(
        "routing",
        [
            {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 0, "canaryInterval": 5}},
            {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 100, "canaryInterval": 5}},
            {"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 10, "linearInterval": 0}},
            {"type": "TimeBasedLinear", "timeBasedCanary": {"canaryPercentage": 10, "canaryInterval": 5}},
            {"type": "Sometimes"},
        ],
    )
    def test_configurations_that_are_none(self, shop: Any, routing: dict[str, Any]) -> None:
        code, _ = shop.refuse(
            "create_deployment_config",
            deploymentConfigName="mine",
            computePlatform="Lambda",
            trafficRoutingConfig=routing,
        )
        assert code == "InvalidTrafficRoutingConfigurationException"

    def test_configurations_in_use_and_aws_s_own_stay(self, shop: Any) -> None:
        create = {"deploymentConfigName": "mine", "computePlatform": "Lambda"}
        shop.codedeploy.create_deployment_config(**create)
        assert shop.refuse("create_deployment_config", **create)[0] == "DeploymentConfigAlreadyExistsException"
        shop.group("mine")
        assert (
            shop.refuse("delete_deployment_config", deploymentConfigName="mine")[0] == "DeploymentConfigInUseException"
        )
        own = "CodeDeployDefault.LambdaAllAtOnce"
        assert shop.refuse("delete_deployment_config", deploymentConfigName=own)[0] == "InvalidOperationException"
        shop.codedeploy.delete_deployment_group(**CREATE)
        shop.codedeploy.delete_deployment_config(deploymentConfigName="mine")
        assert shop.refuse("get_deployment_config", deploymentConfigName="mine")[0].startswith(
            "DeploymentConfigDoesNot"
        )


class TestNotEmulated:
    @pytest.mark.parametrize("platform", ["Server", "ECS", None])
    def test_other_platforms(self, shop: Any, platform: str | None) -> None:
        extra = {"computePlatform": platform} if platform else {}
        code, message = shop.refuse("create_application", applicationName="other", **extra)
        assert code == "NotEmulatedException"
        assert platform or "Server" in message

    def test_parameters_and_operations_are_named(self, shop: Any) -> None:
        shop.group()
        code, message = shop.refuse(
            "update_deployment_group",
            applicationName="shop",
            currentDeploymentGroupName="shop-live",
            triggerConfigurations=[{"triggerName": "t"}],
        )
        assert code == "NotEmulatedException"
        assert "triggerConfigurations" in message
        code, message = shop.refuse("list_on_premises_instances")
        assert code == "NotEmulatedException"
        assert "ListOnPremisesInstances" in message

    def test_github(self, shop: Any) -> None:
        shop.group()
        revision = {"revisionType": "GitHub", "gitHubLocation": {"repository": "a/b", "commitId": "c"}}
        assert shop.refuse("create_deployment", **CREATE, revision=revision)[0] == "NotEmulatedException"


class TestWhenItStarts:
    def test_the_alias_must_stand_at_the_current_version(self, shop: Any) -> None:
        shop.group()
        status, code, message = failure(shop, json.dumps(shop.appspec("2", "1")))
        assert (status, code) == ("Failed", "INVALID_LAMBDA_CONFIGURATION")
        assert message.endswith(
            f"{CONFIGURATION} The Lambda function alias version does not match the current version in AppSpec file."
        )
        assert shop.alias == ("1", {})

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"Name": "nobody"}, "INVALID_LAMBDA_FUNCTION"),
            ({"Name": "no body"}, "INVALID_LAMBDA_FUNCTION"),
            ({"Alias": "none"}, "INVALID_LAMBDA_CONFIGURATION"),
            ({"TargetVersion": "9"}, "INVALID_LAMBDA_CONFIGURATION"),
            ({"TargetVersion": "1"}, "INVALID_LAMBDA_CONFIGURATION"),
            ({"TargetVersion": "$LATEST"}, "INVALID_LAMBDA_CONFIGURATION"),
            ({"TargetVersion": ""}, "INVALID_LAMBDA_CONFIGURATION"),
        ],
    )
    def test_what_the_file_names_must_be_there(self, shop: Any, change: dict[str, str], code: str) -> None:
        # GIVEN a group that would roll back
        shop.group(autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]})
        document = shop.appspec()
        document["Resources"][0]["shop"]["Properties"].update(change)
        # WHEN the deployment starts THEN it fails before it has touched anything, so that nothing is taken back
        assert failure(shop, json.dumps(document))[:2] == ("Failed", code)
        assert shop.alias == ("1", {})
        assert len(shop.codedeploy.list_deployments()["deployments"]) == 1

    @pytest.mark.parametrize("setting", ["Role", "DeadLetterConfig"])
    def test_both_versions_share_role_and_dead_letter_queue(self, shop: Any, setting: str) -> None:
        import boto3

        changed: dict[str, Any] = {"Role": shop.make_role("other", service="lambda")}
        if setting == "DeadLetterConfig":
            sqs = boto3.client("sqs")
            url = sqs.create_queue(QueueName="dead")["QueueUrl"]
            arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            changed = {"DeadLetterConfig": {"TargetArn": arn}}
        shop.functions.update_function_configuration(FunctionName="shop", **changed)
        assert shop.functions.publish_version(FunctionName="shop")["Version"] == "3"
        shop.group()
        assert failure(shop, json.dumps(shop.appspec("1", "3")))[1] == "INVALID_LAMBDA_CONFIGURATION"

    @pytest.mark.parametrize(("actions", "service"), [(("s3:*",), "AWSLambda"), (("lambda:GetAlias",), "AWSLambda")])
    def test_the_role_s_permissions(self, shop: Any, actions: tuple[str, ...], service: str) -> None:
        shop.allow("deployer", actions)
        shop.group()
        _, code, message = failure(shop, json.dumps(shop.appspec()))
        assert code == "IAM_ROLE_PERMISSIONS"
        assert service in message

    def test_a_role_that_has_gone(self, shop: Any) -> None:
        shop.group()
        shop.iam.delete_role_policy(RoleName="deployer", PolicyName="all")
        shop.iam.delete_role(RoleName="deployer")
        assert failure(shop, json.dumps(shop.appspec()))[1] == "IAM_ROLE_MISSING"

    def test_an_alias_deleted_on_the_way(self, shop: Any) -> None:
        shop.group()
        deployment = shop.deploy()
        shop.cloud.advance(minutes=1)
        shop.functions.delete_alias(FunctionName="shop", Name="live")
        shop.cloud.run_until_idle()
        assert shop.info(deployment)["errorInformation"]["code"] == "INVALID_LAMBDA_CONFIGURATION"

    def test_versions_under_traffic_cannot_be_deleted(self, shop: Any) -> None:
        shop.group()
        shop.deploy()
        shop.cloud.advance(minutes=1)
        with pytest.raises(shop.functions.exceptions.ResourceConflictException, match=r"reference it: \[live\]"):
            shop.functions.delete_function(FunctionName="shop", Qualifier="2")


PROPERTIES = {"Name": "f", "Alias": "a", "CurrentVersion": "1", "TargetVersion": "2"}


def spec(**changes: Any) -> str:
    resource = {"Type": "AWS::Lambda::Function", "Properties": PROPERTIES}
    return json.dumps({"version": "0.0", "Resources": [{"r": resource}]} | changes)


class TestAppSpec:
    def test_hooks_in_a_list_or_a_mapping(self) -> None:
        expected = AppSpec("f", "a", "1", "2", {"BeforeAllowTraffic": "b", "AfterAllowTraffic": "c"})
        both = {"BeforeAllowTraffic": "b", "AfterAllowTraffic": "c"}
        assert read_appspec(spec(Hooks=both)) == expected
        assert read_appspec(spec(Hooks=[{name: hook} for name, hook in both.items()])) == expected

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("", "neither a JSON nor a YAML mapping"),
            ("{", "cannot be read"),
            ("[1]", "neither a JSON nor a YAML mapping"),
            (spec(version="1.0"), "version of the AppSpec file must be 0.0"),
            (spec(Resources=[]), "exactly one Lambda function"),
            (spec(Resources=[1]), "list of mappings"),
            (spec(Resources=[{"r": {"Type": "AWS::ECS::Service"}}]), "type AWS::Lambda::Function"),
            (
                spec(Resources=[{"r": {"Type": "AWS::Lambda::Function"}}]),
                "lack Name, Alias, CurrentVersion, TargetVersion",
            ),
            (spec(Hooks=[{"AfterInstall": "f"}]), "AfterInstall is not one of"),
            (spec(Hooks=[{"BeforeAllowTraffic": 3}]), "must name one Lambda function"),
            (spec(Hooks=[{"BeforeAllowTraffic": "a"}, {"BeforeAllowTraffic": "b"}]), "must name one Lambda function"),
        ],
    )
    def test_files_that_are_none(self, content: str, said: str) -> None:
        with pytest.raises(AppSpecFault, match=said):
            read_appspec(content)
