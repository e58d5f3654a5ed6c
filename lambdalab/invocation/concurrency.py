"""Who may run now: account and reserved concurrency, scaling rate, requests per second (behaviours §5)."""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import NoReturn

from lambdalab import quotas
from lambdalab.clock import SECOND, Clock
from lambdalab.errors import TooManyRequestsException
from lambdalab.functions.function import Function, FunctionStore

__all__ = ["ConcurrencyLedger"]


class _Bucket:
    """A token bucket in virtual time, filled at the start."""

    __slots__ = ("_capacity", "_last_ns", "_rate", "_tokens")

    def __init__(self, capacity: float, per_second: float, now_ns: int) -> None:
        self._capacity = self._tokens = capacity
        self._rate = per_second
        self._last_ns = now_ns

    def take(self, now_ns: int) -> bool:
        """Take a token if there is one. An earlier instant than the last finds the bucket as it was left."""
        if now_ns > self._last_ns:
            self._tokens = min(self._capacity, self._tokens + (now_ns - self._last_ns) / SECOND * self._rate)
            self._last_ns = now_ns
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class ConcurrencyLedger:
    """Executions in flight in one account and Region, and the limits on them.

    An execution that has run to completion counts until its virtual end. Ends are kept until
    `forget_before`, so that a question about an earlier instant of the same interval is answered rightly.
    """

    def __init__(self, store: FunctionStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._ends: dict[str, list[int]] = {}
        self._open: dict[str, int] = {}  # running at this very moment (a handler that calls another function)
        self._scaling: dict[str, _Bucket] = {}
        self._requests: dict[str, tuple[int, _Bucket]] = {}

    def in_flight(self, name: str) -> int:
        """Executions of the function at the present instant."""
        ends = self._ends.get(name, ())
        return self._open.get(name, 0) + len(ends) - bisect_right(ends, self._clock.time_ns)

    def unreserved_in_flight(self) -> int:
        """Executions of all functions without a reservation."""
        names = {*self._ends, *self._open}
        return sum(self.in_flight(name) for name in names if self._reservation(name) is None)

    def admit(self, function: Function, *, synchronous: bool) -> None:
        """Let the function run now, or refuse.

        Raises
        ------
        TooManyRequestsException
            With AWS's ``Reason``.
        """
        reserved = function.reserved_concurrency
        if reserved is not None:
            if self.in_flight(function.name) >= reserved:
                _throttle("ReservedFunctionConcurrentInvocationLimitExceeded")
        elif self.unreserved_in_flight() >= self._store.concurrency_limit - self._store.reserved_concurrency:
            _throttle("ConcurrentInvocationLimitExceeded")
        if synchronous:
            limit = self._store.concurrency_limit if reserved is None else reserved
            if not self._request_bucket("" if reserved is None else function.name, limit).take(self._clock.time_ns):
                _throttle(
                    "CallerRateLimitExceeded" if reserved is None else "ReservedFunctionInvocationRateLimitExceeded"
                )

    def scale_out(self, function: Function) -> None:
        """Let the function have one more environment, or refuse: 1,000 at once, then 100 a second.

        Raises
        ------
        TooManyRequestsException
            ``FunctionInvocationRateLimitExceeded``.
        """
        bucket = self._scaling.get(function.name)
        if bucket is None:
            bucket = self._scaling[function.name] = _Bucket(
                quotas.SCALING_RATE_CAPACITY, quotas.SCALING_RATE_REFILL_PER_SECOND, self._clock.time_ns
            )
        if not bucket.take(self._clock.time_ns):
            _throttle("FunctionInvocationRateLimitExceeded")

    def begin(self, name: str) -> None:
        """An execution starts."""
        self._open[name] = self._open.get(name, 0) + 1

    def end(self, name: str) -> None:
        """The execution's end lies at the present instant."""
        self._open[name] -= 1
        insort(self._ends.setdefault(name, []), self._clock.time_ns)

    def forget_before(self, instant_ns: int) -> None:
        """Drop executions that ended at or before `instant_ns`; no earlier instant will be asked about."""
        for ends in self._ends.values():
            if ends and ends[0] <= instant_ns:
                del ends[: bisect_right(ends, instant_ns)]

    def _reservation(self, name: str) -> int | None:
        return self._store.get(name).reserved_concurrency if name in self._store else None

    def _request_bucket(self, key: str, concurrency: int) -> _Bucket:
        """Ten requests a second for each unit of concurrency; a changed limit starts a new bucket."""
        known = self._requests.get(key)
        if known is None or known[0] != concurrency:
            rate = quotas.REQUESTS_PER_SECOND_FACTOR * concurrency
            known = self._requests[key] = (concurrency, _Bucket(rate, rate, self._clock.time_ns))
        return known[1]


def _throttle(reason: str) -> NoReturn:
    raise TooManyRequestsException("Rate Exceeded.", Reason=reason, Type="User")
