"""Follows a call from a function's network interface to its target and the answer back."""

from __future__ import annotations

from contextlib import suppress
from typing import NoReturn

from lambdalab.errors import NotEmulatedError
from lambdalab.network.path import Hop, HopKind, Obstacle, Path, Target
from lambdalab.network.rules import EPHEMERAL_PORTS, acl_verdict, contains, groups_allow, most_specific
from lambdalab.network.topology import Address, Endpoint, Interface, NatInstance, Route, Subnet, Topology

__all__ = ["walk"]


def walk(topology: Topology, function: str, source: Interface, target: Target, dual_stack: bool = False) -> Path:
    """The path of a TCP connection from `source` to `target`.

    A function that may use IPv6 tries it first where the target has an address of it, and IPv4 afterwards;
    the path is that of the version that arrives, or of the last one tried.
    """
    versions = [4]
    if dual_stack and target.address_of(6) and any(address.version == 6 for address in source.addresses):
        versions.insert(0, 6)
    if target.address_of(4) is None and target.address_of(6) is not None:
        versions = [version for version in versions if version == 6] or [6]
    path: Path | None = None
    for version in versions:
        path = _Walk(topology, function, source, target, version).path()
        if path.reachable:
            break
    assert path is not None
    return path


class _Stopped(Exception):
    pass


class _Walk:
    def __init__(self, topology: Topology, function: str, source: Interface, target: Target, version: int) -> None:
        self._topology = topology
        self._function = function
        self._source = source
        self._target = target
        self._version = version
        self._hops: list[Hop] = []
        self._obstacle: Obstacle | None = None
        self._endpoint: str | None = None
        self._subnet = topology.subnets[source.subnet]

    def path(self) -> Path:
        with suppress(_Stopped):
            self._follow()
        return Path(self._function, self._target.name, tuple(self._hops), self._obstacle, self._endpoint)

    def _hop(self, kind: HopKind, name: str, text: str) -> None:
        self._hops.append(Hop(kind, name, text))

    def _stop(self, kind: str, where: str, text: str, remedy: str, hangs: bool = True) -> NoReturn:
        self._obstacle = Obstacle(kind, where, text, remedy, hangs)
        raise _Stopped

    def _follow(self) -> None:
        target, subnet = self._target, self._subnet
        self._hop("function", self._function, f"network interface {self._source.id} in {subnet.id}")
        address, interface = self._resolve()
        source = next((own for own in self._source.addresses if own.version == address.version), None)
        if source is None:
            self._stop(
                "no IPv6 address",
                self._source.id,
                f"{target.name} has only an IPv6 address and the function has none.",
                'lambda_.update_function_configuration(FunctionName=…, VpcConfig={…, "Ipv6AllowedForDualStack": True}) '
                "in subnets with an IPv6 range",
            )
        groups = [self._topology.groups[name] for name in self._source.groups if name in self._topology.groups]
        other = interface.groups if interface is not None else ()
        if not groups_allow(groups, True, address, target.port, other):
            first = self._source.groups[0] if self._source.groups else "…"
            self._stop(
                "security group",
                ", ".join(self._source.groups),
                f"No outbound rule of the function's security groups allows TCP {target.port} to {address}.",
                f'ec2.authorize_security_group_egress(GroupId="{first}", IpPermissions=[{{"IpProtocol": "tcp", '
                f'"FromPort": {target.port}, "ToPort": {target.port}, {_ranges(address)}}}])',
            )
        if interface is not None and interface.subnet == subnet.id:
            self._hop("subnet", subnet.id, "the same subnet: no route table and no network ACL in between")
            self._arrive(interface, address, source)
            return
        route = self._route(subnet, address)
        self._pass_acl(subnet, True, address, (target.port, target.port), "to the target")
        match route.kind:
            case "local":
                self._local(interface, address, source, subnet)
            case "gateway endpoint":
                self._gateway_endpoint(route.target)
            case "internet gateway":
                self._internet_gateway(route, address)
            case "egress-only internet gateway":
                self._egress_only(route, address)
            case "NAT gateway":
                self._nat_gateway(route, address, source)
            case "instance":
                self._nat_instance(self._topology.nat_instances[route.target], address, source)
            case "peering connection":
                self._peering(route, interface, address, source)
            case "blackhole":
                self._blackhole(subnet, route, address)
            case _:
                raise NotEmulatedError(
                    f"the route to {address} leads to {route.target}; lambdalab follows routes to internet, NAT and "
                    "egress-only gateways, instances, peering connections and gateway endpoints"
                )
        self._pass_acl(subnet, False, address, EPHEMERAL_PORTS, "from the target, back to an ephemeral port")

    # -- names ----------------------------------------------------------------------------------------------------

    def _resolve(self) -> tuple[Address, Interface | None]:
        """The address the name stands for inside the VPC, and the interface in a subnet behind it."""
        target, vpc = self._target, self._topology.vpcs[self._subnet.vpc]
        if not target.by_address and not vpc.dns_support:
            self._stop(
                "DNS",
                vpc.id,
                f"{vpc.id} has enableDnsSupport off: nothing answers the question for {target.name}.",
                f'ec2.modify_vpc_attribute(VpcId="{vpc.id}", EnableDnsSupport={{"Value": True}})',
                hangs=False,
            )
        if target.service is not None:
            endpoint = self._interface_endpoint(target.service)
            if endpoint is not None and endpoint.private_dns and vpc.dns_hostnames:
                own = [one for one in endpoint.interfaces if one.subnet == self._subnet.id]
                interface = (own or list(endpoint.interfaces))[0]
                self._endpoint = endpoint.id
                self._hop("dns", target.name, f"private DNS of {endpoint.id}: {interface.addresses[0]}")
                return interface.addresses[0], interface
        address = target.address_of(self._version)
        assert address is not None
        if not target.by_address:
            self._hop("dns", target.name, f"{address}")
        return address, target.interface

    def _interface_endpoint(self, service: str) -> Endpoint | None:
        full = f"com.amazonaws.{self._topology.region}.{service}"
        return next(
            (
                one
                for one in self._topology.endpoints.values()
                if one.interface and one.service == full and one.vpc == self._subnet.vpc and one.interfaces
            ),
            None,
        )

    # -- tables ---------------------------------------------------------------------------------------------------

    def _route(self, subnet: Subnet, address: Address) -> Route:
        route = most_specific(self._topology.route_tables[subnet.route_table], address)
        if route is None:
            everything = "0.0.0.0/0" if address.version == 4 else "::/0"
            remedy = (
                f"make a NAT gateway in a subnet with a route to an internet gateway, then "
                f'ec2.create_route(RouteTableId="{subnet.route_table}", DestinationCidrBlock="{everything}", '
                'NatGatewayId="nat-…"), or make a VPC endpoint for the service'
                if address.version == 4
                else f'ec2.create_route(RouteTableId="{subnet.route_table}", DestinationIpv6CidrBlock="{everything}", '
                'EgressOnlyInternetGatewayId="eigw-…")'
            )
            self._stop(
                "no route",
                subnet.route_table,
                f"Route table {subnet.route_table} of {subnet.id} has no route to {address}.",
                remedy,
            )
        self._hop("subnet", subnet.id, f"route table {subnet.route_table} sends {address} to {route.target}")
        return route

    def _pass_acl(self, subnet: Subnet, egress: bool, address: Address, ports: tuple[int, int], what: str) -> None:
        entry = acl_verdict(self._topology.acls.get(subnet.acl, ()), egress, address, ports)
        if entry is not None and entry.allow:
            return
        direction = "outbound" if egress else "inbound"
        by = "no rule allows it" if entry is None else f"rule {entry.number} denies it"
        cidr = "CidrBlock" if address.version == 4 else "Ipv6CidrBlock"
        self._stop(
            "network ACL",
            subnet.acl,
            f"Network ACL {subnet.acl} of {subnet.id} stops the {direction} packet {what} "
            f"({address}, ports {ports[0]}–{ports[1]}): {by}. Network ACLs keep no state.",
            f'ec2.create_network_acl_entry(NetworkAclId="{subnet.acl}", RuleNumber=…, Protocol="6", '
            f'RuleAction="allow", Egress={egress}, {cidr}="{address}/{address.max_prefixlen}", '
            f'PortRange={{"From": {ports[0]}, "To": {ports[1]}}}), with a number before the denying rule',
        )

    def _arrive(self, interface: Interface, address: Address, source: Address) -> None:
        """The last step inside a VPC: the groups of what listens there."""
        groups = [self._topology.groups[name] for name in interface.groups if name in self._topology.groups]
        if not groups_allow(groups, False, source, self._target.port, self._source.groups):
            first = interface.groups[0] if interface.groups else "…"
            own = self._source.groups[0] if self._source.groups else "…"
            self._stop(
                "security group",
                ", ".join(interface.groups),
                f"No inbound rule of the target's security groups allows TCP {self._target.port} from the function.",
                f'ec2.authorize_security_group_ingress(GroupId="{first}", IpPermissions=[{{"IpProtocol": "tcp", '
                f'"FromPort": {self._target.port}, "ToPort": {self._target.port}, '
                f'"UserIdGroupPairs": [{{"GroupId": "{own}"}}]}}])',
            )
        kind: HopKind = "endpoint" if self._endpoint is not None else "host"
        self._hop(kind, self._endpoint or self._target.name, f"{address} port {self._target.port}")

    # -- route targets --------------------------------------------------------------------------------------------

    def _local(self, interface: Interface | None, address: Address, source: Address, near: Subnet) -> None:
        if interface is None:
            self._stop("no host", str(address), f"Nothing has the address {address} in the VPC.", "place a host there")
        far = self._topology.subnets[interface.subnet]
        port = self._target.port
        self._pass_acl(far, False, source, (port, port), "from the function")
        self._arrive(interface, address, source)
        self._pass_acl(far, True, source, EPHEMERAL_PORTS, "back to an ephemeral port of the function")

    def _gateway_endpoint(self, endpoint_id: str) -> None:
        self._endpoint = endpoint_id
        self._hop("endpoint", endpoint_id, f"gateway endpoint to {self._target.name}")

    def _internet_gateway(self, route: Route, address: Address) -> None:
        self._attached(route, self._subnet)
        if address.version == 4:
            self._hop("gateway", route.target, "internet gateway")
            self._stop(
                "no public address",
                self._source.id,
                f"{self._subnet.id} is a public subnet, but a function's network interface never has a public IPv4 "
                f"address, and internet gateway {route.target} passes only what has one.",
                "move the function to a private subnet: lambda_.update_function_configuration(FunctionName=…, "
                'VpcConfig={"SubnetIds": ["subnet-…"], …}) whose route table has '
                'ec2.create_route(RouteTableId="rtb-…", DestinationCidrBlock="0.0.0.0/0", NatGatewayId="nat-…"); '
                f'the NAT gateway itself belongs here: ec2.create_nat_gateway(SubnetId="{self._subnet.id}", '
                'AllocationId="eipalloc-…")',
            )
        self._hop("gateway", route.target, "internet gateway, over IPv6")
        self._outside(address)

    def _attached(self, route: Route, subnet: Subnet) -> None:
        gateway = self._topology.internet_gateways.get(route.target)
        if gateway is None or gateway.vpc != subnet.vpc:
            self._stop(
                "blackhole",
                route.target,
                f"Internet gateway {route.target} is not attached to {subnet.vpc}: the route leads nowhere.",
                f'ec2.attach_internet_gateway(InternetGatewayId="{route.target}", VpcId="{subnet.vpc}")',
            )

    def _egress_only(self, route: Route, address: Address) -> None:
        self._hop("gateway", route.target, "egress-only internet gateway")
        self._outside(address)

    def _outside(self, address: Address) -> None:
        target = self._target
        self._hop("service" if target.service else "internet", target.name, f"{address} port {target.port}")

    def _nat_gateway(self, route: Route, address: Address, source: Address) -> None:
        gateway = self._topology.nat_gateways[route.target]
        near = self._topology.subnets[gateway.subnet]
        self._hop("gateway", gateway.id, f"NAT gateway in {near.id}")
        if not gateway.available or not gateway.public:
            self._stop(
                "NAT gateway",
                gateway.id,
                f"NAT gateway {gateway.id} "
                + ("has no Elastic IP address." if gateway.available else "is not available."),
                f'ec2.create_nat_gateway(SubnetId="{near.id}", AllocationId="eipalloc-…") and a route to it',
            )
        self._translated(near, gateway.id, gateway.address, address, source)

    def _translated(self, near: Subnet, name: str, own: Address, address: Address, source: Address) -> None:
        """From a NAT device in subnet `near`, at address `own`, to the internet and back."""
        port, crossing = self._target.port, near.id != self._subnet.id
        if crossing:
            self._pass_acl(near, False, source, (port, port), "from the function")
        route = self._route(near, address)
        if route.kind == "blackhole":
            self._blackhole(near, route, address)
        if route.kind == "gateway endpoint":
            self._stop(
                "no route to the internet",
                near.route_table,
                f"{near.id}, where {name} is, sends {address} to {route.target}: a gateway endpoint serves only "
                "what is in the VPC itself and not what comes through a NAT device.",
                f"associate {route.target} with route table {self._subnet.route_table} of the function's subnet",
            )
        if route.kind != "internet gateway":
            self._stop(
                "no route to the internet",
                near.route_table,
                f"{name} is in {near.id}, whose route table {near.route_table} sends {address} to {route.target} "
                "and not to an internet gateway.",
                f'ec2.create_route(RouteTableId="{near.route_table}", DestinationCidrBlock="0.0.0.0/0", '
                'GatewayId="igw-…")',
            )
        self._attached(route, near)
        self._pass_acl(near, True, address, (port, port), f"from {name}")
        self._hop("gateway", route.target, "internet gateway")
        self._outside(address)
        self._pass_acl(near, False, address, EPHEMERAL_PORTS, f"back to {name}")
        if crossing:
            self._pass_acl(near, True, source, EPHEMERAL_PORTS, "back to an ephemeral port of the function")

    def _nat_instance(self, instance: NatInstance, address: Address, source: Address) -> None:
        near, port = self._topology.subnets[instance.interface.subnet], self._target.port
        self._hop("gateway", instance.id, f"NAT instance in {near.id}")
        if not instance.running:
            self._stop(
                "blackhole",
                instance.id,
                f"Instance {instance.id} is not running.",
                f'ec2.start_instances(InstanceIds=["{instance.id}"])',
            )
        if instance.checks_addresses:
            self._stop(
                "source/destination check",
                instance.id,
                f"Instance {instance.id} drops packets that are not its own: its source/destination check is on.",
                f'ec2.modify_instance_attribute(InstanceId="{instance.id}", SourceDestCheck={{"Value": False}})',
            )
        if not instance.public:
            self._stop(
                "no public address",
                instance.id,
                f"Instance {instance.id} has no public IPv4 address.",
                f'ec2.associate_address(InstanceId="{instance.id}", AllocationId="eipalloc-…")',
            )
        groups = [self._topology.groups[one] for one in instance.interface.groups if one in self._topology.groups]
        for egress, other, others in ((False, source, self._source.groups), (True, address, ())):
            if not groups_allow(groups, egress, other, port, others):
                way = "egress" if egress else "ingress"
                self._stop(
                    "security group",
                    ", ".join(instance.interface.groups),
                    f"The security groups of NAT instance {instance.id} do not allow TCP {port} "
                    + ("out to the target." if egress else "in from the function."),
                    f'ec2.authorize_security_group_{way}(GroupId="{instance.interface.groups[0]}", …)',
                )
        self._translated(near, instance.id, instance.interface.addresses[0], address, source)

    def _peering(self, route: Route, interface: Interface | None, address: Address, source: Address) -> None:
        peering = self._topology.peerings[route.target]
        self._hop("peering", peering.id, "VPC peering connection")
        if not peering.active:
            self._stop(
                "peering connection",
                peering.id,
                f"VPC peering connection {peering.id} is not active.",
                f'ec2.accept_vpc_peering_connection(VpcPeeringConnectionId="{peering.id}")',
            )
        peer = next((one for one in peering.vpcs if one != self._subnet.vpc), peering.vpcs[0])
        inside = any(contains(network, address) for network in self._topology.vpcs[peer].networks)
        if interface is None or not inside or self._topology.subnets[interface.subnet].vpc != peer:
            self._stop(
                "peering is not transitive",
                peering.id,
                f"{address} is not an address of {peer}: a peering connection reaches the peer's own "
                "network interfaces and nothing behind them – no gateway, no endpoint, no third VPC.",
                f"connect {self._subnet.vpc} to the target itself",
            )
        far, port = self._topology.subnets[interface.subnet], self._target.port
        self._pass_acl(far, False, source, (port, port), "from the function")
        self._arrive(interface, address, source)
        back = most_specific(self._topology.route_tables[far.route_table], source)
        if back is None or back.kind != "peering connection" or back.target != peering.id:
            self._stop(
                "no route back",
                far.route_table,
                f"Route table {far.route_table} of {far.id} does not send answers for {source} through {peering.id}.",
                f'ec2.create_route(RouteTableId="{far.route_table}", DestinationCidrBlock='
                f'"{self._topology.vpcs[self._subnet.vpc].networks[0]}", VpcPeeringConnectionId="{peering.id}")',
            )
        self._pass_acl(far, True, source, EPHEMERAL_PORTS, "back to an ephemeral port of the function")

    def _blackhole(self, subnet: Subnet, route: Route, address: Address) -> NoReturn:
        self._stop(
            "blackhole",
            route.target,
            f"The route of {subnet.route_table} to {address} leads to {route.target}, which is gone or does not "
            "take it.",
            f'ec2.replace_route(RouteTableId="{subnet.route_table}", …) with a target that exists',
        )


def _ranges(address: Address) -> str:
    if address.version == 4:
        return f'"IpRanges": [{{"CidrIp": "{address}/32"}}]'
    return f'"Ipv6Ranges": [{{"CidrIpv6": "{address}/128"}}]'
