"""The rules against an independent model: a network of graph nodes that networkx searches for a path.

The model knows nothing of the walk. It lists every place a packet can be, forward and back, and joins two places when
a packet may pass from one to the other; the call succeeds when there is a path all the way round.
"""

from __future__ import annotations

from ipaddress import IPv4Network, ip_address, ip_network

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdalab.network.path import Target
from lambdalab.network.rules import acl_verdict, most_specific
from lambdalab.network.topology import (
    AclEntry,
    Gateway,
    Interface,
    NatGateway,
    Peering,
    Route,
    Rule,
    SecurityGroup,
    Subnet,
    Topology,
    Vpc,
)
from lambdalab.network.walk import walk

ALL = ip_network("0.0.0.0/0")
SUBNETS = {"own": "10.0.1.0/24", "near": "10.0.2.0/24", "far": "10.1.1.0/24"}
ADDRESSES = {"own": "10.0.1.5", "near": "10.0.2.5", "far": "10.1.1.5"}
OUTSIDE = "203.0.113.9"
PORT = 443
TARGETS = [
    ("internet gateway", "igw"),
    ("NAT gateway", "nat"),
    ("peering connection", "pcx"),
    ("blackhole", "gone"),
]

blocks = st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", "10.0.1.0/24", "10.1.0.0/16", "203.0.113.0/24", "203.0.113.9/32"])
ports = st.sampled_from([(0, 65535), (443, 443), (1024, 65535), (0, 1023), (40000, 50000), (1024, 40000)])
routes = st.lists(st.tuples(blocks, st.sampled_from(TARGETS)), max_size=3)
entries = st.lists(st.tuples(st.booleans(), st.booleans(), blocks, ports), max_size=4)
rules = st.lists(st.tuples(blocks, ports) | st.just(None), max_size=2)  # None: a rule that names the function's group


def acl_of(drawn: list[tuple[bool, bool, str, tuple[int, int]]], usual: bool) -> tuple[AclEntry, ...]:
    made = [
        AclEntry(number, egress, allow, "6", ip_network(block), *span)
        for number, (egress, allow, block, span) in enumerate(drawn, start=1)
    ]
    if usual:
        made += [AclEntry(100, egress, True, "-1", ALL) for egress in (False, True)]
    return tuple(made)


def rules_of(drawn: list[tuple[str, tuple[int, int]] | None]) -> tuple[Rule, ...]:
    return tuple(
        Rule("-1", group="caller") if one is None else Rule("tcp", *one[1], (ip_network(one[0]),)) for one in drawn
    )


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    tables = {}
    for name in SUBNETS:
        local = "10.1.0.0/16" if name == "far" else "10.0.0.0/16"
        tables[name] = (
            Route((ip_network(local),), "local", "local"),
            *(
                Route((ip_network(block),), kind, target)  # type: ignore[arg-type]
                for block, (kind, target) in draw(routes)
                if not IPv4Network(block).subnet_of(IPv4Network(local))
            ),
        )
    return Topology(
        "us-east-1",
        vpcs={"a": Vpc("a", (ip_network("10.0.0.0/16"),)), "b": Vpc("b", (ip_network("10.1.0.0/16"),))},
        subnets={
            name: Subnet(name, "b" if name == "far" else "a", (ip_network(block),), name, name)
            for name, block in SUBNETS.items()
        },
        route_tables=tables,
        acls={name: acl_of(draw(entries), draw(st.sampled_from([True, True, False]))) for name in SUBNETS},
        groups={
            "caller": SecurityGroup(
                "caller", "a", egress=rules_of(draw(rules)) or rules_of([("0.0.0.0/0", (0, 65535))])
            ),
            "host": SecurityGroup("host", "a", ingress=rules_of(draw(rules))),
        },
        internet_gateways={"igw": Gateway("igw", draw(st.sampled_from(["a", "a", None])))},
        nat_gateways={
            "nat": NatGateway("nat", draw(st.sampled_from(["own", "near", "near"])), ip_address("10.0.2.9"), True)
        },
        peerings={"pcx": Peering("pcx", ("a", "b"), draw(st.booleans()))},
    )


# -- the model -----------------------------------------------------------------------------------------------------


def longest(table: tuple[Route, ...], address: str) -> Route | None:
    best = None
    for length in range(33):
        for route in reversed(table):
            if ip_address(address) in route.networks[0] and route.networks[0].prefixlen == length:
                best = route
    return best


def passes(acl: tuple[AclEntry, ...], egress: bool, address: str, wanted: list[int]) -> bool:
    """Port by port: what the first matching rule says."""
    for port in wanted:
        verdict = False
        for entry in sorted(acl, key=lambda one: one.number):
            span = (0, 65535) if entry.first_port is None else (entry.first_port, entry.last_port)
            inside = ip_address(address) in entry.network and span[0] <= port <= (span[1] or 0)
            if entry.egress == egress and inside:
                verdict = entry.allow
                break
        if not verdict:
            return False
    return True


EDGES = [1024, 39999, 40000, 40001, 49999, 50000, 50001, 65535]


def lets_in(own: tuple[Rule, ...], address: str, other_is_caller: bool) -> bool:
    return any(
        other_is_caller
        if rule.group
        else any(
            ip_address(address) in network and (rule.first_port or 0) <= PORT <= (rule.last_port or 0)
            for network in rule.networks
        )
        for rule in own
    )


def model(topology: Topology, destination: str) -> bool:
    """Whether there is a path from ("call", …) to ("answered")."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    source, tables, acls = ADDRESSES["own"], topology.route_tables, topology.acls
    graph.add_nodes_from(["call", "answered"])
    place = {"near": "near", "far": "far", "same": "own"}.get(destination)
    address = OUTSIDE if place is None else ADDRESSES[place]
    if lets_in(topology.groups["caller"].egress, address, False):
        graph.add_edge("call", "left interface")
    if place == "own":
        if lets_in(topology.groups["host"].ingress, source, True):
            graph.add_edge("left interface", "answered")
        return bool(networkx.has_path(graph, "call", "answered"))
    first = longest(tables["own"], address)
    if first is not None and passes(acls["own"], True, address, [PORT]):
        graph.add_edge("left interface", f"at {first.kind}")
    if passes(acls["own"], False, address, EDGES):
        graph.add_edge("back at subnet", "answered")
    if place is not None:
        inward = passes(acls[place], False, source, [PORT]) and lets_in(topology.groups["host"].ingress, source, True)
        outward = passes(acls[place], True, source, EDGES)
        if place == "near" and inward and outward:
            graph.add_edge("at local", "back at subnet")
        back = longest(tables[place], source)
        home = back is not None and back.kind == "peering connection"
        if place == "far" and topology.peerings["pcx"].active and inward and outward and home:
            graph.add_edge("at peering connection", "back at subnet")
    else:
        gateway = topology.nat_gateways["nat"].subnet
        second = longest(tables[gateway], address)
        attached = topology.internet_gateways["igw"].vpc == "a"
        crossing = gateway != "own"
        fits = passes(acls[gateway], True, address, [PORT]) and passes(acls[gateway], False, address, EDGES)
        if crossing:
            fits = fits and passes(acls[gateway], False, source, [PORT]) and passes(acls[gateway], True, source, EDGES)
        if second is not None and second.kind == "internet gateway" and attached and fits:
            graph.add_edge("at NAT gateway", "back at subnet")
    return bool(networkx.has_path(graph, "call", "answered"))


@settings(max_examples=600, deadline=None)
@given(topologies(), st.sampled_from(["outside", "outside", "near", "far", "same"]))
def test_the_walk_agrees_with_the_search_for_a_path(topology: Topology, destination: str) -> None:
    # GIVEN any network of two peered VPCs
    place = {"near": "near", "far": "far", "same": "own"}.get(destination)
    source = Interface("eni-caller", "own", ("caller",), (ip_address(ADDRESSES["own"]),))
    if place is None:
        target = Target("host", PORT, (ip_address(OUTSIDE),))
    else:
        address = ip_address(ADDRESSES[place])
        target = Target("host", PORT, interface=Interface("eni-host", place, ("host",), (address,)))
    # WHEN a call is followed
    path = walk(topology, "caller", source, target)
    # THEN it arrives exactly when the model finds a path, and otherwise says where it ends
    assert path.reachable == model(topology, destination)
    assert path.reachable or (path.obstacle is not None and path.obstacle.text and path.obstacle.remedy)


@given(entries, st.booleans(), ports)
def test_a_network_acl_decides_as_it_would_port_by_port(
    drawn: list[tuple[bool, bool, str, tuple[int, int]]], egress: bool, span: tuple[int, int]
) -> None:
    acl = acl_of(drawn, usual=False)
    verdict = acl_verdict(acl, egress, ip_address(OUTSIDE), span)
    edges = {p + d for low_high in [span, *(d[3] for d in drawn)] for p in low_high for d in (-1, 0, 1)}
    asked = [port for port in sorted(edges) if span[0] <= port <= span[1]]
    assert (verdict is not None and verdict.allow) == passes(acl, egress, OUTSIDE, asked)


@given(st.lists(blocks, min_size=1, max_size=6, unique=True))
def test_the_most_specific_route_wins(drawn: list[str]) -> None:
    table = [Route((ip_network(block),), "NAT gateway", block) for block in drawn]
    chosen = most_specific(table, ip_address(OUTSIDE))
    around = [ip_network(block) for block in drawn if ip_address(OUTSIDE) in ip_network(block)]
    assert (chosen is None) == (not around)
    assert chosen is None or chosen.networks[0].prefixlen == max(one.prefixlen for one in around)
