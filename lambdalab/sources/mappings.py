"""All event source mappings of a cloud, and their life cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lambdalab.clock import SECOND, Clock, Scheduler, Timer
from lambdalab.errors import ResourceInUseException, ResourceNotFoundException
from lambdalab.source_entries import MappingStateChanged
from lambdalab.sources.mapping import EventSourceMapping, MappingConfiguration, MappingState
from lambdalab.sources.poller import Poller
from lambdalab.timeline import Timeline

__all__ = ["EventSourceMappings"]

SETTLES_AFTER_NS = 2 * SECOND
"""How long Creating, Enabling, Updating, Disabling and Deleting last. AWS takes some seconds; a modelling choice."""
_SETTLED = ("Enabled", "Disabled")


@dataclass(slots=True)
class _Kept:
    mapping: EventSourceMapping
    poller: Poller
    enabled: bool
    timer: Timer | None = None


class EventSourceMappings:
    """Keeps mappings, and starts and stops their pollers.

    Parameters
    ----------
    make_poller
        The poller of a mapping.
    """

    def __init__(
        self,
        clock: Clock,
        scheduler: Scheduler,
        timeline: Timeline,
        make_poller: Callable[[EventSourceMapping], Poller],
        settles_after_ns: int = SETTLES_AFTER_NS,
    ) -> None:
        self._clock, self._scheduler, self._timeline = clock, scheduler, timeline
        self._make_poller = make_poller
        self._settles_after_ns = settles_after_ns
        self._kept: dict[str, _Kept] = {}

    def of(self, account: str, region: str) -> Iterator[EventSourceMapping]:
        """The mappings of an account in a Region, oldest first."""
        for kept in list(self._kept.values()):
            if (kept.mapping.account, kept.mapping.region) == (account, region):
                yield kept.mapping

    def get(self, account: str, region: str, uuid: str) -> EventSourceMapping:
        """One mapping.

        Raises
        ------
        ResourceNotFoundException
            In AWS's words.
        """
        kept = self._kept.get(uuid)
        if kept is None or (kept.mapping.account, kept.mapping.region) != (account, region):
            raise ResourceNotFoundException("The resource you requested does not exist.", Type="User")
        return kept.mapping

    def add(self, mapping: EventSourceMapping, enabled: bool) -> None:
        """Keep a new mapping, which is Creating; it becomes Enabled, or Disabled when it is not to read yet."""
        kept = _Kept(mapping, self._make_poller(mapping), enabled)
        self._kept[mapping.uuid] = kept
        self._pass(kept, "Creating")

    def update(
        self, mapping: EventSourceMapping, configuration: MappingConfiguration, qualified: tuple[str, str | None],
        enabled: bool | None,
    ) -> None:  # fmt: skip
        """Give a mapping other settings, another function, or turn it on or off.

        Parameters
        ----------
        qualified
            Name and qualifier of the function.
        enabled
            None leaves it as it is.

        Raises
        ------
        ResourceInUseException
            It is between two states.
        """
        kept = self._settled(mapping, "update")
        before = kept.enabled
        kept.enabled = before if enabled is None else enabled
        changed = configuration != mapping.configuration or qualified != (mapping.function_name, mapping.qualifier)
        mapping.configuration = configuration
        mapping.function_name, mapping.qualifier = qualified
        mapping.last_modified_ns = self._clock.time_ns
        kept.poller.stop()
        if before == kept.enabled:
            self._pass(kept, "Updating" if changed or kept.enabled else "Disabled")
        else:
            self._pass(kept, "Enabling" if kept.enabled else "Disabling")

    def delete(self, mapping: EventSourceMapping) -> None:
        """Stop reading and, in a moment, forget the mapping.

        Raises
        ------
        ResourceInUseException
            It is between two states.
        """
        kept = self._settled(mapping, "delete")
        kept.poller.stop()
        mapping.last_modified_ns = self._clock.time_ns
        self._pass(kept, "Deleting")

    def settle_due(self) -> None:
        """Let states pass whose time has come while a handler ran the clock ahead of the scheduler."""
        for kept in list(self._kept.values()):
            timer = kept.timer
            if timer is not None and timer.state == "waiting" and timer.instant_ns <= self._clock.time_ns:
                timer.cancel()
                timer.action()

    def close(self) -> None:
        """Stop every poller."""
        for kept in self._kept.values():
            kept.poller.stop()
        self._kept.clear()

    def _settled(self, mapping: EventSourceMapping, verb: str) -> _Kept:
        if mapping.state not in _SETTLED:
            raise ResourceInUseException(f"Cannot {verb} the event source mapping because it is in use.", Type="User")
        return self._kept[mapping.uuid]

    def _pass(self, kept: _Kept, state: MappingState) -> None:
        self._enter(kept.mapping, state)
        kept.timer = None
        if state not in _SETTLED:
            label = f"{state} event source mapping {kept.mapping.uuid}"
            kept.timer = self._scheduler.after(self._settles_after_ns, lambda: self._settle(kept), label)

    def _settle(self, kept: _Kept) -> None:
        kept.timer = None
        if kept.mapping.state == "Deleting":
            self._kept.pop(kept.mapping.uuid, None)
            return
        self._enter(kept.mapping, "Enabled" if kept.enabled else "Disabled")
        if kept.enabled:
            kept.poller.start()

    def _enter(self, mapping: EventSourceMapping, state: MappingState) -> None:
        mapping.state = state
        self._timeline.record(
            MappingStateChanged(self._clock.time_ns, mapping.unqualified_arn, mapping.uuid, mapping.source_arn, state)
        )
