"""Which names are AWS services, and what address a destination written by a person stands for."""

from __future__ import annotations

import re
from ipaddress import ip_address

from lambdalab.errors import UsageError
from lambdalab.network.hosts import PlacedHost, public_addresses
from lambdalab.network.path import Target
from lambdalab.network.topology import Topology

__all__ = ["service_of", "target_of"]

_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_ENDPOINT_NAMES = {"kinesis": "kinesis-streams", "streams.dynamodb": "dynamodb-streams"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


def service_of(host: str) -> tuple[str, str | None] | None:
    """Service and Region in a host name of AWS, or in its short form ``dynamodb.us-east-1``; None for other hosts.

    >>> service_of("bucket.s3.us-east-1.amazonaws.com"), service_of("api.example.com")
    (('s3', 'us-east-1'), None)
    """
    short = host.removesuffix(".amazonaws.com").removesuffix(".api.aws")
    labels = short.split(".")
    region = next((place for place, label in enumerate(labels) if place and _REGION.fullmatch(label)), None)
    if region is not None:
        before = labels[:region]
        service = ".".join(before[-2:]) if before[-2:] == ["streams", "dynamodb"] else before[-1]
        return _ENDPOINT_NAMES.get(service, service), labels[region]
    return (labels[-1], None) if short != host else None


def target_of(text: str, hosts: dict[tuple[str, int], PlacedHost], topology: Topology) -> Target:
    """What `text` names: a placed host, an AWS service, a host on the internet or an address, with a port or without.

    Raises
    ------
    UsageError
        It is none of these.
    """
    scheme, separator, rest = text.partition("://")
    bare = (rest if separator else text).partition("/")[0]
    host, _, port_text = bare.rpartition(":") if re.fullmatch(r"(\[.*\]|[^:]+):\d+", bare) else (bare, "", "")
    host = host.strip("[]")
    port = int(port_text) if port_text else _DEFAULT_PORTS.get(scheme if separator else "https", 443)
    if not 0 < port < 65536:
        raise UsageError(f"{text!r}: a port is a number from 1 to 65535")
    placed = [one for (name, number), one in hosts.items() if name == host and (number == port or not port_text)]
    if placed:
        return placed[0].target()
    try:
        address = ip_address(host)
    except ValueError:
        pass
    else:
        by_address = next(
            (
                one
                for one in hosts.values()
                if one.interface is not None and address in one.interface.addresses and one.port == port
            ),
            None,
        )
        interface = by_address.interface if by_address is not None else None
        return Target(host, port, (address,), interface=interface, by_address=True)
    service = service_of(host)
    if service is not None:
        name, region = service
        own = region in (None, topology.region)
        networks = topology.service_networks.get(f"com.amazonaws.{topology.region}.{name}", ()) if own else ()
        addresses = tuple(network[1] for network in networks if network.version == 4)[:1]
        dual = host.endswith(".api.aws")
        default = public_addresses(host)
        return Target(host, port, (addresses or default[:1]) + (default[1:] if dual else ()), name if own else None)
    if not re.fullmatch(r"(?!-)[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+", host):
        raise UsageError(
            f"{text!r} is no host lambdalab knows: give an AWS service and Region such as 'dynamodb.us-east-1', a host "
            "with its domain such as 'api.example.com:443', an address, or one placed with cloud.network.place_host()"
        )
    return Target(host, port, public_addresses(host))
