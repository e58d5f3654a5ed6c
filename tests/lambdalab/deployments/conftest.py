"""An alias ``live`` of a function with versions 1 and 2, and CodeDeploy to move it, all through boto3."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import lambdalab
from lambdalab.cloud import Cloud
from lambdalab.timeline import AliasRouted

APPLICATION, GROUP = "shop", "shop-live"
PERMISSIONS = ("lambda:GetAlias", "lambda:UpdateAlias", "lambda:InvokeFunction", "cloudwatch:DescribeAlarms")
HOOK = """
import boto3

def lambda_handler(event, context):
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="STATUS",
    )
"""


class Shop:
    """The cloud with its clients, and the short ways the tests take."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        no_retries = Config(retries={"total_max_attempts": 1})
        self.functions = boto3.client("lambda", config=no_retries)
        self.codedeploy = boto3.client("codedeploy", config=no_retries)
        self.iam = boto3.client("iam")
        self.role = self.make_role("deployer")
        self.function("shop", "def lambda_handler(event, context):\n    return 1\n")
        self.functions.publish_version(FunctionName="shop")
        self.publish(2)
        self.functions.create_alias(FunctionName="shop", Name="live", FunctionVersion="1")

    def make_role(self, name: str, actions: tuple[str, ...] = PERMISSIONS, service: str = "codedeploy") -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = {"Version": "2012-10-17", "Statement": [trust]}
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))["Role"]["Arn"]
        if actions:
            self.allow(name, actions)
        return str(arn)

    def allow(self, role: str, actions: tuple[str, ...]) -> None:
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
        self.iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=json.dumps(policy))

    def function(self, name: str, source: str) -> str:
        answer = self.functions.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Handler="lambda_function.lambda_handler",
            Role=self.cloud.execution_role,
            Timeout=30,
            Code={"ZipFile": lambdalab.deployment_package({"lambda_function.py": source})},
        )
        return str(answer["FunctionArn"])

    def hook(self, name: str, status: str = "Succeeded") -> str:
        self.function(name, HOOK.replace("STATUS", status))
        return name

    def publish(self, number: int) -> str:
        source = f"def lambda_handler(event, context):\n    return {number}\n"
        package = lambdalab.deployment_package({"lambda_function.py": source})
        self.functions.update_function_code(FunctionName="shop", ZipFile=package)
        return str(self.functions.publish_version(FunctionName="shop")["Version"])

    def group(self, config: str = "CodeDeployDefault.LambdaCanary10Percent5Minutes", **settings: Any) -> None:
        self.codedeploy.create_application(applicationName=APPLICATION, computePlatform="Lambda")
        self.codedeploy.create_deployment_group(
            applicationName=APPLICATION,
            deploymentGroupName=GROUP,
            deploymentConfigName=config,
            serviceRoleArn=settings.pop("serviceRoleArn", self.role),
            deploymentStyle={"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
            **settings,
        )

    def appspec(self, current: str = "1", target: str = "2", hooks: dict[str, str] | None = None) -> dict[str, Any]:
        properties = {"Name": "shop", "Alias": "live", "CurrentVersion": current, "TargetVersion": target}
        document: dict[str, Any] = {
            "version": 0.0,
            "Resources": [{"shop": {"Type": "AWS::Lambda::Function", "Properties": properties}}],
        }
        if hooks:
            document["Hooks"] = [{event: function} for event, function in hooks.items()]
        return document

    def revision(self, content: str) -> dict[str, Any]:
        digest = hashlib.sha256(content.encode()).hexdigest()
        return {"revisionType": "AppSpecContent", "appSpecContent": {"content": content, "sha256": digest}}

    def deploy(
        self, current: str = "1", target: str = "2", hooks: dict[str, str] | None = None, **settings: Any
    ) -> str:
        answer = self.codedeploy.create_deployment(
            applicationName=APPLICATION,
            deploymentGroupName=GROUP,
            revision=self.revision(json.dumps(self.appspec(current, target, hooks))),
            **settings,
        )
        return str(answer["deploymentId"])

    def info(self, deployment_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.codedeploy.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
        return answer

    def events(self, deployment_id: str) -> dict[str, str]:
        targets = self.codedeploy.list_deployment_targets(deploymentId=deployment_id)["targetIds"]
        target = self.codedeploy.get_deployment_target(deploymentId=deployment_id, targetId=targets[0])
        steps = target["deploymentTarget"]["lambdaTarget"]["lifecycleEvents"]
        return {step["lifecycleEventName"]: step["status"] for step in steps}

    @property
    def alias(self) -> tuple[str, dict[str, float]]:
        answer = self.functions.get_alias(FunctionName="shop", Name="live")
        return answer["FunctionVersion"], answer.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})

    def shifts(self, deployment_id: str) -> list[tuple[float, float]]:
        """Minutes after the first shift, and the fraction of version 2 from then on."""
        entries = self.cloud.timeline.where(deployment_id=deployment_id).of(AliasRouted)
        first = entries[0].at_ns
        return [
            ((e.at_ns - first) / 60e9, dict(e.additional_version_weights).get("2", float(e.function_version == "2")))
            for e in entries
        ]

    def refuse(self, operation: str, **parameters: Any) -> tuple[str, str]:
        """Code and message of the error the CodeDeploy operation must answer with."""
        with pytest.raises(ClientError) as caught:
            getattr(self.codedeploy, operation)(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]


@pytest.fixture
def shop() -> Iterator[Shop]:
    with lambdalab.start(seed=7) as cloud:
        yield Shop(cloud)


@pytest.fixture(scope="session")
def open_shop() -> Callable[[Cloud], Shop]:
    """As many of them as a test wants."""
    return Shop
