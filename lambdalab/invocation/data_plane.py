"""The data plane: takes invocations, finds them an environment, and keeps time straight around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from lambdalab import quotas
from lambdalab.chance import Chance
from lambdalab.clock import Clock, Scheduler
from lambdalab.errors import RecursiveInvocationException, TooManyRequestsException
from lambdalab.functions.function import Function, FunctionStore, FunctionVersion
from lambdalab.functions.identifier import LATEST, FunctionIdentifier, function_arn
from lambdalab.invocation.asynchronous import AsynchronousQueue, Execution, QueuedEvent
from lambdalab.invocation.concurrency import ConcurrencyLedger
from lambdalab.invocation.destinations import Targets
from lambdalab.invocation.duplicates import Duplicates
from lambdalab.invocation.environments import EnvironmentPool, LayerArchives
from lambdalab.invocation.invocation import Invocation, InvocationAnswer
from lambdalab.invocation.routing import route
from lambdalab.runtime.environment import EnvironmentAnswer, ExecutionEnvironment
from lambdalab.runtime.executor import Executor, InvokeRequest
from lambdalab.timeline import EventAccepted, InvocationType, Throttle, Timeline

__all__ = ["DataPlane"]


@dataclass(frozen=True, slots=True)
class _Region:
    """What one account has in one Region."""

    store: FunctionStore
    ledger: ConcurrencyLedger
    pool: EnvironmentPool
    queue: AsynchronousQueue


class DataPlane:
    """Carries out invocations in every account and Region of one cloud.

    An invocation runs to completion when it starts; the clock then stands at its end. On the surface – outside
    any handler – the clock goes back to the start and everything else due in the interval happens at its own
    instant, before the caller gets the answer at the end.
    """

    def __init__(
        self,
        clock: Clock,
        scheduler: Scheduler,
        timeline: Timeline,
        chance: Chance,
        executor: Executor,
        targets: Targets,
        layer_archive: LayerArchives,
    ) -> None:
        self._clock = clock
        self._scheduler = scheduler
        self._timeline = timeline
        self._chance = chance
        self._executor = executor
        self._targets = targets
        self._layer_archive = layer_archive
        self._regions: dict[tuple[str, str], _Region] = {}
        self._depth = 0
        self._running = 0
        self._serving: list[tuple[Function, FunctionVersion, str]] = []
        self._lineage: Mapping[str, int] = {}
        self.duplicates = Duplicates(chance)

    @property
    def inside(self) -> bool:
        """Whether a handler is running, or several calls are being started at one instant."""
        return self._depth > 0

    @property
    def running(self) -> bool:
        """Whether a handler is running."""
        return self._running > 0

    @property
    def serving(self) -> tuple[Function, FunctionVersion, str] | None:
        """Function, version and environment of the handler that runs."""
        return self._serving[-1] if self._serving else None

    def store(self, account: str, region: str) -> FunctionStore:
        """The functions of an account in a Region."""
        return self._region(account, region).store

    def invoke(self, invocation: Invocation) -> InvocationAnswer:
        """Run or queue an invocation; see `lambdalab.invocation.invocation.Invoker`."""
        if invocation.invocation_type == "DryRun":
            return InvocationAnswer(204, b"", None, None, None, self._chance.uuid("request id"))
        if invocation.invocation_type == "Event":
            request_id = self.enqueue(
                invocation.function, invocation.qualifier, invocation.payload, invocation.client_context
            )
            return InvocationAnswer(202, b"", None, None, None, request_id)
        started_ns = self._clock.time_ns
        request_id = self._chance.uuid("request id")
        self._accepted(invocation.function, invocation.qualifier, invocation.payload, request_id, "RequestResponse")
        event = QueuedEvent(
            invocation.function,
            invocation.qualifier,
            invocation.payload,
            request_id,
            started_ns,
            invocation.client_context,
            self._lineage,
        )
        execution = self._execute(event, "RequestResponse")
        self.catch_up(started_ns)
        return InvocationAnswer(
            200,
            execution.payload,
            execution.version,
            "Unhandled" if execution.failed else None,
            execution.log.encode()[-quotas.LOG_TAIL :] if invocation.log_tail else None,
            request_id,
        )

    def enqueue(
        self, function: Function, qualifier: str | None, payload: bytes, client_context: str | None = None
    ) -> str:
        """Take an event into the asynchronous queue; its request id."""
        request_id = self._chance.uuid("request id")
        self._accepted(function, qualifier, payload, request_id, "Event")
        self._region(function.account, function.region).queue.accept(
            QueuedEvent(
                function, qualifier, payload, request_id, self._clock.time_ns, client_context, dict(self._lineage)
            )
        )
        return request_id

    def send_to_function(self, target_arn: str, payload: bytes, lineage: Mapping[str, int] | None = None) -> None:
        """Queue an event for the function an ARN names.

        Raises
        ------
        ResourceNotFoundException
            There is no such function or qualifier.
        """
        identifier = FunctionIdentifier.parse(target_arn, "", "")
        store = self._region(identifier.account, identifier.region).store
        function = store.get(identifier.name, identifier.qualifier)
        before, self._lineage = self._lineage, lineage if lineage is not None else self._lineage
        try:
            self.enqueue(function, identifier.qualifier, payload)
        finally:
            self._lineage = before

    def invoke_batch(self, identifier: FunctionIdentifier, payload: bytes) -> Execution:
        """Run a function synchronously with a batch of an event source; the clock ends at the invocation's end.

        Raises
        ------
        TooManyRequestsException
            Throttled.
        ResourceNotFoundException
            The function, version or alias is gone.
        """
        store = self._region(identifier.account, identifier.region).store
        function = store.get(identifier.name, identifier.qualifier)
        request_id = self._chance.uuid("request id")
        self._accepted(function, identifier.qualifier, payload, request_id, "RequestResponse")
        event = QueuedEvent(function, identifier.qualifier, payload, request_id, self._clock.time_ns)
        return self._execute(event, "RequestResponse")

    def code_changed(self, function: Function, number: str) -> None:
        """Retire the environments that run the old code or configuration of a version."""
        self._region(function.account, function.region).pool.retire(
            function.name, number, "code or configuration changed"
        )

    def function_deleted(self, function: Function) -> None:
        """Retire every environment of the function and drop its queued events."""
        region = self._region(function.account, function.region)
        region.pool.retire(function.name, None, "function deleted")
        region.queue.forget(function)

    def catch_up(self, started_ns: int) -> None:
        """On the surface: let what was due since `started_ns` happen, each thing at its instant."""
        if self._depth == 0:
            ended_ns, self._clock.time_ns = self._clock.time_ns, started_ns
            self._scheduler.run_until(ended_ns)
            for region in self._regions.values():
                region.ledger.forget_before(ended_ns)

    @contextmanager
    def at_one_instant(self) -> Iterator[Callable[[], None]]:
        """Several calls from one instant; call what it yields before each of them.

        The clock ends at the latest of their ends, and everything due until then has happened.
        """
        started_ns = latest_ns = self._clock.time_ns

        def back_to_start() -> None:
            nonlocal latest_ns
            latest_ns = max(latest_ns, self._clock.time_ns)
            self._clock.time_ns = started_ns

        self._depth += 1
        try:
            yield back_to_start
        finally:
            self._depth -= 1
            back_to_start()
            self._clock.time_ns = latest_ns
            self.catch_up(started_ns)

    def close(self) -> None:
        """End every environment."""
        for region in self._regions.values():
            region.pool.close()
        self._executor.close()

    def _execute(self, event: QueuedEvent, invocation_type: InvocationType) -> Execution:
        """Admit, route, find an environment and run. The clock ends at the end of the invocation."""
        function = event.function
        region = self._region(function.account, function.region)
        self._stop_loop(function, event.lineage)
        version = route(function, event.qualifier, self._chance)
        try:
            region.ledger.admit(function, synchronous=invocation_type == "RequestResponse")
            environment = region.pool.idle(function, version)
            if environment is None:
                region.ledger.scale_out(function)
        except TooManyRequestsException as refusal:
            self._timeline.record(
                Throttle(
                    self._clock.time_ns,
                    function.arn,
                    event.request_id,
                    invocation_type,
                    refusal.members["Reason"],
                )
            )
            raise
        if environment is None:
            environment = region.pool.create(function, version)
        answer = self._run(region, environment, version, event, invocation_type)
        return Execution(answer.payload, answer.failed, version.number, answer.log, event.request_id)

    def _run(
        self,
        region: _Region,
        environment: ExecutionEnvironment,
        version: FunctionVersion,
        event: QueuedEvent,
        invocation_type: InvocationType,
    ) -> EnvironmentAnswer:
        function = event.function
        qualifier = event.qualifier if event.qualifier != LATEST else None
        request = InvokeRequest(
            request_id=event.request_id,
            payload=event.payload,
            deadline_ns=self._clock.time_ns + environment.specification.timeout_ns,
            invoked_function_arn=function_arn(function.account, function.region, function.name, qualifier),
            trace_id=self._trace_id(version),
            client_context=event.client_context,
        )
        region.ledger.begin(function.name)
        region.pool.occupy(environment)
        before, self._lineage = self._lineage, {**event.lineage, function.arn: event.lineage.get(function.arn, 0) + 1}
        self._depth += 1
        self._running += 1
        self._serving.append((function, version, environment.environment_id))
        try:
            return environment.invoke(request, invocation_type, event.attempts + 1)
        finally:
            self._depth -= 1
            self._running -= 1
            self._serving.pop()
            self._lineage = before
            region.pool.release(environment)
            region.ledger.end(function.name)

    def _stop_loop(self, function: Function, lineage: Mapping[str, int]) -> None:
        """Behaviours §12: the chain ends after about sixteen invocations of one function."""
        if function.recursive_loop == "Terminate" and lineage.get(function.arn, 0) >= quotas.RECURSION_THRESHOLD:
            raise RecursiveInvocationException(
                f"Lambda has detected your function being invoked in a recursive loop with other AWS resources: "
                f"{function.arn} was invoked {quotas.RECURSION_THRESHOLD} times in one chain.",
                Type="User",
            )

    def _accepted(
        self, function: Function, qualifier: str | None, payload: bytes, request_id: str, kind: InvocationType
    ) -> None:
        self._timeline.record(
            EventAccepted(self._clock.time_ns, function.arn, request_id, kind, qualifier or LATEST, len(payload))
        )

    def _trace_id(self, version: FunctionVersion) -> str:
        """An X-Ray header; sampled only when the function traces actively."""
        root = f"1-{self._clock.time_ns // 1_000_000_000:08x}-{self._chance.hexadecimal('trace id', 24)}"
        sampled = int(version.configuration.tracing_mode == "Active")
        return f"Root={root};Parent={self._chance.hexadecimal('trace id', 16)};Sampled={sampled}"

    def _region(self, account: str, region: str) -> _Region:
        known = self._regions.get((account, region))
        if known is None:
            store = FunctionStore(account, region, quotas.ACCOUNT_CONCURRENCY)
            pool = EnvironmentPool(self._executor, self._clock, self._timeline, self._chance, self._layer_archive)
            queue = AsynchronousQueue(
                self._clock,
                self._scheduler,
                self._timeline,
                self._chance,
                self._targets,
                lambda event: self._execute(event, "Event"),
                self.send_to_function,
                self.duplicates,
            )
            known = _Region(store, ConcurrencyLedger(store, self._clock), pool, queue)
            self._regions[account, region] = known
        return known
