"""Amazon EC2's networks: moto's state read as a `lambdalab.network.topology.Topology`, and functions' interfaces."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from lambdalab.network.topology import (
    FUNCTION_INTERFACE,
    AclEntry,
    Endpoint,
    Gateway,
    Interface,
    IpNetwork,
    NatGateway,
    NatInstance,
    Peering,
    Route,
    Rule,
    SecurityGroup,
    Subnet,
    TargetKind,
    Topology,
    Vpc,
)

__all__ = ["MotoNetworks"]


class MotoNetworks:
    """Implements `lambdalab.network.topology.Networks`."""

    def topology(self, account: str, region: str) -> Topology:
        """What there is now."""
        backend = _backend(account, region)
        prefix_lists = {one.id: _entries(one) for one in backend.managed_prefix_lists.values()}
        services = {one.prefix_list_name: prefix_lists[one.id] for one in backend.managed_prefix_lists.values()}
        endpoints = {one.id: _endpoint(backend, one) for one in backend.vpc_end_points.values()}
        tables = {
            table.id: tuple(_route(backend, one, prefix_lists, endpoints) for one in table.routes)
            for table in backend.route_tables.values()
        }
        for one in backend.vpc_end_points.values():
            if not endpoints[one.id].interface:
                for name in one.route_table_ids or ():
                    route = Route(services.get(one.service_name, ()), "gateway endpoint", one.id)
                    tables[name] = (*tables.get(name, ()), route)
        acl_of = {
            association.subnet_id: acl.id for acl in backend.network_acls.values() for association in acl.associations
        }
        table_of = {
            subnet: table.id for table in backend.route_tables.values() for subnet in table._associations.values()
        }
        main_of = {table.vpc_id: table.id for table in backend.route_tables.values() if table.main_association_id}
        return Topology(
            region,
            {one.id: _vpc(one) for one in backend.vpcs.values()},
            {
                one.id: Subnet(
                    one.id,
                    one.vpc_id,
                    _subnet_networks(one),
                    table_of.get(one.id) or main_of[one.vpc_id],
                    acl_of.get(one.id, ""),
                )
                for zone in backend.subnets.values()
                for one in zone.values()
            },
            tables,
            {one.id: tuple(_acl_entries(one)) for one in backend.network_acls.values()},
            {
                one.id: SecurityGroup(
                    one.id,
                    one.vpc_id or "",
                    tuple(_rule(rule, prefix_lists) for rule in one.egress_rules),
                    tuple(_rule(rule, prefix_lists) for rule in one.ingress_rules),
                )
                for groups in backend.groups.values()
                for one in groups.values()
            },
            {one.id: Gateway(one.id, one.vpc.id if one.vpc else None) for one in backend.internet_gateways.values()},
            {one.id: Gateway(one.id, one.vpc_id) for one in backend.egress_only_internet_gateways.values()},
            {
                one.id: NatGateway(
                    one.id,
                    one.subnet_id,
                    ip_address(_address_of(one._eni)),
                    one.state == "available",
                    one.connectivity_type != "private",
                )
                for one in backend.nat_gateways.values()
            },
            {
                one.id: _nat_instance(one)
                for table in backend.route_tables.values()
                for route in table.routes
                for one in [route.instance or getattr(route.interface, "instance", None)]
                if one is not None and one.nics
            },
            {
                one.id: Peering(one.id, (one.vpc.id, one.peer_vpc.id), one._status.code == "active")
                for one in backend.vpc_pcxs.values()
            },
            endpoints,
            services,
        )

    def create_interface(
        self, account: str, region: str, subnet: str, groups: tuple[str, ...], description: str
    ) -> Interface:
        """An interface that AWS manages: of functions when the description says so, as AWS tells them apart, too."""
        backend = _backend(account, region)
        owner = backend.get_subnet(subnet)
        count = 1 if owner.ipv6_cidr_block_associations else 0
        address = _free_address(backend, owner, f"{subnet} {groups} {description}")
        eni = backend.create_network_interface(
            owner, address, group_ids=list(groups), description=description, ipv6_address_count=count
        )
        if description.startswith(FUNCTION_INTERFACE):
            eni.interface_type = "lambda"
            eni.requester_managed = True
        eni.status = "in-use"
        return _interface(eni)

    def delete_interface(self, account: str, region: str, interface_id: str) -> None:
        """Take it away; nothing happens when it is gone."""
        _backend(account, region).enis.pop(interface_id, None)

    def interface(self, account: str, region: str, interface_id: str) -> Interface | None:
        """The interface, or None when somebody has deleted it."""
        eni = _backend(account, region).enis.get(interface_id)
        return None if eni is None else _interface(eni)


def _backend(account: str, region: str) -> Any:
    from moto.ec2.models import ec2_backends

    return ec2_backends[account][region]


def _free_address(backend: Any, subnet: Any, seed: str) -> str:
    """An address of the subnet that nothing has; the same every time for the same seed."""
    network = ip_network(subnet.cidr_block, strict=False)
    taken = {eni.private_ip_address for eni in backend.enis.values()}
    size = network.num_addresses - 5  # AWS keeps the first four and the last
    start = zlib.crc32(seed.encode()) % size
    return next(address for step in range(size) if (address := str(network[4 + (start + step) % size])) not in taken)


def _address_of(eni: Any) -> str:
    """The interface's address. moto gives those of endpoints and NAT gateways one outside their subnet."""
    network = ip_network(eni.subnet.cidr_block, strict=False)
    if ip_address(eni.private_ip_address) not in network:
        eni.private_ip_address = _free_address(eni.ec2_backend, eni.subnet, eni.id)
        eni.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": eni.private_ip_address}]
    return str(eni.private_ip_address)


def _interface(eni: Any, groups: tuple[str, ...] | None = None) -> Interface:
    own = tuple(group.id for group in eni.group_set) if groups is None else groups
    addresses = (_address_of(eni), *eni.ipv6_addresses)
    return Interface(eni.id, eni.subnet.id, own, tuple(ip_address(_plain(address)) for address in addresses))


def _plain(address: Any) -> str:
    return str(address.get("Ipv6Address") if isinstance(address, dict) else address)


def _vpc(vpc: Any) -> Vpc:
    blocks = [*vpc.get_cidr_block_association_set(ipv6=False), *vpc.get_cidr_block_association_set(ipv6=True)]
    networks = tuple(_network(one.get("cidr_block") or one.get("ipv6_cidr_block")) for one in blocks)
    return Vpc(vpc.id, networks, _is_true(vpc.enable_dns_support), _is_true(vpc.enable_dns_hostnames))


def _subnet_networks(subnet: Any) -> tuple[IpNetwork, ...]:
    six = [
        one["ipv6CidrBlock"]
        for one in subnet.ipv6_cidr_block_associations.values()
        if one["ipv6CidrBlockState"]["State"] == "associated"
    ]
    return tuple(_network(text) for text in (subnet.cidr_block, *six))


def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _entries(prefix_list: Any) -> tuple[IpNetwork, ...]:
    # AWS's own lists have no version.
    entries = prefix_list.entries.get(prefix_list.version or 1) or []
    return tuple(_network(entry["Cidr"]) for entry in entries)


def _route(
    backend: Any, route: Any, prefix_lists: dict[str, tuple[IpNetwork, ...]], endpoints: dict[str, Endpoint]
) -> Route:
    if route.destination_prefix_list is not None:
        networks = prefix_lists.get(route.destination_prefix_list.id, ())
    else:
        networks = (_network(route.destination_cidr_block or route.destination_ipv6_cidr_block),)
    return Route(networks, *_target(backend, route, endpoints))


def _target(backend: Any, route: Any, endpoints: dict[str, Endpoint]) -> tuple[TargetKind, str]:
    """A route's target. What has been deleted since leaves a black hole."""
    if route.local:
        return "local", "local"
    instance = route.instance or getattr(route.interface, "instance", None)
    candidates: tuple[tuple[TargetKind, Any, Any], ...] = (
        ("NAT gateway", route.nat_gateway, backend.nat_gateways),
        ("egress-only internet gateway", route.egress_only_igw, backend.egress_only_internet_gateways),
        ("peering connection", route.vpc_pcx, backend.vpc_pcxs),
    )
    for kind, target, known in candidates:
        if target is not None:
            there = target.id in known and getattr(target, "state", "") != "deleted"
            there = there and not (kind == "peering connection" and target._status.code in ("deleted", "rejected"))
            return (kind if there else "blackhole"), target.id
    if instance is not None:
        return ("instance" if instance._state.name != "terminated" and instance.nics else "blackhole"), instance.id
    if route.vpc_endpoint_id:
        known_endpoint = endpoints.get(route.vpc_endpoint_id)
        return ("gateway endpoint" if known_endpoint else "blackhole"), route.vpc_endpoint_id
    if route.gateway is not None:
        if route.gateway.id.startswith("vpce-"):
            return ("gateway endpoint" if route.gateway.id in endpoints else "blackhole"), route.gateway.id
        if not route.gateway.id.startswith("igw-"):
            return "other", route.gateway.id
        return ("internet gateway" if route.gateway.id in backend.internet_gateways else "blackhole"), route.gateway.id
    other = route.transit_gateway or route.carrier_gateway or route.interface
    return ("other", other.id) if other is not None else ("blackhole", "a target that is gone")


def _acl_entries(acl: Any) -> Iterable[AclEntry]:
    for entry in acl.network_acl_entries:
        block = entry.cidr_block or entry.ipv6_cidr_block
        first, last = entry.port_range_from, entry.port_range_to
        values = (
            int(entry.rule_number),
            _is_true(entry.egress),
            entry.rule_action == "allow",
            str(entry.protocol),
        )
        ports = (None if first in (None, "") else int(first), None if last in (None, "") else int(last))
        yield AclEntry(*values, _network(block), *ports)
        if acl.default and block == "0.0.0.0/0" and values[3] == "-1":
            # AWS's default network ACL has the same rules for IPv6; moto leaves them out.
            yield AclEntry(*values, _network("::/0"), *ports)


def _rule(rule: Any, prefix_lists: dict[str, tuple[IpNetwork, ...]]) -> Rule:
    blocks = [block for block in (rule.cidr_ipv4, rule.cidr_ipv6) if block]
    networks = tuple(_network(block) for block in blocks)
    if rule.prefix_list_id:
        networks += prefix_lists.get(rule.prefix_list_id, ())
    group = rule.source_group.get("GroupId") if rule.source_group else None
    return Rule(str(rule.ip_protocol), rule.from_port, rule.to_port, networks, group)


def _nat_instance(instance: Any) -> NatInstance:
    eni = instance.nics[min(instance.nics)]
    public = bool(instance.public_ip or eni.public_ip)
    checks = _is_true(instance.source_dest_check) and _is_true(eni.source_dest_check)
    return NatInstance(instance.id, _interface(eni), instance._state.name == "running", checks, public)


def _endpoint(backend: Any, endpoint: Any) -> Endpoint:
    interface = str(endpoint.vpc_endpoint_type or "Gateway").lower() == "interface"
    default = backend.get_default_security_group(endpoint.vpc_id)
    groups = tuple(endpoint.security_group_ids) or ((default.id,) if default else ())
    enis = [backend.enis[one] for one in endpoint.network_interface_ids if one in backend.enis]
    private_dns = endpoint.private_dns_enabled is None or _is_true(endpoint.private_dns_enabled)
    return Endpoint(
        endpoint.id,
        endpoint.vpc_id,
        endpoint.service_name,
        interface,
        endpoint.policy_document,
        tuple(_interface(eni, groups) for eni in enis),
        interface and private_dns,
    )
