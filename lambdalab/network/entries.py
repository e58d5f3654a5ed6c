"""What the network has to say on the timeline."""

from __future__ import annotations

from dataclasses import dataclass

from lambdalab.timeline import Entry

__all__ = ["CallBlocked", "InterfaceCreated", "InterfaceDeleted"]


@dataclass(slots=True)
class CallBlocked(Entry):
    """A handler's call did not get through, from ``at_ns`` to ``ended_ns``.

    ``obstacle`` is the kind, ``where`` the id of what stopped it; ``hung`` when the caller waited in vain.
    """

    environment_id: str
    target: str
    obstacle: str
    where: str
    ended_ns: int
    hung: bool


@dataclass(slots=True)
class InterfaceCreated(Entry):
    """A Hyperplane network interface was made for a function; others may come to share it."""

    interface_id: str
    subnet_id: str


@dataclass(slots=True)
class InterfaceDeleted(Entry):
    """A Hyperplane network interface nobody used any more was taken away."""

    interface_id: str
    subnet_id: str
