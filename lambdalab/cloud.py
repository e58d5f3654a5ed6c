"""The face: start a cloud, wind its clock, look at what happened."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Literal, TypeVar

from lambdalab.assembly import DEFAULT_ACCOUNT, Assembly, ExecutorName
from lambdalab.chance import Chance
from lambdalab.clock import MILLISECOND, SECOND, Clock, Remaining, Scheduler, nanoseconds
from lambdalab.control.http import HttpRequest
from lambdalab.errors import AlreadyStartedError, ClockError, NotStartedError, UsageError
from lambdalab.moto_seams.front import LambdaAnswer
from lambdalab.moto_seams.installation import MotoInstallation
from lambdalab.show.timeline import ShownTimeline

__all__ = ["Cloud", "Remaining", "running", "start"]

API_CALL = 1 * MILLISECOND
"""Virtual time every call of an AWS API takes at the surface."""
API_CALL_IN_HANDLER = 5 * MILLISECOND
"""Virtual time a handler's own AWS call takes: part of its duration. A modelling choice."""
DEFAULT_REGION = "us-east-1"

Result = TypeVar("Result")

_running: Cloud | None = None


class Cloud:
    """A local AWS whose Lambda runs the code, on a clock that can be wound forward.

    Made by `start`. Learners use boto3 for everything AWS has an API for; the methods here are for the rest.

    Attributes
    ----------
    timeline
        Everything that happened so far; shows itself as text, SVG or HTML.
    network
        Hosts that can be placed, and why a function's call arrives or does not; see `CloudNetwork`.
    """

    def __init__(self, seed: int, at: datetime.datetime | None, executor: ExecutorName, region: str) -> None:
        self.seed = seed
        self.region = region
        self._clock = Clock(at)
        self._scheduler = Scheduler(self._clock)
        self.timeline = ShownTimeline(self._clock.time_ns)
        self._chance = Chance(seed)
        self._surface_ns = self._clock.time_ns
        self._arrivals: list[int] = []
        self._moto = MotoInstallation(
            front=self,
            clock=self._clock,
            chance=self._chance,
            timeline=self.timeline,
            sleep=self._sleep,
            wait=self._wait,
            send=lambda arn, payload: self._parts.plane.send_to_function(arn, payload),
            exists=lambda arn: self._parts.exists(arn),
            outside=lambda: self._parts.executor.outside(),
            calls=lambda: self._parts.vpcs.calls,
            region=region,
        )
        self._parts = Assembly(self._moto, self._clock, self._scheduler, self.timeline, self._chance, executor, region)
        self.network = self._parts.vpcs.face
        self._state: Literal["new", "running", "stopped"] = "new"

    # -- life ---------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """End every environment and give moto, botocore and the process back as they were. Safe to repeat."""
        global _running
        if self._state != "running":
            return
        self._state = "stopped"
        try:
            self._parts.close()
        finally:
            self._moto.uninstall()
            _running = None

    def __enter__(self) -> Cloud:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<lambdalab cloud, {self._state}, {self.now:%Y-%m-%d %H:%M:%S} UTC, seed {self.seed}>"

    # -- clock --------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime.datetime:
        """The virtual instant, an aware ``datetime`` in UTC."""
        return self._clock.now()

    def advance(self, duration: datetime.timedelta | None = None, **units: float) -> datetime.datetime:
        """Wind the clock forward; everything due in between happens, in order.

        Parameters
        ----------
        duration
            How far, or give units as for ``timedelta``: ``advance(minutes=3, seconds=5)``.

        Returns
        -------
        datetime.datetime
            The instant now. After an interruption (Ctrl-C) the clock stands where it was interrupted.

        Raises
        ------
        ClockError
            The duration is negative.
        """
        self._check_running()
        try:
            length_ns = nanoseconds((duration or datetime.timedelta()) + datetime.timedelta(**units))
        except TypeError as error:
            raise UsageError(f"advance() takes a timedelta or its units, such as minutes=3: {error}") from None
        if length_ns < 0:
            raise ClockError(f"the clock only runs forward; advance({duration or units}) would turn it back")
        self._scheduler.run_until(self._clock.time_ns + length_ns)
        return self.now

    def run_until_idle(self, horizon: datetime.timedelta = datetime.timedelta(hours=24)) -> Remaining:
        """Run until queue, retries and deliveries are drained; at most `horizon` of virtual time.

        Recurring timers do not count as work. Print the answer to see what remains.
        """
        self._check_running()
        self._scheduler.run_until_idle(self._clock.time_ns + nanoseconds(horizon))
        pending = self._scheduler.pending()
        moments = [(Clock.moment(timer.instant_ns), timer.label) for timer in pending if not timer.recurring]
        return Remaining(self.now, tuple(moments), tuple(timer.label for timer in pending if timer.recurring))

    def at_once(self, *calls: Callable[[], Result], return_exceptions: bool = False) -> list[Result | BaseException]:
        """Start several calls at one virtual instant, as so many callers would.

        Parameters
        ----------
        calls
            Functions without parameters, such as ``lambda: client.invoke(FunctionName="hello")``.
        return_exceptions
            As in ``asyncio.gather``: give exceptions as results instead of raising the first one.

        Returns
        -------
        list
            Results in the order of the calls. The clock stands at the end of the longest.
        """
        self._check_running()
        results: list[Result | BaseException] = []
        with self._parts.plane.at_one_instant() as back_to_start:
            for call in calls:
                back_to_start()
                try:
                    results.append(call())
                except Exception as error:
                    results.append(error)
        if not return_exceptions:
            for result in results:
                if isinstance(result, BaseException):
                    raise result
        return results

    # -- account ------------------------------------------------------------------------------------------------

    @property
    def execution_role(self) -> str:
        """ARN of an IAM role Lambda may assume, made at the first look."""
        self._check_running()
        return self._moto.roles.make_execution_role(DEFAULT_ACCOUNT, "lambdalab-execution-role")

    def set_account_concurrency(self, limit: int, account: str = DEFAULT_ACCOUNT, region: str | None = None) -> None:
        """Change the account's concurrent executions in a Region, as a quota increase (or a new account) would.

        Raises
        ------
        UsageError
            The limit is negative.
        """
        if limit < 0:
            raise UsageError(f"an account cannot have {limit} concurrent executions")
        self._parts.plane.store(account, region or self.region).concurrency_limit = limit

    def deliver_duplicates(self, rate: float) -> None:
        """Let queues, streams and the asynchronous queue deliver again: at least once means sometimes twice.

        `rate` is the part of batches and events that is delivered a second time, 0 to 1 (else `UsageError`).
        """
        self._parts.plane.duplicates.rate = rate

    # -- requests, called by the moto seam ------------------------------------------------------------------------

    def answer(
        self,
        account: str,
        region: str,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str | bytes],
        body: bytes,
    ) -> LambdaAnswer:
        """Answer a request to the Lambda API."""
        response = self._parts.api.answer(account, region, HttpRequest(method, path, query, headers, body))
        return LambdaAnswer(response.status, response.headers, response.body)

    def answer_codedeploy(
        self, account: str, region: str, headers: Mapping[str, str | bytes], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer a request to the CodeDeploy API."""
        return self._parts.codedeploy.answer(account, region, headers, body)

    def answer_aws_call(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer a request to any service, taken from a socket; the service is the one it is signed for."""
        self._check_running()
        return self._moto.answer_aws_call(method, path, headers, body)

    def arriving(self, overlapping: bool) -> None:
        """A request arrives: it takes its time, and on the surface whatever is due happens first."""
        if self._parts.plane.inside:
            self._clock.spend(API_CALL_IN_HANDLER if self._parts.plane.running else API_CALL)
            return
        self._arrivals.append(self._clock.time_ns)
        if overlapping:
            self._clock.time_ns = self._surface_ns
        else:
            self._surface_ns = self._clock.time_ns
        self._scheduler.run_until(self._clock.time_ns + API_CALL)

    def leaving(self) -> None:
        """The answer leaves; a request that overlapped an earlier one does not turn the clock back."""
        if not self._parts.plane.inside:
            self._clock.advance_to(self._arrivals.pop())

    def reset(self) -> None:
        """moto forgot everything: so do the functions."""
        if self._state == "running":
            self._parts.renew()

    # -- parts --------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._moto.install()
        self._state = "running"

    def _check_running(self) -> None:
        if self._state != "running":
            raise NotStartedError("this cloud is stopped; call lambdalab.start() for a new one")

    def _sleep(self, seconds: float) -> None:
        """A client waits (botocore's retries and waiters): virtual time passes."""
        self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        if self._parts.plane.inside:
            self._clock.spend(nanoseconds(seconds))
        else:
            self._scheduler.run_until(self._clock.time_ns + round(seconds * SECOND))


def start(
    seed: int = 0,
    *,
    at: datetime.datetime | str | None = None,
    executor: ExecutorName = "in-process",
    region: str = DEFAULT_REGION,
) -> Cloud:
    """Start a local AWS in this process: moto, with a Lambda that runs the code.

    Parameters
    ----------
    seed
        Same seed, same ids, same draws, same bytes.
    at
        The first virtual instant: an aware ``datetime`` or ISO text such as ``"2026-03-29T00:00:00Z"``.
        Default 2026-01-01T00:00:00Z.
    executor
        ``"in-process"`` runs handlers here, fast and everywhere; ``"child-process"`` runs each environment in a
        process of its own over the real Runtime API (Linux and macOS).
    region
        Region of clients that name none.

    Returns
    -------
    Cloud
        Also a context manager that stops at its end.

    Raises
    ------
    AlreadyStartedError
        A cloud is running: one process has one.
    """
    global _running
    if _running is not None:
        raise AlreadyStartedError(
            "a cloud is already running in this process; call its stop() first, or use `with lambdalab.start() as …`"
        )
    if isinstance(at, str):
        try:
            at = datetime.datetime.fromisoformat(at.replace("Z", "+00:00"))
        except ValueError:
            raise ClockError(f"{at!r} is not an ISO 8601 instant such as 2026-03-29T00:00:00Z") from None
    cloud = Cloud(seed, at, executor, region)
    _running = cloud
    try:
        cloud._start()
    except BaseException:
        _running = None
        raise
    return cloud


def running() -> Cloud | None:
    """The cloud of this process, or None."""
    return _running
