"""From the entries of a timeline to lanes, bars and marks. Knows nothing of pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from lambdalab.clock import SECOND
from lambdalab.show.duration import in_words
from lambdalab.show.identifiers import shortened
from lambdalab.show.lane import Bar, BarKind, Lane, LaneKind, Link, Mark, MarkKind
from lambdalab.show.wording import UNTOLD, Told, Wording
from lambdalab.timeline import (
    ApiCalled,
    Attempt,
    Delivery,
    Entry,
    EntryType,
    EnvironmentCreated,
    EnvironmentReset,
    EnvironmentShutdown,
    EventAccepted,
    EventDiscarded,
    Init,
    RetryScheduled,
    Throttle,
    Timeline,
)

__all__ = ["Scene"]

MOST_ENVIRONMENTS = 8
MOST_TARGETS = 4
MOST_ROWS = 8
MOST_ITEMS = 40
MOST_LINKS = 40

_COUNTED: tuple[tuple[type[Entry], str, BarKind | MarkKind], ...] = (
    (EventAccepted, "queue", "accepted"),
    (Throttle, "queue", "throttle"),
    (RetryScheduled, "waiting", "waiting"),
    (EventDiscarded, "queue", "discarded"),
    (Attempt, "more environments", "success"),
    (Delivery, "more targets", "delivered"),
)
"""Where entries go that a full timeline has only counted. (An attempt's outcome is not known then.)"""


@dataclass(slots=True)
class Scene:
    """Everything a picture shows.

    Attributes
    ----------
    start_ns
        The instant called t.
    functions
        Names of the functions concerned, in order of appearance.
    summary
        The main numbers, in one line.
    hidden_environments
        How many share the lane "… and n more environments".
    counted_only
        Entries the timeline has counted without keeping them.
    """

    start_ns: int
    lanes: list[Lane] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    summary: str = ""
    hidden_environments: int = 0
    counted_only: int = 0

    @classmethod
    def of(cls, timeline: Timeline) -> Scene:
        """The scene of all entries of `timeline`."""
        return _Builder(timeline).scene

    @property
    def title(self) -> str:
        """The functions concerned, the first three by name."""
        if not self.functions:
            return "AWS Lambda"
        more = f" and {len(self.functions) - 3} more" if len(self.functions) > 3 else ""
        return ", ".join(self.functions[:3]) + more

    def instants(self) -> set[int]:
        """Every instant at which something begins, ends or happens."""
        found: set[int] = set()
        for lane in self.lanes:
            for bar in lane.bars:
                found.add(bar.start_ns)
                found.add(bar.end_ns)
            found.update(mark.at_ns for mark in lane.marks)
            found.update(instant for instant, _, _ in lane.counted)
        return found

    def busy(self) -> list[tuple[int, int]]:
        """Intervals during which an execution environment runs."""
        return [
            (bar.start_ns, bar.end_ns)
            for lane in self.lanes
            if lane.kind in ("environment", "more environments")
            for bar in lane.bars
        ]

    def kinds(self) -> set[BarKind | MarkKind]:
        """What is drawn one by one, for the legend."""
        found: set[BarKind | MarkKind] = set()
        for lane in self.lanes:
            if not lane.dense:
                found.update(bar.kind for bar in lane.bars)
                found.update(mark.kind for mark in lane.marks)
        return found


class _Builder:
    """Walks over the entries once, in order."""

    def __init__(self, timeline: Timeline) -> None:
        entries = list(timeline)
        self.scene = Scene(timeline.start_ns, counted_only=timeline.counted_only)
        self._environments = shortened(
            entry.environment_id
            for entry in entries
            if isinstance(entry, EnvironmentCreated | Init | Attempt | EnvironmentReset | EnvironmentShutdown)
        )
        requests = shortened(getattr(entry, "request_id", "") for entry in entries)
        self._words = Wording(timeline.start_ns, requests)
        self._initialised = {(e.environment_id, e.ended_ns) for e in entries if isinstance(e, Init)}
        self._shown = set(list(dict.fromkeys(self._environments_in_order(entries)))[:MOST_ENVIRONMENTS])
        self._functions = {entry.function_name: None for entry in entries if entry.function_name}
        self._versions: dict[str, str] = {}
        self._lanes: dict[str, Lane] = {}
        self._places: dict[str, tuple[str, int, int]] = {}
        self._row_ends: dict[str, list[int]] = {}
        self._reservations: dict[tuple[str, int], int] = {}
        self._marks: dict[str, Mark] = {}
        self._accepted: dict[str, EventAccepted] = {}
        self._last_ns = max((getattr(entry, "ended_ns", entry.at_ns) for entry in entries), default=timeline.start_ns)
        for entry in entries:
            self._add(entry)
        if timeline.counted_only:
            self._add_counted(timeline, entries)
        self.scene.functions = list(self._functions)
        self.scene.summary = self._summary(timeline, entries)
        self.scene.hidden_environments = len(self._environments) - len(self._shown)
        self.scene.lanes = self._finished_lanes()
        if len(self.scene.links) > MOST_LINKS or any(lane.dense for lane in self.scene.lanes):
            self.scene.links = []

    @staticmethod
    def _environments_in_order(entries: list[Entry]) -> list[str]:
        return [entry.environment_id for entry in entries if isinstance(entry, EnvironmentCreated | Init | Attempt)]

    def _add(self, entry: Entry) -> None:
        match entry:
            case ApiCalled():
                self._add_api_call(entry)
            case EventAccepted():
                self._add_accepted(entry)
            case Attempt():
                self._add_attempt(entry)
            case Init():
                self._add_init(entry)
            case EnvironmentCreated():
                self._versions[entry.environment_id] = entry.version
                self._environment(entry)
            case EnvironmentReset():
                lane = self._environment(entry)
                told = self._told(lane, self._words.end_of_environment, entry)
                lane.marks.append(Mark(entry.at_ns, "reset", *told))
            case EnvironmentShutdown():
                lane = self._environment(entry)
                told = self._told(lane, self._words.end_of_environment, entry)
                lane.marks.append(Mark(entry.at_ns, "shutdown", *told))
                if lane.life and lane.kind == "environment":
                    lane.life = lane.life[0], entry.at_ns
            case Throttle():
                self._add_throttle(entry)
            case RetryScheduled():
                self._add_retry(entry)
            case EventDiscarded():
                self._add_discarded(entry)
            case Delivery():
                self._add_delivery(entry)

    def _lane(self, key: str, kind: LaneKind, title: str, subtitle: str = "") -> Lane:
        return self._lanes.setdefault(key, Lane(key, kind, title, subtitle))

    def _queue(self) -> Lane:
        return self._lane("queue", "queue", "Asynchronous queue", "inside Lambda")

    def _callers(self) -> Lane:
        return self._lane("callers", "callers", "Callers", "synchronous, waiting")

    def _environment(self, entry: EnvironmentCreated | Init | Attempt | EnvironmentReset | EnvironmentShutdown) -> Lane:
        identifier = entry.environment_id
        if identifier not in self._shown:
            return self._lane("more environments", "more environments", "")
        version = self._versions.setdefault(identifier, getattr(entry, "version", "$LATEST"))
        name = entry.function_name if version == "$LATEST" else f"{entry.function_name}:{version}"
        lane = self._lane(f"environment {identifier}", "environment", name or "function")
        lane.subtitle = f"environment {self._environments[identifier]}"
        lane.life = lane.life or (entry.at_ns, self._last_ns)
        return lane

    def _stacked(self, lane: Lane, bar: Bar) -> int:
        """Add a bar to a row in which nothing else lasts at that time; rows nobody would draw are not counted."""
        ends = self._row_ends.setdefault(lane.key, [])
        bar.row = next((row for row, end in enumerate(ends) if end <= bar.start_ns), len(ends))
        if bar.row < len(ends):
            ends[bar.row] = bar.end_ns
        elif len(ends) <= MOST_ROWS:
            ends.append(bar.end_ns)
        lane.rows = max(1, len(ends))
        lane.bars.append(bar)
        return bar.row

    def _reserved(self, lane: Lane, instant: int) -> int:
        """One row for all refusals of an instant, which no bar that begins then will use."""
        if (lane.key, instant) not in self._reservations:
            ends = self._row_ends.setdefault(lane.key, [])
            row = next((row for row, end in enumerate(ends) if end <= instant), len(ends))
            ends[row : row + 1] = [instant + 1]
            lane.rows = max(lane.rows, len(ends))
            self._reservations[lane.key, instant] = row
        return self._reservations[lane.key, instant]

    @staticmethod
    def _told(lane: Lane, words: Callable[[EntryType], Told], entry: EntryType) -> Told:
        """The entry's words, unless its lane is too full to show them."""
        return words(entry) if len(lane.bars) + len(lane.marks) <= MOST_ITEMS else UNTOLD

    def _move(self, request_id: str, key: str, arrive_ns: int, row: int, leave_ns: int) -> None:
        """Draw the event's way from where it was, and remember where it is."""
        if request_id in self._places and len(self.scene.links) <= MOST_LINKS:
            self.scene.links.append(Link(*self._places[request_id], key, arrive_ns, row))
        self._places[request_id] = (key, leave_ns, row)

    def _add_api_call(self, entry: ApiCalled) -> None:
        # An invocation is told by its own entries; only a refusal that left none of them is worth a mark.
        if entry.operation.startswith("Invoke") and entry.error_code in (None, "TooManyRequestsException"):
            return
        lane = self._lane("api", "api", "Lambda API", "calls")
        kind: MarkKind = "api error" if entry.error_code else "api call"
        lane.marks.append(Mark(entry.at_ns, kind, *self._told(lane, self._words.api_call, entry)))

    def _add_accepted(self, entry: EventAccepted) -> None:
        self._accepted[entry.request_id] = entry
        lane = self._queue() if entry.invocation_type == "Event" else self._callers()
        self._places[entry.request_id] = (lane.key, entry.at_ns, 0)
        if entry.invocation_type != "RequestResponse":
            mark = Mark(entry.at_ns, "accepted", *self._told(lane, self._words.accepted, entry))
            self._marks[entry.request_id] = mark
            lane.marks.append(mark)

    def _add_init(self, entry: Init) -> None:
        lane = self._environment(entry)
        kind: BarKind = "init" if entry.outcome == "success" else "failed init"
        if entry.suppressed:
            kind = "suppressed init"
        lane.bars.append(Bar(entry.at_ns, entry.ended_ns, kind, *self._told(lane, self._words.init, entry)))

    def _add_attempt(self, entry: Attempt) -> None:
        lane = self._environment(entry)
        began = entry.at_ns - entry.init_ns
        if entry.cold and (entry.environment_id, entry.at_ns) not in self._initialised:
            # Its init is missing where the timeline was narrowed to one request.
            lane.bars.append(Bar(began, entry.at_ns, "init", *self._told(lane, self._words.cold_start, entry)))
        bar = Bar(entry.at_ns, entry.ended_ns, entry.outcome, *self._told(lane, self._words.attempt, entry))
        lane.bars.append(bar)
        accepted = self._accepted.get(entry.request_id)
        if entry.invocation_type != "Event":
            self._add_call(entry, accepted.at_ns if accepted else began)
        elif accepted and entry.attempt == 1 and began > self._places[entry.request_id][1]:
            self._add_queued(entry, self._places[entry.request_id][1], began)
        self._move(entry.request_id, lane.key, began, 0, entry.ended_ns)

    def _add_call(self, entry: Attempt, start_ns: int) -> None:
        lane = self._callers()
        kind: BarKind = "call" if entry.outcome == "success" else "failed call"
        told = self._told(lane, lambda attempt: self._words.call(attempt, start_ns), entry)
        row = self._stacked(lane, Bar(start_ns, entry.ended_ns, kind, *told))
        self._places[entry.request_id] = ("callers", start_ns, row)

    def _add_queued(self, entry: Attempt, since_ns: int, until_ns: int) -> None:
        lane = self._queue()
        told = self._told(lane, lambda attempt: self._words.queued(attempt, since_ns), entry)
        row = self._stacked(lane, Bar(since_ns, until_ns, "queued", *told))
        self._marks[entry.request_id].row = row
        self._places[entry.request_id] = ("queue", until_ns, row)

    def _add_throttle(self, entry: Throttle) -> None:
        asynchronous = entry.invocation_type == "Event"
        lane = self._queue() if asynchronous else self._callers()
        row = 0 if asynchronous else self._reserved(lane, entry.at_ns)
        lane.marks.append(Mark(entry.at_ns, "throttle", *self._told(lane, self._words.throttle, entry), row))
        self._places[entry.request_id] = (lane.key, entry.at_ns, 0)

    def _add_retry(self, entry: RetryScheduled) -> None:
        lane = self._lane("waiting", "waiting", "Waiting to retry", "back in the queue")
        row = self._stacked(
            lane, Bar(entry.at_ns, entry.due_ns, "waiting", *self._told(lane, self._words.retry, entry))
        )
        self._move(entry.request_id, lane.key, entry.at_ns, row, entry.due_ns)

    def _add_discarded(self, entry: EventDiscarded) -> None:
        lane = self._queue()
        lane.marks.append(Mark(entry.at_ns, "discarded", *self._told(lane, self._words.discarded, entry)))
        self._places.setdefault(entry.request_id, ("queue", entry.at_ns, 0))

    def _add_delivery(self, entry: Delivery) -> None:
        name = entry.target_arn.rpartition(":")[2] or entry.target_arn
        key = f"target {entry.kind} {entry.target_arn}"
        if key not in self._lanes and sum(lane.kind == "target" for lane in self._lanes.values()) >= MOST_TARGETS:
            lane = self._lane("more targets", "more targets", "More destinations")
        else:
            lane = self._lane(key, "target", entry.kind[0].upper() + entry.kind[1:], name)
        kind: MarkKind = "undelivered" if entry.error else "delivered"
        told = self._told(lane, lambda delivery: self._words.delivery(delivery, name), entry)
        lane.marks.append(Mark(entry.at_ns, kind, *told))
        self._move(entry.request_id, lane.key, entry.at_ns, 0, entry.at_ns)

    def _add_counted(self, timeline: Timeline, entries: list[Entry]) -> None:
        for kind, key, word in _COUNTED:
            kept = Counter(entry.at_ns // SECOND for entry in entries if type(entry) is kind)
            rest = [(s * SECOND, word, n - kept[s]) for s, n in timeline.counts_per_second(kind).items() if n > kept[s]]
            if not rest:
                continue
            match key:
                case "queue":
                    lane = self._queue()
                case "waiting":
                    lane = self._lane(key, "waiting", "Waiting to retry", "back in the queue")
                case "more environments":
                    lane = self._lane(key, "more environments", "Other invocations", "counted only")
                case _:
                    lane = self._lane(key, "more targets", "More destinations")
            lane.counted.extend(rest)

    def _summary(self, timeline: Timeline, entries: list[Entry]) -> str:
        events = sum(isinstance(e, EventAccepted) and e.invocation_type == "Event" for e in entries)
        calls = sum(isinstance(e, EventAccepted) and e.invocation_type == "RequestResponse" for e in entries)
        attempts = [entry for entry in entries if isinstance(entry, Attempt)]
        numbers = [
            (events, "event", "events"),
            (calls, "call", "calls"),
            (len(attempts), "attempt", "attempts"),
            (sum(attempt.outcome != "success" for attempt in attempts), "failed", "failed"),
            (sum(attempt.cold for attempt in attempts), "cold start", "cold starts"),
            (sum(isinstance(entry, Throttle) for entry in entries), "throttled", "throttled"),
        ]
        said = [f"{count:,} {one if count == 1 else many}" for count, one, many in numbers if count]
        lasted = self._last_ns - min((entry.at_ns for entry in entries), default=self._last_ns)
        if lasted and not timeline.counted_only:
            said.append(in_words(lasted))
        return " · ".join(said)

    def _finished_lanes(self) -> list[Lane]:
        order: tuple[LaneKind, ...] = (
            "api",
            "callers",
            "queue",
            "waiting",
            "environment",
            "more environments",
            "target",
            "more targets",
        )
        lanes = sorted(self._lanes.values(), key=lambda lane: order.index(lane.kind))
        more = self._lanes.get("more environments")
        if more and self.scene.hidden_environments:
            plural = "s" if self.scene.hidden_environments > 1 else ""
            more.title = f"… and {self.scene.hidden_environments:,} more"
            more.subtitle = f"environment{plural}, together"
        for lane in lanes:
            lane.bars.sort(key=lambda bar: bar.start_ns)
            full = len(lane.bars) + len(lane.marks) > MOST_ITEMS or lane.rows > MOST_ROWS
            lane.dense = full or bool(lane.counted) or lane.kind == "more environments"
            if lane.dense:
                lane.rows = 1
        return lanes
