"""A VPC's state as the rules see it: immutable, and free of whoever keeps the original."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal, Protocol

__all__ = [
    "FUNCTION_INTERFACE",
    "AclEntry",
    "Address",
    "Endpoint",
    "Gateway",
    "Interface",
    "IpNetwork",
    "NatGateway",
    "NatInstance",
    "Networks",
    "Peering",
    "Route",
    "Rule",
    "SecurityGroup",
    "Subnet",
    "TargetKind",
    "Topology",
    "Vpc",
]

FUNCTION_INTERFACE = "AWS Lambda VPC ENI-"
"""How AWS begins the description of the interfaces it makes for functions."""

Address = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network
TargetKind = Literal[
    "local",
    "internet gateway",
    "NAT gateway",
    "instance",
    "peering connection",
    "egress-only internet gateway",
    "gateway endpoint",
    "blackhole",
    "other",
]


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC with its address ranges and DNS settings."""

    id: str
    networks: tuple[IpNetwork, ...]
    dns_support: bool = True
    dns_hostnames: bool = False


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet; ``route_table`` is its own or the VPC's main one."""

    id: str
    vpc: str
    networks: tuple[IpNetwork, ...]
    route_table: str
    acl: str


@dataclass(frozen=True, slots=True)
class Route:
    """A route. ``networks`` are its destinations, several when it names a prefix list."""

    networks: tuple[IpNetwork, ...]
    kind: TargetKind
    target: str


@dataclass(frozen=True, slots=True)
class AclEntry:
    """A rule of a network ACL. ``protocol`` is a number as text; ``-1`` stands for all."""

    number: int
    egress: bool
    allow: bool
    protocol: str
    network: IpNetwork
    first_port: int | None = None
    last_port: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a security group: addresses, or another group."""

    protocol: str
    first_port: int | None = None
    last_port: int | None = None
    networks: tuple[IpNetwork, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group."""

    id: str
    vpc: str
    egress: tuple[Rule, ...] = ()
    ingress: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Interface:
    """Something with addresses in a subnet, guarded by security groups."""

    id: str
    subnet: str
    groups: tuple[str, ...]
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Gateway:
    """An internet gateway, egress-only or not, and the VPC it is attached to."""

    id: str
    vpc: str | None


@dataclass(frozen=True, slots=True)
class NatGateway:
    """A NAT gateway; ``public`` when it has an Elastic IP address."""

    id: str
    subnet: str
    address: Address
    available: bool = True
    public: bool = True


@dataclass(frozen=True, slots=True)
class NatInstance:
    """An instance a route sends traffic to."""

    id: str
    interface: Interface
    running: bool
    checks_addresses: bool
    public: bool


@dataclass(frozen=True, slots=True)
class Peering:
    """A peering connection of two VPCs."""

    id: str
    vpcs: tuple[str, str]
    active: bool


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A VPC endpoint. Interface endpoints have interfaces, gateway endpoints are route targets."""

    id: str
    vpc: str
    service: str
    interface: bool
    policy: str
    interfaces: tuple[Interface, ...] = ()
    private_dns: bool = False


@dataclass(frozen=True)
class Topology:
    """All of one account's VPCs in one Region, each thing by its id."""

    region: str
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    route_tables: dict[str, tuple[Route, ...]] = field(default_factory=dict)
    acls: dict[str, tuple[AclEntry, ...]] = field(default_factory=dict)
    groups: dict[str, SecurityGroup] = field(default_factory=dict)
    internet_gateways: dict[str, Gateway] = field(default_factory=dict)
    egress_only_gateways: dict[str, Gateway] = field(default_factory=dict)
    nat_gateways: dict[str, NatGateway] = field(default_factory=dict)
    nat_instances: dict[str, NatInstance] = field(default_factory=dict)
    peerings: dict[str, Peering] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    service_networks: dict[str, tuple[IpNetwork, ...]] = field(default_factory=dict)


class Networks(Protocol):
    """Amazon EC2, as far as functions need it."""

    def topology(self, account: str, region: str) -> Topology:
        """What there is now."""

    def create_interface(
        self, account: str, region: str, subnet: str, groups: tuple[str, ...], description: str
    ) -> Interface:
        """Make a network interface; a function's when the description begins with `FUNCTION_INTERFACE`."""

    def delete_interface(self, account: str, region: str, interface_id: str) -> None:
        """Take it away; nothing happens when it is gone."""

    def interface(self, account: str, region: str, interface_id: str) -> Interface | None:
        """The interface, or None when somebody has deleted it."""
