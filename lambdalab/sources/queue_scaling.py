"""How many batches of one queue run at a time, and how that grows (behaviours §4.2)."""

from __future__ import annotations

from lambdalab import quotas
from lambdalab.clock import MINUTE, SECOND, Clock
from lambdalab.sources.mapping import EventSourceMapping

__all__ = ["QueueScaling"]

_STEP_NS = SECOND
_QUIET_NS = MINUTE
"""So long with nothing to do, and the concurrency is back at its start. AWS does not say when; a modelling choice."""


class QueueScaling:
    """The concurrency a mapping may use now.

    A standard queue starts with five batches and gains 300 a minute while all are busy, to 1,250 or
    ``MaximumConcurrency``. Provisioned pollers start with ten each. Function errors halve it. A FIFO queue is bound
    by its message groups, which the queue itself sees to.
    """

    def __init__(self, mapping: EventSourceMapping, clock: Clock) -> None:
        self._clock = clock
        configuration = mapping.configuration
        pollers = configuration.provisioned_pollers
        if pollers is not None:
            each = quotas.SQS_POLLER_CONCURRENCY
            self._first, self._ceiling = pollers[0] * each, pollers[1] * each
            per_minute = quotas.SQS_PROVISIONED_SCALE_UP
        else:
            self._first, self._ceiling = quotas.SQS_INITIAL_CONCURRENCY, quotas.SQS_MAX_CONCURRENT
            per_minute = quotas.SQS_SCALE_UP
        if configuration.maximum_concurrency is not None:
            self._ceiling = min(self._ceiling, configuration.maximum_concurrency)
        self._per_second = per_minute / 60
        if mapping.fifo and pollers is None:
            self._first = self._ceiling
        self._first = min(self._first, self._ceiling)
        self._present = float(self._first)
        self._busy_ns: int | None = None
        self._rested_ns = clock.time_ns

    def limit(self) -> int:
        """How many batches may run at this instant."""
        now = self._clock.time_ns
        if self._busy_ns is not None:
            if now > self._busy_ns:
                grown = self._present + (now - self._busy_ns) / SECOND * self._per_second
                self._present, self._busy_ns = min(grown, float(self._ceiling)), now
        elif now - self._rested_ns > _QUIET_NS:
            self._present = float(self._first)
        return int(self._present)

    def saturated(self) -> int | None:
        """All are busy and more messages wait: grow. The instant to look again; None at the ceiling."""
        if self._busy_ns is None:
            self._busy_ns = self._clock.time_ns
        return self._clock.time_ns + _STEP_NS if self._present < self._ceiling else None

    def rested(self) -> None:
        """There was nothing more to read."""
        self._busy_ns = None
        self._rested_ns = self._clock.time_ns

    def failed(self) -> None:
        """The function failed: fewer at a time, never fewer than two."""
        self._present = max(float(min(2, self._ceiling)), self._present / 2)
