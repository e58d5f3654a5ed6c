"""How an alias divided its traffic over time, and where its invocations went: derived from the timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lambdalab.clock import SECOND
from lambdalab.errors import UsageError
from lambdalab.show.duration import since_start
from lambdalab.timeline import (
    AliasRouted,
    Attempt,
    DeploymentStatusChanged,
    EventAccepted,
    LifecycleEventChanged,
    Timeline,
)

__all__ = ["Landed", "Stage", "Traffic"]

_BAR = 20


@dataclass(frozen=True, slots=True)
class Stage:
    """A time during which the weights stay. ``shares`` maps version numbers to fractions that add up to 1."""

    start_ns: int
    end_ns: int
    shares: dict[str, float]
    cause: str


@dataclass(frozen=True, slots=True)
class Landed:
    """An invocation of the alias, and the version that ran it."""

    at_ns: int
    version: str
    failed: bool


class Traffic:
    """One alias's traffic. It shows itself as text, and in a notebook as a picture.

    Parameters
    ----------
    timeline
        What happened.
    alias
        Name of the alias.
    function
        Name of its function; needed only where several functions have an alias of that name.

    Attributes
    ----------
    stages, landed, notes
        Stretches of constant weights; first attempts of the alias's invocations; what the deployments did, as pairs
        of an instant and words.

    Raises
    ------
    UsageError
        The timeline knows no such alias, or several.
    """

    def __init__(self, timeline: Timeline, alias: str, function: str | None = None) -> None:
        routed = [e for e in timeline.of(AliasRouted) if e.alias == alias and function in (None, e.function_name)]
        names = sorted({entry.function_name for entry in routed})
        if len(names) != 1:
            known = f"functions {', '.join(names)} have" if names else "the timeline knows no function with"
            raise UsageError(f"{known} an alias {alias!r}; name one function whose alias was created or changed")
        self.alias, self.function = alias, names[0]
        self.start_ns = timeline.start_ns
        accepted = {
            entry.request_id: entry.at_ns
            for entry in timeline.of(EventAccepted)
            if entry.qualifier == alias and entry.function_name == self.function
        }
        self.landed = [
            Landed(entry.at_ns - entry.init_ns, entry.version, entry.outcome != "success")
            for entry in timeline.of(Attempt)
            if entry.request_id in accepted and entry.attempt == 1
        ]
        deployments = {entry.deployment_id for entry in routed} - {""}
        self.notes = sorted(self._notes(timeline, deployments))
        last_ns = max(
            [entry.at_ns for entry in routed] + [one.at_ns for one in self.landed] + [n for n, _ in self.notes]
        )
        self.stages = [
            Stage(entry.at_ns, following.at_ns if following else last_ns, _shares(entry), entry.deployment_id)
            for entry, following in zip(routed, [*routed[1:], None], strict=True)
        ]
        self.end_ns = last_ns

    def _notes(self, timeline: Timeline, deployments: set[str]) -> Iterable[tuple[int, str]]:
        for status in timeline.of(DeploymentStatusChanged):
            if status.deployment_id in deployments and status.status not in ("Created", "InProgress"):
                because = f" ({status.error_code})" if status.error_code else ""
                yield status.at_ns, f"{status.status}{because}: deployment {status.deployment_id}"
        for event in timeline.of(LifecycleEventChanged):
            if event.deployment_id in deployments and event.hook and event.lifecycle_status in ("Succeeded", "Failed"):
                yield event.at_ns, f"{event.lifecycle_event} hook {event.lifecycle_status}"

    @property
    def versions(self) -> list[str]:
        """Versions that ever had a share or an invocation, in order of their first share."""
        return list(
            dict.fromkeys([v for stage in self.stages for v in stage.shares] + [o.version for o in self.landed])
        )

    @property
    def title(self) -> str:
        """``function:alias``."""
        return f"{self.function}:{self.alias}"

    @property
    def summary(self) -> str:
        """How many invocations each version got."""
        counts = Counter(one.version for one in self.landed)
        told = ", ".join(f"{counts[version]:,} on {_named(version)}" for version in self.versions)
        return f"{_count(len(self.landed))}: {told}" if self.landed else "no invocations of the alias"

    def sentences(self) -> list[str]:
        """What happened, in order: the text alternative of the picture."""
        told = []
        for stage in self.stages:
            shares = " and ".join(f"{_named(v)} {_percent(share)}" for v, share in stage.shares.items())
            counts = self.counts(stage)
            went = ", ".join(f"{counts[version]:,} on {_named(version)}" for version in sorted(counts))
            then = f"; {_count(counts.total())}: {went}" if counts else ""
            told.append((stage.start_ns, f"From {since_start(stage.start_ns, self.start_ns)} on: {shares}{then}."))
        told += [(at_ns, f"At {since_start(at_ns, self.start_ns)}: {words}.") for at_ns, words in self.notes]
        return [said for _, said in sorted(told, key=lambda one: one[0])]

    def counts(self, stage: Stage) -> Counter[str]:
        """Invocations by version while the weights were those of `stage`."""
        last = stage is self.stages[-1]
        return Counter(
            one.version
            for one in self.landed
            if stage.start_ns <= one.at_ns and (one.at_ns < stage.end_ns or (last and one.at_ns == stage.end_ns))
        )

    def text(self) -> str:
        """The stages as lines with bars, for a terminal; ASCII only."""
        lines = [self.title, self.summary, ""]
        for stage in self.stages:
            counts = self.counts(stage)
            for number, (version, share) in enumerate(stage.shares.items()):
                when = since_start(stage.start_ns, self.start_ns) if number == 0 else ""
                bar = "#" * round(share * _BAR)
                lines.append(
                    f"{when:>18}  {_named(version):<12} {_percent(share):>6} {bar:<{_BAR}} {_count(counts[version])}"
                )
        lines += ["", *(f"{since_start(at_ns, self.start_ns):>18}  {words}" for at_ns, words in self.notes)]
        return "\n".join(lines).rstrip()

    def svg(self) -> str:
        """The picture as one SVG document, which is also right outside any page."""
        from lambdalab.show.traffic_picture import TrafficPicture

        return TrafficPicture(self).svg() + "\n"

    def html(self) -> str:
        """Picture and words as an HTML fragment without script, id or request."""
        from lambdalab.show.look import NARROW
        from lambdalab.show.page import picture_and_words
        from lambdalab.show.traffic_picture import TrafficPicture

        wide, narrow = TrafficPicture(self).svg(), TrafficPicture(self, NARROW).svg(with_style=False)
        return picture_and_words(wide, narrow, "The traffic, in words", self.sentences())

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.html()


def _shares(entry: AliasRouted) -> dict[str, float]:
    additional = dict(entry.additional_version_weights)
    return {entry.function_version: 1 - sum(additional.values()), **additional}


def _named(version: str) -> str:
    return version if version == "$LATEST" else f"version {version}"


def _percent(share: float) -> str:
    return f"{round(share * 100, 1):g} %"


def _count(number: int) -> str:
    return f"{number:,} invocation{'' if number == 1 else 's'}"


def tick_step(duration_ns: int, most: int) -> int:
    """The round length of time of which at most `most` fit into the duration."""
    steps = [n * SECOND for n in (1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400)]
    return next(
        (step for step in steps if duration_ns <= step * most), steps[-1] * (1 + duration_ns // (steps[-1] * most))
    )
