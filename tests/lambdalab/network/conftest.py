"""A VPC with a public and a private subnet, and functions that call out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

import lambdalab
from lambdalab.cloud import Cloud

HANDLER = """
import json, socket, urllib.request
import boto3
from botocore.config import Config

def lambda_handler(event, context):
    if "url" in event:
        with urllib.request.urlopen(event["url"], timeout=event.get("timeout")) as answer:
            return answer.read().decode()
    if "raw" in event:
        with socket.create_connection(tuple(event["raw"]), timeout=5) as connection:
            connection.sendall(b"PING")
            return connection.recv(100).decode()
    config = Config(connect_timeout=event.get("connect_timeout", 60), retries={"total_max_attempts": 1})
    return boto3.client("dynamodb", config=config).list_tables()["TableNames"]
"""


@dataclass
class Site:
    """A VPC, a public subnet with an internet gateway and a private one without any way out."""

    cloud: Cloud
    ec2: Any
    lambda_: Any
    vpc: str
    public: str
    private: str
    public_table: str
    private_table: str
    group: str

    def function(self, name: str, subnets: list[str], timeout: int = 30, **settings: Any) -> None:
        config = {"SubnetIds": subnets, "SecurityGroupIds": [self.group], **settings}
        self.lambda_.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Handler="lambda_function.lambda_handler",
            Role=self.cloud.execution_role,
            Code={"ZipFile": lambdalab.deployment_package({"lambda_function.py": HANDLER})},
            Timeout=timeout,
            VpcConfig=config if subnets else {},
        )
        self.cloud.advance(minutes=1)

    def invoke(self, name: str, **event: Any) -> Any:
        answer = self.lambda_.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        return json.loads(answer["Payload"].read())

    def nat_gateway(self) -> str:
        allocation = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        gateway = self.ec2.create_nat_gateway(SubnetId=self.public, AllocationId=allocation)["NatGateway"]
        self.ec2.create_route(
            RouteTableId=self.private_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway["NatGatewayId"]
        )
        return str(gateway["NatGatewayId"])


@pytest.fixture
def site() -> Iterator[Site]:
    with lambdalab.start(seed=1) as cloud:
        ec2 = boto3.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=block)["Subnet"]["SubnetId"]
            for block in ("10.0.0.0/24", "10.0.1.0/24")
        ]
        tables = []
        for subnet in subnets:
            table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
            tables.append(table)
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        ec2.create_route(RouteTableId=tables[0], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        group = ec2.create_security_group(GroupName="functions", Description="d", VpcId=vpc)["GroupId"]
        (public, private), (public_table, private_table) = subnets, tables
        yield Site(cloud, ec2, boto3.client("lambda"), vpc, public, private, public_table, private_table, group)
