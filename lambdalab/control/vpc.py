"""``VpcConfig``: what requests may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane
from lambdalab.errors import InvalidParameterValueException, NotEmulatedError
from lambdalab.network.topology import Topology

__all__ = ["changed_vpc_config"]

_PERMISSIONS = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")


def changed_vpc_config(
    plane: ControlPlane, call: Call, role: str, present: Mapping[str, Any] | None, given: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The configuration after a request; empty lists take the function out of its VPC.

    Raises
    ------
    InvalidParameterValueException
        In AWS's words.
    """
    before = present or {}
    subnets = list(given.get("SubnetIds", before.get("SubnetIds", [])) or [])
    groups = list(given.get("SecurityGroupIds", before.get("SecurityGroupIds", [])) or [])
    dual_stack = bool(given.get("Ipv6AllowedForDualStack", before.get("Ipv6AllowedForDualStack", False)))
    if bool(subnets) != bool(groups):
        raise InvalidParameterValueException("SubnetIds and SecurityIds must coexist or be both empty list.")
    if not subnets:
        empty = {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", "Ipv6AllowedForDualStack": False}
        return None if present is None else empty
    if plane.interfaces is None:
        raise NotEmulatedError(
            f"{call.operation.name} with VpcConfig: lambdalab does not emulate VPCs without networks"
        )
    topology = plane.interfaces.networks.topology(call.account, call.region)
    vpc = _vpc_of(topology, subnets, groups)
    for name in _PERMISSIONS:
        if not plane.roles.allows(role, f"ec2:{name}", "*"):
            raise InvalidParameterValueException(
                f"The provided execution role does not have permissions to call {name} on EC2"
            )
    if dual_stack:
        for subnet in subnets:
            if not any(network.version == 6 for network in topology.subnets[subnet].networks):
                raise InvalidParameterValueException(
                    f"Subnet {subnet} has no IPv6 CIDR block: Ipv6AllowedForDualStack needs dual-stack subnets."
                )
    return {"SubnetIds": subnets, "SecurityGroupIds": groups, "VpcId": vpc, "Ipv6AllowedForDualStack": dual_stack}


def _vpc_of(topology: Topology, subnets: list[str], groups: list[str]) -> str:
    for subnet in subnets:
        if subnet not in topology.subnets:
            raise InvalidParameterValueException(
                "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. "
                f"EC2 Error Message: The subnet ID '{subnet}' does not exist"
            )
    vpcs = sorted({topology.subnets[subnet].vpc for subnet in subnets})
    if len(vpcs) > 1:
        raise InvalidParameterValueException(f"Subnets must belong to one VPC; these belong to {', '.join(vpcs)}.")
    for group in groups:
        if group not in topology.groups:
            raise InvalidParameterValueException(
                "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. "
                f"EC2 Error Message: The security group '{group}' does not exist"
            )
        if topology.groups[group].vpc != vpcs[0]:
            raise InvalidParameterValueException(
                "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. "
                f"EC2 Error Message: The security group '{group}' does not exist in VPC '{vpcs[0]}'"
            )
    return vpcs[0]
