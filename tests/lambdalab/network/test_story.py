"""A function in a public subnet hangs; the reason is read; a NAT gateway repairs it."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError

import lambdalab
from lambdalab.errors import ResourceNotFoundException, UsageError
from lambdalab.network.entries import CallBlocked
from tests.lambdalab.network.conftest import Site


def test_the_public_subnet_hangs_and_the_nat_gateway_repairs_it(site: Site) -> None:
    # GIVEN a function in a public subnet
    site.function("caller", [site.public])
    # WHEN it calls DynamoDB
    before = site.cloud.now
    answer = site.invoke("caller")
    # THEN it hangs to its own timeout, in virtual time, and the timeline says what it waited for
    assert "Task timed out after 30.00 seconds" in answer["errorMessage"]
    assert 30 <= (site.cloud.now - before).total_seconds() < 31
    (blocked,) = site.cloud.timeline.of(CallBlocked)
    assert (blocked.obstacle, blocked.target) == ("no public address", "dynamodb.us-east-1.amazonaws.com")
    # AND explain says why and what to do
    shown = site.cloud.network.explain("caller", "dynamodb.us-east-1")
    assert not shown.reachable
    assert "public IPv4" in str(shown)
    assert "create_nat_gateway" in shown.remedy
    assert shown.svg().startswith("<svg")
    # WHEN the reader does that
    site.nat_gateway()
    site.lambda_.update_function_configuration(
        FunctionName="caller", VpcConfig={"SubnetIds": [site.private], "SecurityGroupIds": [site.group]}
    )
    site.cloud.advance(minutes=1)
    # THEN the function works
    assert site.invoke("caller") == []
    assert site.cloud.network.explain("caller", "dynamodb.us-east-1").reachable


def test_the_connect_timeout_of_the_client_comes_before_the_functions(site: Site) -> None:
    site.function("caller", [site.private])
    answer = site.invoke("caller", connect_timeout=3)
    assert answer["errorType"] == "ConnectTimeoutError"


def test_a_gateway_endpoint_reaches_its_service_and_no_other(site: Site) -> None:
    site.function("caller", [site.private])
    site.ec2.create_vpc_endpoint(
        VpcId=site.vpc, ServiceName="com.amazonaws.us-east-1.dynamodb", RouteTableIds=[site.private_table]
    )
    assert site.invoke("caller") == []
    assert not site.cloud.network.explain("caller", "sqs.us-east-1").reachable


def test_an_interface_endpoint_needs_both_dns_settings_and_an_inbound_rule(site: Site) -> None:
    # GIVEN an interface endpoint with its own group
    guard = site.ec2.create_security_group(GroupName="endpoint", Description="d", VpcId=site.vpc)["GroupId"]
    site.function("caller", [site.private])
    site.ec2.create_vpc_endpoint(
        VpcId=site.vpc,
        ServiceName="com.amazonaws.us-east-1.sqs",
        VpcEndpointType="Interface",
        SubnetIds=[site.private],
        SecurityGroupIds=[guard],
        PrivateDnsEnabled=True,
    )
    explain = site.cloud.network.explain
    # THEN one obstacle after the other is named
    assert explain("caller", "sqs.us-east-1").obstacle.kind == "no route"  # type: ignore[union-attr]
    site.ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsHostnames={"Value": True})
    assert explain("caller", "sqs.us-east-1").obstacle.where == guard  # type: ignore[union-attr]
    site.ec2.authorize_security_group_ingress(
        GroupId=guard,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": site.group}]}
        ],
    )
    assert explain("caller", "sqs.us-east-1").reachable
    site.ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsSupport={"Value": False})
    assert explain("caller", "sqs.us-east-1").obstacle.kind == "DNS"  # type: ignore[union-attr]


def test_an_endpoint_policy_refuses_at_once(site: Site) -> None:
    site.function("caller", [site.private])
    site.ec2.create_vpc_endpoint(
        VpcId=site.vpc,
        ServiceName="com.amazonaws.us-east-1.dynamodb",
        RouteTableIds=[site.private_table],
        PolicyDocument=json.dumps(
            {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"}]}
        ),
    )
    answer = site.invoke("caller")
    assert answer["errorType"] == "ClientError"
    assert "AccessDeniedException" in answer["errorMessage"]


def test_pretend_hosts_answer_in_the_subnet_and_on_the_internet(site: Site) -> None:
    # GIVEN a cache in the private subnet and a web server on the internet
    guard = site.ec2.create_security_group(GroupName="cache", Description="d", VpcId=site.vpc)["GroupId"]
    address = site.cloud.network.place_host(
        "cache.internal", subnet_id=site.private, security_group_ids=[guard], port=6379, answer="+PONG"
    )
    assert address.startswith("10.0.1.")
    site.cloud.network.place_host("api.example.com", port=80, answer=lambda request: {"path": request.path})
    site.cloud.network.place_host("api.example.com", port=443, answer="secure")
    site.function("inside", [site.public])
    site.function("outside", [])
    # THEN each function gets to its side only
    assert site.invoke("outside", url="http://api.example.com/a") == '{"path": "/a"}'
    assert site.invoke("outside", url="https://api.example.com/a") == "secure"
    assert site.invoke("outside", raw=["cache.internal", 6379])["errorType"] == "TimeoutError"
    assert site.invoke("inside", raw=["cache.internal", 6379])["errorType"] == "TimeoutError"
    site.ec2.authorize_security_group_ingress(
        GroupId=guard,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": [{"GroupId": site.group}]}
        ],
    )
    assert site.invoke("inside", raw=["cache.internal", 6379]) == "+PONG"
    assert site.invoke("inside", raw=[address, 6379]) == "+PONG"
    assert "timed out" in site.invoke("inside", url="http://api.example.com/", timeout=2)["errorMessage"]
    assert "Task timed out" in site.invoke("inside", url="http://api.example.com/")["errorMessage"]


def test_what_cannot_be_is_told_in_one_clear_error(site: Site) -> None:
    site.function("caller", [site.private])
    with pytest.raises(ResourceNotFoundException, match="Function not found"):
        site.cloud.network.explain("nobody", "dynamodb.us-east-1")
    with pytest.raises(UsageError, match="no host lambdalab knows"):
        site.cloud.network.explain("caller", "nonsense")
    with pytest.raises(UsageError, match="no subnet"):
        site.cloud.network.place_host("db", subnet_id="subnet-0", port=1, answer="")
    with pytest.raises(UsageError, match="port"):
        site.cloud.network.place_host("db", port=70_000, answer="")
    with pytest.raises(ClientError, match="InvalidSubnet"):
        site.ec2.create_subnet(VpcId=site.vpc, CidrBlock="192.168.0.0/24")
    gateway = site.ec2.describe_internet_gateways()["InternetGateways"][-1]["InternetGatewayId"]
    with pytest.raises(ClientError, match="RouteAlreadyExists"):
        site.ec2.create_route(RouteTableId=site.public_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def test_in_a_child_process_an_sdk_call_ends_with_an_answer_of_the_engine() -> None:
    handler = (
        "import boto3\ndef handler(event, context):\n    return boto3.client('dynamodb').list_tables()['TableNames']\n"
    )
    with lambdalab.start(seed=1, executor="child-process") as cloud:
        ec2, client = boto3.client("ec2"), boto3.client("lambda")
        subnet = ec2.describe_subnets()["Subnets"][0]
        groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}])
        client.create_function(
            FunctionName="child",
            Runtime="python3.12",
            Handler="app.handler",
            Role=cloud.execution_role,
            Code={"ZipFile": lambdalab.deployment_package({"app.py": handler})},
            Timeout=20,
            VpcConfig={"SubnetIds": [subnet["SubnetId"]], "SecurityGroupIds": [groups["SecurityGroups"][0]["GroupId"]]},
        )
        cloud.advance(minutes=1)
        assert b"Task timed out after 20.00 seconds" in client.invoke(FunctionName="child")["Payload"].read()
