"""What bars and marks are called: a full line for the tooltip, and labels from long to short."""

from __future__ import annotations

from lambdalab.show.duration import in_words, since_start
from lambdalab.timeline import (
    ApiCalled,
    Attempt,
    Delivery,
    EnvironmentReset,
    EnvironmentShutdown,
    EventAccepted,
    EventDiscarded,
    Init,
    RetryScheduled,
    Throttle,
)

__all__ = ["UNTOLD", "Told", "Wording"]

Told = tuple[str, tuple[str, ...]]
"""Title and labels."""

UNTOLD: Told = ("", ())
"""For what will not be drawn one by one."""


class Wording:
    """Words for entries.

    Parameters
    ----------
    start_ns
        The instant called t.
    requests
        Short forms of the request identifiers.
    """

    def __init__(self, start_ns: int, requests: dict[str, str]) -> None:
        self._start_ns = start_ns
        self._requests = requests

    def api_call(self, entry: ApiCalled) -> Told:
        """A call of the Lambda API, refused or not."""
        if entry.error_code is None:
            return self._at(entry.at_ns, entry.operation), (entry.operation,)
        said = f"{entry.operation}: {entry.error_code}"
        return self._at(entry.at_ns, said), (said, entry.operation)

    def accepted(self, entry: EventAccepted) -> Told:
        """An event that entered the queue, or a dry run."""
        short = self._requests[entry.request_id]
        word = "event" if entry.invocation_type == "Event" else "dry run"
        return self._at(entry.at_ns, f"{word} {short} accepted, {entry.size:,} bytes"), (f"{word} {short}", short)

    def init(self, entry: Init) -> Told:
        """A cold start, or its repetition after a reset."""
        took = in_words(entry.ended_ns - entry.at_ns)
        ended = "" if entry.outcome == "success" else f", {entry.outcome}"
        return self._at(entry.at_ns, f"init {took}{ended}"), (f"init {took}", took, "init")

    def attempt(self, entry: Attempt) -> Told:
        """One INVOKE phase."""
        took = in_words(entry.ended_ns - entry.at_ns)
        asynchronous = entry.invocation_type == "Event"
        what = f"attempt {entry.attempt}" if asynchronous else "invocation"
        said = f"{what} of {self._requests[entry.request_id]} took {took}"
        if entry.outcome != "success":
            said += f", {entry.outcome}" + (f": {entry.error_type}" if entry.error_type else "")
        labels: tuple[str, ...] = (took,)
        if asynchronous:
            labels = (f"attempt {entry.attempt} · {took}", f"{entry.attempt} · {took}", str(entry.attempt))
        if entry.error_type:
            labels = (f"{labels[0]} · {entry.error_type}", *labels)
        return self._at(entry.at_ns, said), labels

    def cold_start(self, entry: Attempt) -> Told:
        """The init of an attempt of which only the duration is known."""
        took = in_words(entry.init_ns)
        return self._at(entry.at_ns - entry.init_ns, f"init {took}"), (f"init {took}", took, "init")

    def call(self, entry: Attempt, start_ns: int) -> Told:
        """What the synchronous caller saw; `start_ns` is when it called."""
        waited = in_words(entry.ended_ns - start_ns)
        return self._at(start_ns, f"caller of {self._requests[entry.request_id]} waited {waited}"), (waited,)

    def queued(self, entry: Attempt, since_ns: int) -> Told:
        """The time between acceptance and the first attempt."""
        waited = in_words(entry.at_ns - entry.init_ns - since_ns)
        return self._at(since_ns, f"event {self._requests[entry.request_id]} waited {waited} in the queue"), ()

    def throttle(self, entry: Throttle) -> Told:
        """A refusal."""
        return self._at(entry.at_ns, f"{self._requests[entry.request_id]} throttled: {entry.reason}"), ("429",)

    def retry(self, entry: RetryScheduled) -> Told:
        """A pause before the next try."""
        wait = in_words(entry.due_ns - entry.at_ns)
        said = f"event {self._requests[entry.request_id]} waits {wait} after a {entry.cause}"
        return self._at(entry.at_ns, said), (f"waits {wait}", wait)

    def discarded(self, entry: EventDiscarded) -> Told:
        """An event given up."""
        said = f"event {self._requests[entry.request_id]} given up: {entry.condition}"
        return self._at(entry.at_ns, said), (entry.condition, "given up")

    def delivery(self, entry: Delivery, name: str) -> Told:
        """A record sent to the target called `name`."""
        ended = entry.error or entry.condition
        return self._at(entry.at_ns, f"record of {self._requests[entry.request_id]} to {name}: {ended}"), (ended,)

    def end_of_environment(self, entry: EnvironmentReset | EnvironmentShutdown) -> Told:
        """A reset or a shutdown."""
        word = "reset" if isinstance(entry, EnvironmentReset) else "shut down"
        return self._at(entry.at_ns, f"environment {word}: {entry.reason}"), (word,)

    def _at(self, instant: int, said: str) -> str:
        return f"{since_start(instant, self._start_ns)} · {said}"
