"""VpcConfig: AWS's refusals, states, and the network interfaces that come of it."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import lambdalab
from tests.lambdalab.network.conftest import Site


def interfaces(site: Site) -> list[dict[str, Any]]:
    found = site.ec2.describe_network_interfaces()["NetworkInterfaces"]
    return [one for one in found if one["InterfaceType"] == "lambda"]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"SubnetIds": ["subnet-00000000000000000"]}, "The subnet ID 'subnet-00000000000000000' does not exist"),
        ({"SecurityGroupIds": ["sg-00000000000000000"]}, "The security group 'sg-00000000000000000' does not exist"),
        ({"SecurityGroupIds": []}, "SubnetIds and SecurityIds must coexist or be both empty list."),
    ],
)
def test_what_does_not_exist_is_refused_in_the_words_of_aws(site: Site, config: dict[str, Any], words: str) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValueException") as refusal:
        site.function("caller", [site.private], **config)
    assert words in refusal.value.response["Error"]["Message"]
    assert interfaces(site) == []


def test_a_group_of_another_vpc_is_refused(site: Site) -> None:
    other = site.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    group = site.ec2.create_security_group(GroupName="other", Description="d", VpcId=other)["GroupId"]
    with pytest.raises(ClientError, match=group):
        site.function("caller", [site.private], SecurityGroupIds=[group])


def test_more_subnets_and_groups_than_lambda_takes_are_refused(site: Site) -> None:
    with pytest.raises(ClientError, match="less than or equal to 16"):
        site.function("caller", [site.private] * 17)
    with pytest.raises(ClientError, match="less than or equal to 5"):
        site.function("caller", [site.private], SecurityGroupIds=[site.group] * 6)


def test_the_role_must_be_allowed_to_make_interfaces(site: Site) -> None:
    iam = boto3.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="poor", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    site.function("caller", [])
    with pytest.raises(ClientError) as refusal:
        site.lambda_.update_function_configuration(
            FunctionName="caller",
            Role=role,
            VpcConfig={"SubnetIds": [site.private], "SecurityGroupIds": [site.group]},
        )
    words = "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"
    assert refusal.value.response["Error"]["Message"] == words


def test_pending_until_the_interface_is_made_and_shared_by_all_that_name_it(site: Site) -> None:
    # GIVEN a function just created in a VPC
    code = lambdalab.deployment_package({"app.py": "def handler(event, context): return 1"})
    config = {"SubnetIds": [site.private], "SecurityGroupIds": [site.group]}
    common = {"Runtime": "python3.12", "Handler": "app.handler", "Role": site.cloud.execution_role}
    site.lambda_.create_function(FunctionName="one", Code={"ZipFile": code}, VpcConfig=config, **common)
    # THEN it is Pending and cannot be invoked until the waiter returns
    with pytest.raises(ClientError, match="ResourceConflictException"):
        site.lambda_.invoke(FunctionName="one")
    site.lambda_.get_waiter("function_active_v2").wait(FunctionName="one")
    assert site.lambda_.invoke(FunctionName="one")["StatusCode"] == 200
    answer = site.lambda_.get_function_configuration(FunctionName="one")["VpcConfig"]
    assert answer == {**config, "VpcId": site.vpc, "Ipv6AllowedForDualStack": False}
    # WHEN another names the same subnet and groups it shares the interface, and is Active at once
    site.lambda_.create_function(FunctionName="two", Code={"ZipFile": code}, VpcConfig=config, **common)
    assert site.lambda_.get_function_configuration(FunctionName="two")["State"] == "Active"
    (shared,) = interfaces(site)
    assert shared["Description"].startswith("AWS Lambda VPC ENI-one-")
    assert shared["SubnetId"] == site.private
    # WHEN one leaves the VPC and the other is deleted the interface goes within twenty minutes
    detached = site.lambda_.update_function_configuration(
        FunctionName="one", VpcConfig={"SubnetIds": [], "SecurityGroupIds": []}
    )
    assert detached["VpcConfig"]["VpcId"] == ""
    site.cloud.advance(minutes=30)
    assert len(interfaces(site)) == 1
    site.lambda_.delete_function(FunctionName="two")
    site.cloud.advance(minutes=19)
    assert len(interfaces(site)) == 1
    site.cloud.advance(minutes=2)
    assert interfaces(site) == []


def test_a_function_that_comes_back_in_time_keeps_the_interface(site: Site) -> None:
    site.function("one", [site.private])
    (before,) = interfaces(site)
    site.lambda_.delete_function(FunctionName="one")
    site.cloud.advance(minutes=10)
    site.function("two", [site.private])
    site.cloud.advance(minutes=30)
    (after,) = interfaces(site)
    assert after["NetworkInterfaceId"] == before["NetworkInterfaceId"]
