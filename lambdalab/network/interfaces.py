"""Hyperplane network interfaces: one for each subnet and set of security groups, shared by functions that name them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lambdalab import quotas
from lambdalab.chance import Chance
from lambdalab.clock import MINUTE, Scheduler, Timer
from lambdalab.network.entries import InterfaceCreated, InterfaceDeleted
from lambdalab.network.topology import FUNCTION_INTERFACE, Interface, Networks
from lambdalab.timeline import Timeline

__all__ = ["HyperplaneInterfaces"]

_Key = tuple[str, str, str, tuple[str, ...]]


@dataclass(slots=True)
class _Shared:
    interface_id: str
    users: set[str] = field(default_factory=set)
    removal: Timer | None = None


class HyperplaneInterfaces:
    """The interfaces of all functions.

    A user is the ARN of a function version. When the last one is gone the interface stays for a while, as on AWS.
    """

    def __init__(self, networks: Networks, scheduler: Scheduler, timeline: Timeline, chance: Chance) -> None:
        self.networks = networks
        self._scheduler = scheduler
        self._timeline = timeline
        self._chance = chance
        self._shared: dict[_Key, _Shared] = {}

    def attach(self, account: str, region: str, user: str, subnets: tuple[str, ...], groups: tuple[str, ...]) -> bool:
        """Let `user` use the interfaces of these subnets and no others; whether any had to be made."""
        function_arn = ":".join(user.split(":")[:7])
        wanted = {(account, region, subnet, tuple(sorted(groups))) for subnet in subnets}
        made = False
        for key in sorted(wanted):
            shared = self._shared.get(key)
            if shared is None or self.networks.interface(account, region, shared.interface_id) is None:
                name = f"{function_arn.rpartition(':')[2]}-{self._chance.uuid('network interface')}"
                interface = self.networks.create_interface(
                    account, region, key[2], key[3], f"{FUNCTION_INTERFACE}{name}"
                )
                users = shared.users if shared is not None else set()
                shared = self._shared[key] = _Shared(interface.id, users)
                self._timeline.record(
                    InterfaceCreated(self._scheduler.clock.time_ns, function_arn, interface.id, key[2])
                )
                made = True
            if shared.removal is not None:
                shared.removal.cancel()
                shared.removal = None
            shared.users.add(user)
        for key, shared in self._shared.items():
            if user in shared.users and key not in wanted:
                self._leave(key, shared, user)
        return made

    def detach(self, user: str) -> None:
        """`user` is gone, or has left the VPC."""
        for key, shared in self._shared.items():
            if user in shared.users:
                self._leave(key, shared, user)

    def find(self, account: str, region: str, subnet: str, groups: tuple[str, ...]) -> Interface | None:
        """The interface for a subnet and a set of groups, if it is there."""
        shared = self._shared.get((account, region, subnet, tuple(sorted(groups))))
        return None if shared is None else self.networks.interface(account, region, shared.interface_id)

    def _leave(self, key: _Key, shared: _Shared, user: str) -> None:
        shared.users.discard(user)
        if shared.users or shared.removal is not None:
            return
        function_arn = ":".join(user.split(":")[:7])

        def remove() -> None:
            self._shared.pop(key, None)
            self.networks.delete_interface(key[0], key[1], shared.interface_id)
            self._timeline.record(
                InterfaceDeleted(self._scheduler.clock.time_ns, function_arn, shared.interface_id, key[2])
            )

        # Cleaning up is nothing run_until_idle() should wait for.
        shared.removal = self._scheduler.after(
            quotas.VPC_ENI_DELETE_MINUTES * MINUTE, remove, f"removal of network interface {shared.interface_id}", True
        )
