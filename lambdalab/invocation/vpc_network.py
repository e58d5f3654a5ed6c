"""One cloud's network, and the function versions whose calls it judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from lambdalab.chance import Chance
from lambdalab.clock import Scheduler
from lambdalab.functions.identifier import LATEST, FunctionIdentifier
from lambdalab.invocation.data_plane import DataPlane
from lambdalab.network.calls import HandlerCalls
from lambdalab.network.interfaces import HyperplaneInterfaces
from lambdalab.network.network import Caller, CloudNetwork
from lambdalab.network.path import Path
from lambdalab.network.topology import Networks
from lambdalab.timeline import Timeline

__all__ = ["VpcNetwork"]

Shown = TypeVar("Shown")


class VpcNetwork(Generic[Shown]):
    """Puts the parts together.

    Parameters
    ----------
    plane
        The data plane at the moment: a reset makes another.
    shown
        Makes a path what `explain` answers.

    Attributes
    ----------
    face
        What users of the cloud see.
    calls
        Judges calls of the handler that runs.
    """

    def __init__(
        self,
        networks: Networks,
        scheduler: Scheduler,
        timeline: Timeline,
        chance: Chance,
        plane: Callable[[], DataPlane],
        home: tuple[str, str],
        shown: Callable[[Path], Shown],
    ) -> None:
        self._plane = plane
        self._home = home
        interfaces = HyperplaneInterfaces(networks, scheduler, timeline, chance)
        self.face = CloudNetwork(networks, interfaces, *home, self._named, shown)
        self.calls = HandlerCalls(self.face, scheduler.clock, timeline, self._serving)

    def _serving(self) -> Caller | None:
        """The function version whose handler runs."""
        serving = self._plane().serving
        if serving is None:
            return None
        function, version, environment_id = serving
        return Caller(function.arn, version.configuration.vpc_config, environment_id)

    def _named(self, name: str) -> Caller:
        identifier = FunctionIdentifier.parse(name, *self._home)
        store = self._plane().store(identifier.account, identifier.region)
        function = store.get(identifier.name, identifier.qualifier)
        alias = function.aliases.get(identifier.qualifier or "")
        version = function.version(alias.function_version if alias else identifier.qualifier or LATEST)
        return Caller(function.arn, (version or function.latest).configuration.vpc_config)
