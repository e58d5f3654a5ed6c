"""The way of a call, hop by hop, or the first thing that stops it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lambdalab.network.topology import Address, Interface

__all__ = ["Hop", "Obstacle", "Path", "Target"]

HopKind = Literal["function", "dns", "subnet", "gateway", "endpoint", "internet", "host", "service", "peering"]


@dataclass(frozen=True, slots=True)
class Hop:
    """A place the call passes. ``name`` is AWS's id or a host's name; ``text`` says what let it through."""

    kind: HopKind
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stops the call.

    Attributes
    ----------
    kind
        Such as ``"no route"`` or ``"security group"``.
    where
        Id of the thing that stops it.
    text
        Why, in a sentence.
    remedy
        What would clear it, boto3 call included.
    hangs
        Whether the caller waits for an answer that never comes; else it is told at once.
    """

    kind: str
    where: str
    text: str
    remedy: str
    hangs: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """What is called.

    ``addresses`` are public ones. A host in a subnet has an ``interface`` instead; an AWS service its name, such as
    ``dynamodb``, in ``service``.
    """

    name: str
    port: int
    addresses: tuple[Address, ...] = ()
    service: str | None = None
    interface: Interface | None = None
    by_address: bool = False

    def address_of(self, version: int) -> Address | None:
        """Its first address of an IP version."""
        own: Iterable[Address] = self.interface.addresses if self.interface is not None else self.addresses
        return next((address for address in own if address.version == version), None)


@dataclass(frozen=True, slots=True)
class Path:
    """Where a call from one subnet gets to. ``obstacle`` is None when it arrives and its answer returns."""

    function: str
    target: str
    hops: tuple[Hop, ...]
    obstacle: Obstacle | None = None
    endpoint: str | None = None

    @property
    def reachable(self) -> bool:
        """Whether the call arrives and its answer comes back."""
        return self.obstacle is None
