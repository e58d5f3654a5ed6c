"""What happened, told in plain sentences: the text alternative of every picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lambdalab.show.duration import in_words, since_start
from lambdalab.show.identifiers import shortened
from lambdalab.timeline import (
    ApiCalled,
    Attempt,
    Delivery,
    Entry,
    EnvironmentReset,
    EnvironmentShutdown,
    EventAccepted,
    EventDiscarded,
    Init,
    RetryScheduled,
    Throttle,
    Timeline,
)

__all__ = ["narrated"]

_FAILED = {"error": "failed", "timeout": "timed out", "exit": "ended with the runtime exiting"}


def narrated(timeline: Timeline, most: int = 24) -> list[str]:
    """Sentences in order of the instant at which each begins, one per event or call.

    Parameters
    ----------
    timeline
        What to tell.
    most
        Sentences before the rest is summed up in one.
    """
    entries = list(timeline)
    if not entries:
        return ["Nothing has happened yet."]
    teller = _Teller(entries, timeline.start_ns)
    told = teller.sentences()
    if len(told) > most:
        told = [*told[: most - 1], f"… and {len(told) - most + 1:,} more like these."]
        told.insert(0, f"In all: {_sum(entries)}.")
    if timeline.counted_only:
        told.append(f"{timeline.counted_only:,} further entries were counted without being kept.")
    return told


class _Teller:
    def __init__(self, entries: list[Entry], start_ns: int) -> None:
        self._entries = entries
        self._start_ns = start_ns
        self._requests = shortened(getattr(entry, "request_id", "") for entry in entries)
        self._environments = shortened(
            identifier for entry in entries if (identifier := getattr(entry, "environment_id", ""))
        )
        self._several = len({entry.function_arn for entry in entries if entry.function_arn}) > 1

    def sentences(self) -> list[str]:
        stories: dict[str, list[Entry]] = {}
        single: list[tuple[int, str]] = []
        for entry in self._entries:
            match entry:
                case EventAccepted() | Attempt() | Throttle() | RetryScheduled() | EventDiscarded() | Delivery():
                    stories.setdefault(entry.request_id, []).append(entry)
                case _:
                    if said := self._alone(entry):
                        single.append((entry.at_ns, said))
        told = [(story[0].at_ns, self._story(request, story)) for request, story in stories.items()]
        # sorted() keeps the order of what happened at one instant: calls and resets before the events they precede.
        return [said for _, said in sorted([*single, *told], key=lambda pair: pair[0])]

    def _when(self, instant: int) -> str:
        return since_start(instant, self._start_ns)

    def _alone(self, entry: Entry) -> str:
        where = f"Environment {self._environments[entry.environment_id]} of {entry.function_name}" if isinstance(
            entry, Init | EnvironmentReset | EnvironmentShutdown
        ) else ""
        match entry:
            case ApiCalled(operation=operation, error_code=None) if not operation.startswith("Invoke"):
                return f"At {self._when(entry.at_ns)} {operation} succeeded."
            case ApiCalled(operation=operation, error_code=str() as code) if code != "TooManyRequestsException":
                return f"At {self._when(entry.at_ns)} {operation} was refused with {code}."
            case Init(outcome=outcome) if outcome != "success":
                return f"{where} {_FAILED[outcome]} during init at {self._when(entry.ended_ns)}."
            case Init(suppressed=True):
                took = in_words(entry.ended_ns - entry.at_ns)
                return f"{where} repeated its init inside the invocation at {self._when(entry.at_ns)} ({took})."
            case EnvironmentReset():
                return f"{where} was reset at {self._when(entry.at_ns)} ({entry.reason})."
            case EnvironmentShutdown():
                return f"{where} was shut down at {self._when(entry.at_ns)} ({entry.reason})."
        return ""

    def _story(self, request_id: str, story: list[Entry]) -> str:
        first = story[0]
        kind = getattr(first, "invocation_type", "Event")
        what = {"RequestResponse": "Call", "DryRun": "Dry run"}.get(kind, "Event")
        parts = [f"{what} {self._requests[request_id]}" + (f" for {first.function_name}" if self._several else "")]
        clauses: list[str] = []
        throttles: list[Throttle] = []
        waits: list[RetryScheduled] = []
        for index, entry in enumerate(story):
            if isinstance(entry, Throttle):
                throttles.append(entry)
                continue
            following = story[index + 1] if index + 1 < len(story) else None
            if isinstance(entry, RetryScheduled) and (entry.cause == "throttle" or isinstance(following, Throttle)):
                waits.append(entry)
                continue
            clauses += self._throttled(throttles, waits)
            throttles, waits = [], []
            if clause := self._clause(entry):
                clauses.append(clause)
        clauses += self._throttled(throttles, waits)
        return f"{parts[0]} {'; '.join(clauses)}."

    def _throttled(self, throttles: list[Throttle], waits: list[RetryScheduled]) -> list[str]:
        if not throttles:
            return [f"waited {in_words(wait.due_ns - wait.at_ns)} in the queue" for wait in waits]
        first, last = throttles[0], throttles[-1]
        if len(throttles) == 1:
            said = f"was throttled at {self._when(first.at_ns)} ({first.reason})"
        else:
            said = f"was throttled {len(throttles)} times from {self._when(first.at_ns)} to {self._when(last.at_ns)} ({first.reason})"
        if waits:
            said += f" and went back to the queue, the last time for {in_words(waits[-1].due_ns - waits[-1].at_ns)}"
        return [said]

    def _clause(self, entry: Entry) -> str:
        match entry:
            case EventAccepted(invocation_type="Event"):
                return f"was accepted at {self._when(entry.at_ns)}"
            case EventAccepted():
                return f"began at {self._when(entry.at_ns)}"
            case Attempt():
                return self._attempt(entry)
            case RetryScheduled():
                return f"it went back to the queue for {in_words(entry.due_ns - entry.at_ns)}"
            case EventDiscarded():
                times = {0: "without an attempt", 1: "after 1 attempt"}
                return f"Lambda gave it up {times.get(entry.invoke_count, f'after {entry.invoke_count} attempts')} ({entry.condition})"
            case Delivery(error=None):
                return f"its record went to the {entry.kind} {entry.target_arn.rpartition(':')[2]} at {self._when(entry.at_ns)}"
            case Delivery():
                name = entry.target_arn.rpartition(":")[2]
                return f"its record could not be left at the {entry.kind} {name}: {entry.error}"
        return ""

    def _attempt(self, entry: Attempt) -> str:
        who = f"attempt {entry.attempt}" if entry.invocation_type == "Event" else "it"
        ended = _FAILED.get(entry.outcome, "succeeded")
        state = "a cold" if entry.cold else "a warm"
        said = f"{who} {ended} in {state} environment ({self._environments[entry.environment_id]})"
        said += f" after {in_words(entry.ended_ns - entry.at_ns)}"
        if entry.cold:
            said += f" and {in_words(entry.init_ns)} of init"
        if entry.outcome == "error" and entry.error_type:
            said += f" with {entry.error_type}" + (f": {entry.error_message}" if entry.error_message else "")
        return said


def _sum(entries: Iterable[Entry]) -> str:
    counts = Counter(type(entry) for entry in entries)
    outcomes = Counter(entry.outcome for entry in entries if isinstance(entry, Attempt))
    said = [
        (counts[EventAccepted], "invocations accepted"),
        (outcomes["success"], "attempts succeeded"),
        (outcomes["error"], "failed"),
        (outcomes["timeout"], "timed out"),
        (outcomes["exit"], "ended with the runtime exiting"),
        (counts[Throttle], "were throttled"),
        (counts[RetryScheduled], "waits for a retry"),
        (counts[EventDiscarded], "events given up"),
        (counts[Delivery], "records sent on"),
    ]
    return ", ".join(f"{count:,} {words}" for count, words in said if count) or f"{counts.total():,} entries"
