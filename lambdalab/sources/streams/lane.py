"""A lane: one batch of a shard at a time, in order. A shard has as many lanes as its ParallelizationFactor."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from lambdalab import quotas
from lambdalab.clock import SECOND
from lambdalab.sources.streams.batch import Batch, Discard, Item, Outcome, Settlement, StreamSettings, WindowInvoke

__all__ = ["RETRY_FIRST", "RETRY_LAST", "WINDOW_GRACE", "Lane", "lane_of"]

RETRY_FIRST, RETRY_LAST = 1 * SECOND, 60 * SECOND
"""Between tries of one batch: doubling from the first to the last. AWS does not publish them; a modelling choice."""
WINDOW_GRACE = 120 * SECOND
"""How long a tumbling window that has ended waits for a record of the next one before its final invocation."""
_ENVELOPE = 200
"""Bytes an event has around its records, window and state excepted."""


def lane_of(key: str, factor: int) -> int:
    """The lane that keeps the order of `key`: the same on every machine."""
    if factor == 1:
        return 0
    return int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest()[:4], "big") % factor


class Lane:
    """Forms batches, and decides after each attempt what is done, tried again, split or given up.

    Knows neither clock nor function: whoever drives it passes the instant, invokes what `next` answers, and reports
    the outcome to `settle`. Nothing that `take` took is ever lost: it is in ``waiting``, in ``again``, with the
    driver (``busy``), or was handed out by `settle` or `give_up_old`.
    """

    def __init__(self, settings: StreamSettings) -> None:
        self.settings = settings
        self.waiting: deque[Item] = deque()
        self.again: deque[Batch] = deque()
        self.busy: Batch | None = None
        self.not_before_ns = 0
        self._window: WindowInvoke | None = None
        self._terminate: bool = False

    @property
    def empty(self) -> bool:
        """Whether every item has met its end."""
        return not self.waiting and not self.again and self.busy is None

    @property
    def window_open(self) -> bool:
        """Whether a tumbling window still owes its final invocation."""
        return self._window is not None

    @property
    def count(self) -> int:
        """Items not at their end."""
        batches = [*self.again, self.busy] if self.busy else self.again
        return len(self.waiting) + sum(len(batch.items) for batch in batches if not batch.repeated)

    def take(self, item: Item) -> None:
        """Add an item; call in the order of the shard."""
        self.waiting.append(item)

    def pause(self) -> None:
        """The mapping stops: attempts are forgotten, what failed waits to be read afresh."""
        items = [item for batch in self.again if not batch.repeated for item in batch.items]
        self.again.clear()
        self.waiting.extendleft(reversed(items))
        self.not_before_ns = 0

    def give_up_old(self, now_ns: int, horizon_ns: int) -> list[Discard]:
        """Take out what is too old for the mapping, and what the stream itself no longer has (before `horizon_ns`)."""
        gone: list[Discard] = []
        age = self.settings.maximum_age_ns
        oldest_ns = max(horizon_ns, now_ns - age) if age is not None else horizon_ns
        while self.again and self.again[0].items and self.again[0].items[0].record.arrived_ns < oldest_ns:
            batch = self.again.popleft()
            old = _older(batch.items, oldest_ns)
            gone += self._sorted_out(batch.items[:old], batch, horizon_ns)
            if old < len(batch.items):
                self.again.appendleft(replace(batch, items=batch.items[old:]))
                break
            self.not_before_ns = now_ns
        if not self.again:
            old_items: list[Item] = []
            while self.waiting and self.waiting[0].record.arrived_ns < oldest_ns:
                old_items.append(self.waiting.popleft())
            for start in range(0, len(old_items), self.settings.batch_size):
                part = old_items[start : start + self.settings.batch_size]
                gone += self._sorted_out(part, Batch(part), horizon_ns)
        return gone

    def next(self, now_ns: int, shard_ended: bool) -> Batch | int | None:
        """What to invoke now; or the instant to ask again; or None: nothing to do until something is taken.

        ``shard_ended`` tells that nothing more will be taken, so that no window need be waited for.
        """
        if self.busy is not None:
            return None
        if (self.again or self._terminate) and now_ns < self.not_before_ns:
            return self.not_before_ns
        if self.again:
            return self._hand_out(self.again.popleft())
        if self._terminate:
            return self._hand_out(self._final(early=True))
        if self.settings.tumbling_ns and self._window is not None:
            final = self._final_due(now_ns, shard_ended)
            if final is True:
                return self._hand_out(self._final(early=False))
            if not self.waiting:
                return final or None
        if not self.waiting:
            return None
        count, closed = self._closing()
        due_ns = self.waiting[0].read_ns + self.settings.batching_ns
        if not closed and not shard_ended and now_ns < due_ns:
            return due_ns
        return self._hand_out(Batch([self.waiting.popleft() for _ in range(count)]))

    def settle(self, outcome: Outcome, now_ns: int, repeat: bool = False) -> Settlement:
        """The batch that `next` handed out has had its attempt, which ended at `now_ns`.

        ``repeat`` has a batch that went well delivered once more, as at-least-once delivery may.
        """
        batch = self.busy
        assert batch is not None
        self.busy = None
        if outcome.kind == "throttle":
            return self._wait(batch, now_ns)
        batch.attempts += 1
        batch.last_request_id, batch.last_version = outcome.request_id, outcome.version
        if outcome.failed_from is None:
            return self._went_well(batch, outcome, repeat)
        if batch.window is not None and batch.window.final:
            return self._wait(batch, now_ns)  # Lambda goes no further until the window is closed
        if outcome.partial:
            self._keep_state(outcome)
        done, rest = batch.items[: outcome.failed_from], batch.items[outcome.failed_from :]
        if batch.repeated:
            # Their first delivery went well: nothing is at stake, and nothing may be told twice.
            return Settlement()
        if self.settings.bisect and done:
            self._try_again(Batch(rest), now_ns)
            return Settlement(done, None, (len(done), len(rest)), now_ns)
        if self.settings.bisect and len(rest) > 1:
            middle = len(rest) // 2
            self.again.appendleft(Batch(rest[middle:]))
            self._try_again(Batch(rest[:middle]), now_ns)
            return Settlement((), None, (middle, len(rest) - middle), now_ns)
        retries = self.settings.maximum_retries
        remaining = replace(batch, items=rest)
        if retries is not None and batch.attempts > retries:
            return Settlement(done, Discard(rest, "RetryAttemptsExhausted", remaining))
        waited = self._wait(remaining, now_ns)
        return Settlement(done, None, None, waited.retry_ns)

    # -- parts --------------------------------------------------------------------------------------------------

    def _closing(self) -> tuple[int, bool]:
        """How many waiting items the next batch has, and whether nothing more can join them."""
        size = _ENVELOPE
        first = self._window_start(self.waiting[0])
        count = 0
        for item in self.waiting:
            size += len(item.text) + 1
            if count and (size > quotas.PAYLOAD_SYNCHRONOUS_REQUEST or self._window_start(item) != first):
                return count, True
            count += 1
            if count == self.settings.batch_size:
                return count, True
        return count, False

    def _hand_out(self, batch: Batch) -> Batch:
        if self.settings.tumbling_ns and batch.items:
            start_ns = self._window_start(batch.items[0])
            if self._window is None or self._window.start_ns < start_ns:
                self._window = WindowInvoke(start_ns, start_ns + self.settings.tumbling_ns, {}, False, False)
            batch.window = self._window
        self.busy = batch
        return batch

    def _window_start(self, item: Item) -> int:
        length = self.settings.tumbling_ns
        return item.record.arrived_ns // length * length if length else 0

    def _final_due(self, now_ns: int, shard_ended: bool) -> bool | int:
        """Whether the open window must close now; else when to ask again (0 when a waiting item decides)."""
        assert self._window is not None
        if self.waiting:
            return self._window_start(self.waiting[0]) > self._window.start_ns
        due_ns = self._window.end_ns + WINDOW_GRACE
        return True if shard_ended or now_ns >= due_ns else due_ns

    def _final(self, early: bool) -> Batch:
        assert self._window is not None
        return Batch((), window=replace(self._window, final=True, early=early))

    def _went_well(self, batch: Batch, outcome: Outcome, repeat: bool) -> Settlement:
        window = batch.window
        if window is not None and window.final:
            self._window, self._terminate = None, False
            return Settlement()
        if window is not None:
            self._keep_state(outcome)
        if batch.repeated:
            return Settlement()
        if repeat and batch.items:
            self.again.appendleft(Batch(batch.items, repeated=True))
        return Settlement(batch.items)

    def _keep_state(self, outcome: Outcome) -> None:
        if self._window is not None:
            self._window = replace(self._window, state=outcome.state)
            self._terminate = outcome.state_size > quotas.TUMBLING_STATE_MEGABYTES * 1024 * 1024

    def _wait(self, batch: Batch, now_ns: int) -> Settlement:
        """The same batch again, later each time."""
        pause_ns = min(RETRY_FIRST * 2 ** min(batch.waits, 16), RETRY_LAST)
        batch.waits += 1
        self._try_again(batch, now_ns + pause_ns)
        return Settlement(retry_ns=now_ns + pause_ns)

    def _try_again(self, batch: Batch, instant_ns: int) -> None:
        self.again.appendleft(batch)
        self.not_before_ns = instant_ns

    def _sorted_out(self, items: Sequence[Item], batch: Batch, horizon_ns: int) -> list[Discard]:
        """Old items as expired (first) and over age."""
        expired = _older(items, horizon_ns)
        gone = []
        if expired:
            gone.append(Discard(items[:expired], "Expired", batch))
        if expired < len(items):
            gone.append(Discard(items[expired:], "RecordAgeExceeded", batch))
        return [] if batch.repeated else gone


def _older(items: Sequence[Item], instant_ns: int) -> int:
    """How many of the items, from the first on, arrived before an instant."""
    count = 0
    while count < len(items) and items[count].record.arrived_ns < instant_ns:
        count += 1
    return count
