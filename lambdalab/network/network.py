"""The network as a cloud's user sees it: hosts that can be placed, and why a call arrives or does not."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lambdalab.errors import UsageError
from lambdalab.network.endpoint_policy import policy_allows
from lambdalab.network.hosts import PlacedHost
from lambdalab.network.interfaces import HyperplaneInterfaces
from lambdalab.network.names import target_of
from lambdalab.network.path import Hop, Obstacle, Path, Target
from lambdalab.network.topology import Networks, Topology
from lambdalab.network.walk import walk

__all__ = ["Caller", "CloudNetwork"]

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Caller:
    """A function version whose calls are judged. ``vpc_config`` is as in the API; None or no subnets: no VPC."""

    function_arn: str
    vpc_config: Mapping[str, Any] | None = None
    environment_id: str = ""

    @property
    def in_vpc(self) -> bool:
        """Whether it is attached to a VPC."""
        return bool(self.vpc_config and self.vpc_config["SubnetIds"])

    @property
    def account(self) -> str:
        """Its account."""
        return self.function_arn.split(":")[4]

    @property
    def region(self) -> str:
        """Its Region."""
        return self.function_arn.split(":")[3]

    @property
    def name(self) -> str:
        """Its function's name."""
        return self.function_arn.split(":")[6]


class CloudNetwork(Generic[Shown]):
    """What functions can reach, and pretend hosts for them to call.

    Parameters
    ----------
    networks
        Amazon EC2.
    interfaces
        The functions' network interfaces.
    account, region
        Those of hosts placed in subnets.
    caller
        The function a name or an ARN stands for.
    shown
        Makes a path what `explain` answers.
    """

    def __init__(
        self,
        networks: Networks,
        interfaces: HyperplaneInterfaces,
        account: str,
        region: str,
        caller: Callable[[str], Caller],
        shown: Callable[[Path], Shown],
    ) -> None:
        self.interfaces = interfaces
        self._networks = networks
        self._account = account
        self._region = region
        self._caller = caller
        self._shown = shown
        self._hosts: dict[tuple[str, int], PlacedHost] = {}

    def explain(self, function_name: str, destination: str) -> Shown:
        """Why a function's call arrives or does not: the path hop by hop, or the first obstacle and what clears it.

        Parameters
        ----------
        function_name
            Name or ARN; a qualifier picks a version.
        destination
            ``"dynamodb.us-east-1"``, ``"api.example.com:443"``, ``"https://…"``, an address, or a placed host's name.

        Returns
        -------
        lambdalab.show.network_path.ShownPath
            Shows itself as text, SVG or HTML. With several subnets it is the first one that does not reach the
            destination: an execution environment may be put in any of them.

        Raises
        ------
        ResourceNotFoundException
            There is no such function.
        UsageError
            The destination is nothing lambdalab knows.
        """
        caller = self._caller(function_name)
        topology = self._networks.topology(caller.account, caller.region)
        target = target_of(destination, self._hosts, topology)
        paths = [self._checked(path, topology, target, None) for path in self._paths(caller, topology, target)]
        return self._shown(next((path for path in paths if not path.reachable), paths[0]))

    def place_host(
        self,
        name: str,
        *,
        port: int,
        answer: Any,
        subnet_id: str | None = None,
        security_group_ids: list[str] | None = None,
    ) -> str:
        """Put a pretend host into a subnet, or on the internet.

        Parameters
        ----------
        name
            The name handlers call it by, such as ``"orders.cluster-1.us-east-1.rds.amazonaws.com"``.
        port
            Where it listens, such as 5432.
        answer
            What it says: to HTTP text, bytes, or anything JSON can hold, after a status in a tuple if you like;
            otherwise text or bytes. A function of one parameter is given the `HostRequest`, or the bytes received.
        subnet_id, security_group_ids
            Where it is and what guards it. Without a subnet it is on the internet.

        Returns
        -------
        str
            Its address.

        Raises
        ------
        UsageError
            Subnet, groups or port cannot be.
        """
        if not 0 < port < 65536:
            raise UsageError(f"a port is a number from 1 to 65535, not {port}")
        if subnet_id is None:
            if security_group_ids:
                raise UsageError("security_group_ids guard a host in a subnet; give subnet_id as well")
            host = PlacedHost(name, port, answer)
        else:
            topology = self._networks.topology(self._account, self._region)
            if subnet_id not in topology.subnets:
                raise UsageError(f"there is no subnet {subnet_id}")
            groups = tuple(security_group_ids or ())
            for group in groups:
                if group not in topology.groups or topology.groups[group].vpc != topology.subnets[subnet_id].vpc:
                    raise UsageError(f"there is no security group {group} in the VPC of {subnet_id}")
            interface = self._networks.create_interface(self._account, self._region, subnet_id, groups, name)
            host = PlacedHost(name, port, answer, interface)
        self._hosts[name, port] = host
        address = host.target().address_of(4)
        return str(address)

    def host(self, name: str, port: int) -> PlacedHost | None:
        """The host placed under a name, or at an address, and a port."""
        placed = self._hosts.get((name, port))
        if placed is not None:
            return placed
        for one in self._hosts.values():
            addresses = one.interface.addresses if one.interface is not None else one.target().addresses
            if one.port == port and name in [str(address) for address in addresses]:
                return one
        return None

    def path(self, caller: Caller, destination: str, action: str | None = None) -> Path:
        """The path of a call from the subnet `caller`'s environment is in."""
        topology = self._networks.topology(caller.account, caller.region)
        target = target_of(destination, self._hosts, topology)
        paths = self._paths(caller, topology, target)
        return self._checked(paths[zlib.crc32(caller.environment_id.encode()) % len(paths)], topology, target, action)

    def _paths(self, caller: Caller, topology: Topology, target: Target) -> list[Path]:
        if not caller.in_vpc:
            return [_from_outside(caller, target)]
        vpc_config = caller.vpc_config or {}
        groups = tuple(vpc_config["SecurityGroupIds"])
        paths = []
        for subnet in vpc_config["SubnetIds"]:
            interface = self.interfaces.find(caller.account, caller.region, subnet, groups)
            if interface is None or subnet not in topology.subnets:
                hop = Hop("function", caller.name, f"attached to {subnet}")
                text = f"The function's network interface in {subnet} is gone: somebody deleted it."
                remedy = "lambda_.update_function_configuration(FunctionName=…, VpcConfig={…}) makes a new one"
                paths.append(Path(caller.name, target.name, (hop,), Obstacle("no interface", subnet, text, remedy)))
            else:
                dual = bool(vpc_config.get("Ipv6AllowedForDualStack"))
                paths.append(walk(topology, caller.name, interface, target, dual))
        return paths

    def _checked(self, path: Path, topology: Topology, target: Target, action: str | None) -> Path:
        """`path`, stopped at an endpoint whose policy says no."""
        endpoint = topology.endpoints.get(path.endpoint or "")
        if endpoint is None or not path.reachable or policy_allows(endpoint.policy, action):
            return path
        obstacle = Obstacle(
            "endpoint policy",
            endpoint.id,
            f"The policy of {endpoint.id} does not allow {action or 'calls to ' + target.name}.",
            f'ec2.modify_vpc_endpoint(VpcEndpointId="{endpoint.id}", PolicyDocument=…) with a statement that allows it',
            hangs=False,
        )
        return Path(path.function, path.target, path.hops, obstacle, path.endpoint)


def _from_outside(caller: Caller, target: Target) -> Path:
    """A function without VpcConfig runs in a network of Lambda's that has the internet and nothing of yours."""
    hop = Hop("function", caller.name, "in no VPC: in Lambda's own network")
    address = target.addresses[0] if target.addresses else None
    if target.interface is None and not (address is not None and target.by_address and address.is_private):
        kind = "service" if target.service is not None else "internet"
        last = Hop(kind, target.name, f"over the internet, port {target.port}")  # type: ignore[arg-type]
        return Path(caller.name, target.name, (hop, last))
    where = target.interface.subnet if target.interface is not None else str(address)
    obstacle = Obstacle(
        "not in a VPC",
        caller.name,
        f"{target.name} has a private address and the function is attached to no VPC.",
        'lambda_.update_function_configuration(FunctionName=…, VpcConfig={"SubnetIds": ["'
        f'{where}"], "SecurityGroupIds": ["sg-…"]}})',
    )
    return Path(caller.name, target.name, (hop,), obstacle)
