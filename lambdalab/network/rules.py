"""The three tables a packet is held against: routes, network ACLs, security groups. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable

from lambdalab.network.topology import AclEntry, Address, IpNetwork, Route, Rule, SecurityGroup

__all__ = ["EPHEMERAL_PORTS", "acl_verdict", "groups_allow", "most_specific"]

EPHEMERAL_PORTS = (1024, 65535)
"""Ports an answer may come back to. AWS's NAT gateways use all of them, Lambda's Linux a part."""
_TCP = "6"


def contains(network: IpNetwork, address: Address) -> bool:
    """Whether the address lies in the network; never for another IP version."""
    return network.version == address.version and address in network


def most_specific(routes: Iterable[Route], address: Address) -> Route | None:
    """The route with the longest prefix around `address`; None when there is none.

    The local route wins a tie, and a static route one with a prefix list, as AWS documents.
    """
    best: tuple[int, bool, bool] | None = None
    chosen: Route | None = None
    for route in routes:
        for network in route.networks:
            if contains(network, address):
                rank = (network.prefixlen, route.kind == "local", route.kind != "gateway endpoint")
                if best is None or rank > best:
                    best, chosen = rank, route
    return chosen


def acl_verdict(entries: Iterable[AclEntry], egress: bool, address: Address, ports: tuple[int, int]) -> AclEntry | None:
    """The first rule, by number, that decides about TCP to or from `address`; None: denied by default.

    A network ACL keeps no state. When only a part of `ports` is allowed an answer may be lost, so an allowing
    rule must cover them all and a denying one needs to touch only one.
    """
    undecided, decisive = [ports], None
    for entry in sorted(entries, key=lambda one: one.number):
        if entry.egress != egress or entry.protocol not in ("-1", _TCP) or not contains(entry.network, address):
            continue
        low, high = 0, 65535
        if entry.protocol == _TCP and entry.first_port is not None and entry.last_port is not None:
            low, high = entry.first_port, entry.last_port
        touched = [(first, last) for first, last in undecided if low <= last and first <= high]
        if not touched:
            continue
        if not entry.allow:
            return entry
        decisive = decisive or entry
        undecided = [
            rest
            for first, last in undecided
            for rest in (((first, last),) if last < low or high < first else ((first, low - 1), (high + 1, last)))
            if rest[0] <= rest[1]
        ]
        if not undecided:
            return decisive
    return None


def groups_allow(
    groups: Iterable[SecurityGroup],
    egress: bool,
    address: Address,
    port: int,
    groups_of_other: Iterable[str] = (),
) -> bool:
    """Whether any rule of the groups allows TCP to (or from) `address`, which belongs to `groups_of_other`."""
    other = frozenset(groups_of_other)
    return any(
        _matches(rule, address, port, other) for group in groups for rule in (group.egress if egress else group.ingress)
    )


def _matches(rule: Rule, address: Address, port: int, groups: frozenset[str]) -> bool:
    if rule.protocol not in ("-1", "tcp", _TCP):
        return False
    if rule.protocol != "-1" and not (rule.first_port or 0) <= port <= (
        65535 if rule.last_port is None else rule.last_port
    ):
        return False
    return rule.group in groups if rule.group else any(contains(network, address) for network in rule.networks)
