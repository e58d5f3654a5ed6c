"""What happened, told in plain sentences: the text alternative of every picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from lambdalab.show.duration import in_words, since_start
from lambdalab.show.identifiers import shortened
from lambdalab.source_entries import BatchEnded, BatchPolled, MappingStateChanged, MessagesMoved, RecordsFiltered
from lambdalab.timeline import (
    AliasRouted,
    ApiCalled,
    Attempt,
    Delivery,
    DeploymentStatusChanged,
    Entry,
    EnvironmentCreated,
    EnvironmentReset,
    EnvironmentShutdown,
    EventAccepted,
    EventDiscarded,
    Init,
    LifecycleEventChanged,
    RetryScheduled,
    Throttle,
    Timeline,
)

__all__ = ["narrated"]

_FAILED = {"error": "failed", "timeout": "timed out", "exit": "ended with the runtime exiting"}
_BATCH_ENDS = {
    "success": "it succeeded",
    "partial failure": "it failed in part",
    "function error": "it failed",
    "throttled": "it was throttled until its messages showed again",
    "not invoked": "the function was not invoked",
}
_Story = list[Entry]


def narrated(timeline: Timeline, most: int = 24) -> list[str]:
    """Sentences in order of the instant at which each begins, one per event or call.

    Where that would be more than `most`, events that went the same way share a sentence, and
    what is still too much is summed up.
    """
    entries = list(timeline)
    if not entries and not timeline.counted_only:
        return ["Nothing has happened yet."]
    told = _Teller(entries, timeline.start_ns).sentences(most)
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
        # An environment whose init failed is new all the same when its first event comes.
        firsts: dict[str, int] = {}
        for entry in entries:
            if isinstance(entry, Attempt):
                firsts.setdefault(entry.environment_id, id(entry))
        created = {entry.environment_id for entry in entries if isinstance(entry, EnvironmentCreated)}
        self._first_of_new = {attempt for environment, attempt in firsts.items() if environment in created}
        self._several = len({entry.function_arn for entry in entries if entry.function_arn}) > 1

    def sentences(self, most: int) -> list[str]:
        stories: dict[str, _Story] = {}
        batches: dict[str, _Story] = {}
        # At one instant API calls come first, then events and calls, then what became of environments.
        single: list[tuple[int, int, str]] = []
        for entry in self._entries:
            match entry:
                case EventAccepted() | Attempt() | Throttle() | RetryScheduled() | EventDiscarded() | Delivery():
                    stories.setdefault(entry.request_id, []).append(entry)
                case BatchPolled() | BatchEnded():
                    batches.setdefault(entry.batch_id, []).append(entry)
                case _:
                    if said := self._alone(entry):
                        single.append((entry.at_ns, 0 if isinstance(entry, ApiCalled) else 2, said))
        crowded = len(stories) + len(batches) + len(single) > most
        like, alike = _alike(stories, crowded), _alike(batches, crowded)
        told = [(batches[group[0]][0].at_ns, 1, self._batch(len(group), batches[group[0]])) for group in alike]
        told += [(stories[group[0]][0].at_ns, 1, self._story(group, stories[group[0]])) for group in like]
        sentences = [said for *_, said in sorted([*single, *told], key=lambda one: one[:2])]
        if len(sentences) > most:
            left_out = len(sentences) - most + 1
            sentences = [*sentences[: most - 1], f"… and {left_out:,} more sentences like these."]
        if len(stories) > len(like) or len(batches) > len(alike):
            sentences.insert(0, f"In all: {_sum(self._entries)}.")
        return sentences

    def _when(self, instant: int) -> str:
        return since_start(instant, self._start_ns)

    def _alone(self, entry: Entry) -> str:
        at = self._when(entry.at_ns)
        match entry:
            case ApiCalled(operation=operation, error_code=None) if not operation.startswith("Invoke"):
                return f"At {at} {operation} succeeded."
            case ApiCalled(operation=operation, error_code=str() as code) if code != "TooManyRequestsException":
                return f"At {at} {operation} was refused with {code}."
            case AliasRouted():
                shares = [f"{share:.0%} to version {version}" for version, share in entry.additional_version_weights]
                rest = "the rest" if shares else "everything"
                sent = " and ".join([*shares, f"{rest} to version {entry.function_version}"])
                return f"At {at} alias {entry.alias} began to send {sent}."
            case DeploymentStatusChanged():
                because = f" ({entry.error_code})" if entry.error_code else ""
                return f"At {at} deployment {entry.deployment_id} became {entry.status}{because}."
            case LifecycleEventChanged(hook=hook, lifecycle_status=("Succeeded" | "Failed") as status) if hook:
                return f"At {at} {hook} ended {entry.lifecycle_event} of {entry.deployment_id}: {status}."
            case MappingStateChanged(state=("Enabled" | "Disabled" | "Deleting") as state):
                return f"At {at} the event source mapping of {_source(entry.source_arn)} became {state}."
            case RecordsFiltered():
                return f"At {at} filters dropped {_messages(entry.records)} of {_source(entry.source_arn)}."
            case MessagesMoved():
                left = f"moved to the dead-letter queue {_source(entry.target_arn)}" if entry.target_arn else "expired"
                return f"At {at} {_messages(entry.messages)} of {_source(entry.queue_arn)} {left}."
            case Init(outcome=outcome) if outcome != "success":
                return f"{self._environment(entry)} {_FAILED[outcome]} during init at {self._when(entry.ended_ns)}."
            case Init(suppressed=True):
                took = in_words(entry.ended_ns - entry.at_ns)
                return f"{self._environment(entry)} repeated its init inside the invocation at {at} ({took})."
            case EnvironmentReset():
                return f"{self._environment(entry)} was reset at {at} ({entry.reason})."
            case EnvironmentShutdown():
                return f"{self._environment(entry)} was shut down at {at} ({entry.reason})."
        return ""

    def _environment(self, entry: Init | EnvironmentReset | EnvironmentShutdown) -> str:
        return f"Environment {self._environments[entry.environment_id]} of {entry.function_name}"

    def _story(self, alike: list[str], story: _Story) -> str:
        """The sentence about the first of the events in `alike`, and how many went its way."""
        kind = getattr(story[0], "invocation_type", "Event")
        subject = {"RequestResponse": "Call", "DryRun": "Dry run"}.get(kind, "Event")
        subject += f" {self._requests[alike[0]]}" + (f" for {story[0].function_name}" if self._several else "")
        if len(alike) > 1:
            subject += f" (and {_others(len(alike))})"
        clauses: list[str] = []
        throttles: list[Throttle] = []
        waits: list[RetryScheduled] = []
        for entry in story:
            if isinstance(entry, Throttle):
                throttles.append(entry)
            elif isinstance(entry, RetryScheduled) and entry.cause == "throttle":
                waits.append(entry)
            else:
                clauses += self._throttled(throttles, waits)
                throttles, waits = [], []
                clauses.append(self._clause(entry))
        clauses += self._throttled(throttles, waits)
        return f"{subject} {'; '.join(clauses)}."

    def _batch(self, alike: int, story: _Story) -> str:
        """The sentence about the first of so many batches that went the same way; of a part it may be the end only."""
        said = []
        for entry in story:
            match entry:
                case BatchPolled():
                    others = f" (and {_others(alike)})" if alike > 1 else ""
                    said.append(f"A batch of {_messages(entry.records)} of {_source(entry.source_arn)}{others} began")
                    said[-1] += f" at {self._when(entry.at_ns)}"
                case BatchEnded():
                    end = _BATCH_ENDS[entry.outcome]
                    kept = f", {_messages(entry.returned)} to show again" if entry.returned else ""
                    at = self._when(entry.at_ns)
                    said.append(f"{end}{kept}" if said else f"A batch of {_source(entry.source_arn)} ended at {at}")
        return "; ".join(said) + "."

    def _throttled(self, throttles: list[Throttle], waits: list[RetryScheduled]) -> list[str]:
        said = []
        if throttles:
            first, last = self._when(throttles[0].at_ns), self._when(throttles[-1].at_ns)
            times = f"{len(throttles)} times from {first} to {last}" if len(throttles) > 1 else f"at {first}"
            said.append(f"was throttled {times} ({throttles[0].reason})")
        if waits:
            back = "it went back to the queue" + (f" {len(waits)} times, at last" if len(waits) > 1 else "")
            said.append(f"{back} for {in_words(waits[-1].due_ns - waits[-1].at_ns)}")
        return said

    def _clause(self, entry: Entry) -> str:
        match entry:
            case EventAccepted(invocation_type="Event"):
                return f"was accepted at {self._when(entry.at_ns)}"
            case Attempt():
                return self._attempt(entry)
            case RetryScheduled():
                return f"it went back to the queue for {in_words(entry.due_ns - entry.at_ns)}"
            case EventDiscarded():
                count = entry.invoke_count
                times = {0: "without an attempt", 1: "after 1 attempt"}.get(count, f"after {count} attempts")
                return f"Lambda gave it up {times} ({entry.condition})"
            case Delivery():
                target = f"{entry.kind} {entry.target_arn.rpartition(':')[2]}"
                if entry.error is not None:
                    return f"its record could not be left at the {target}: {entry.error}"
                return f"its record went to the {target} at {self._when(entry.at_ns)}"
        return f"began at {self._when(entry.at_ns)}"

    def _attempt(self, entry: Attempt) -> str:
        who = f"attempt {entry.attempt}" if entry.invocation_type == "Event" else "it"
        ended = _FAILED.get(entry.outcome, "succeeded")
        state = "a cold" if entry.cold or id(entry) in self._first_of_new else "a warm"
        said = f"{who} {ended} in {state} environment ({self._environments[entry.environment_id]})"
        said += f" after {in_words(entry.ended_ns - entry.at_ns)}"
        if entry.cold:
            said += f" and {in_words(entry.init_ns)} of init"
        if entry.outcome == "error" and entry.error_type:
            said += f" with {entry.error_type}" + (f": {entry.error_message}" if entry.error_message else "")
        return said


def _alike(stories: dict[str, _Story], crowded: bool) -> list[list[str]]:
    """Identifiers of stories, those of the same shape together when there are too many."""
    found: dict[Hashable, list[str]] = {}
    for identifier, story in stories.items():
        found.setdefault(_shape(story) if crowded else identifier, []).append(identifier)
    return list(found.values())


def _others(alike: int) -> str:
    return f"{alike - 1:,} others like it" if alike > 2 else "one like it"


def _messages(count: int) -> str:
    return f"{count:,} message{'' if count == 1 else 's'}"


def _source(arn: str) -> str:
    return arn.split(":", 5)[-1] or "its source"


def _shape(story: _Story) -> Hashable:
    """What two events have in common when one sentence can stand for both."""
    steps: list[Hashable] = []
    for entry in story:
        step: Hashable
        match entry:
            case EventAccepted():
                step = ("accepted", entry.invocation_type, entry.function_arn)
            case Attempt():
                step = ("attempt", entry.function_arn, entry.outcome, entry.error_type)
            case Throttle():
                step = ("throttle", entry.invocation_type, entry.reason)
            case RetryScheduled():
                step = ("retry", entry.cause)
            case EventDiscarded():
                step = ("discarded", entry.condition)
            case Delivery():
                step = ("delivery", entry.kind, entry.target_arn, entry.error)
            case BatchPolled():
                step = ("batch", entry.source_arn, entry.function_arn)
            case BatchEnded():
                step = ("batch ended", entry.source_arn, entry.outcome)
            case _:
                step = type(entry).__name__
        # How often an event was throttled is not what sets it apart.
        if step not in steps[-2:] or isinstance(entry, Attempt):
            steps.append(step)
    return tuple(steps)


def _sum(entries: list[Entry]) -> str:
    counts = Counter(type(entry) for entry in entries)
    outcomes = Counter(entry.outcome for entry in entries if isinstance(entry, Attempt))
    said = [
        (counts[EventAccepted], "invocations accepted"),
        (outcomes["success"], "attempts succeeded"),
        (outcomes["error"], "attempts failed"),
        (outcomes["timeout"], "attempts timed out"),
        (outcomes["exit"], "attempts ended with the runtime exiting"),
        (counts[Throttle], "throttles"),
        (counts[RetryScheduled], "waits for a retry"),
        (counts[EventDiscarded], "events given up"),
        (counts[Delivery], "records sent on"),
        (counts[BatchPolled], "batches of messages"),
    ]
    return ", ".join(f"{count:,} {words}" for count, words in said if count)
