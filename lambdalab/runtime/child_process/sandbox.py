"""One execution environment in a process of its own."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from lambdalab.clock import SECOND, Clock
from lambdalab.errors import EngineFault
from lambdalab.runtime.child_process.aws_response import AnswerAwsCall, aws_response
from lambdalab.runtime.child_process.budget import Budget
from lambdalab.runtime.child_process.exit_status import reason_of_wait_status
from lambdalab.runtime.child_process.http_message import Request
from lambdalab.runtime.child_process.listener import Connection, Listener
from lambdalab.runtime.child_process.measurement import has_several_threads, peak_memory_mb
from lambdalab.runtime.child_process.output import Output
from lambdalab.runtime.child_process.process import ChildProcess, Ending
from lambdalab.runtime.child_process.runtime_api import RuntimeApi
from lambdalab.runtime.child_process.shared_clock import SharedClock
from lambdalab.runtime.child_process.sleepers import Sleeper, Sleepers
from lambdalab.runtime.child_process.stillness import Stillness
from lambdalab.runtime.error_object import EXIT_ERROR, TIMED_OUT, error_object, timeout_reason
from lambdalab.runtime.executor import InitResult, InvokeRequest, InvokeResult, SandboxSpecification

__all__ = ["ChildProcessSandbox", "InvalidEntrypoint"]

_OWN_PATH = "/.lambdalab/"
_TICK_MS = 10
_PROGRESS_NS = 1_000_000
_SLEEP_MAX_NS = 10**18


_HowServingEnds = Literal["finished", "timeout", "exit", "out of memory"]


class InvalidEntrypoint(Exception):
    """The runtime cannot be started; the message is AWS's reason."""


class ChildProcessSandbox:
    """Runs a function in a process, and is the Runtime API and the AWS endpoint to it.

    Everything is served by the thread that calls; nothing runs between two calls: the process is stopped then.

    Parameters
    ----------
    specification
        The environment.
    clock
        Virtual time.
    start
        Starts the process: given the API's address, the file of the shared clock, the folder
        for ``/tmp`` and the descriptor for its output.
    answer_aws_call
        Answers the process's AWS calls; None when there is no AWS.
    folder
        A folder of its own.
    init_ns, invoke_ns
        Modelled durations of INIT and of a handler that does nothing.
    budget_ns
        Real time that a phase may take.
    """

    def __init__(
        self,
        specification: SandboxSpecification,
        clock: Clock,
        start: Callable[[str, Path, Path, int], ChildProcess],
        answer_aws_call: AnswerAwsCall | None,
        folder: Path,
        init_ns: int,
        invoke_ns: int,
        budget_ns: int,
    ) -> None:
        self._specification = specification
        self._clock = clock
        self._start = start
        self._answer_aws_call = answer_aws_call
        self._folder = folder
        self._init_ns = init_ns
        self._invoke_ns = invoke_ns
        self._budget_ns = budget_ns
        self._tmp = folder / "tmp"
        self._tmp.mkdir(parents=True)
        self._shared_clock = SharedClock(folder / "clock")
        self._listener = Listener()
        self._sleepers = Sleepers()
        self._api = RuntimeApi()
        self._process: ChildProcess | None = None
        self._output: Output | None = None
        self._deadline_ns = 0
        self._memory_mb = 0
        self._budget: Budget | None = None
        self._left_after_response = False
        self._shut_down = False

    @property
    def is_shut_down(self) -> bool:
        """Whether `shutdown` was called."""
        return self._shut_down

    # The protocol

    def initialize(self, limit_ns: int) -> InitResult:
        """Start the process and run its static code."""
        self.reset()
        deadline_ns = self._clock.time_ns + limit_ns
        try:
            return self._initialize(deadline_ns)
        except BaseException:
            self.reset()
            raise

    def invoke(self, request: InvokeRequest) -> InvokeResult:
        """Hand one event to the process."""
        log = ""
        if self._left_after_response:
            result = self.initialize(request.deadline_ns - self._clock.time_ns)
            if result.outcome != "success":
                return self._failed_initialization(result, request)
            log = result.log
        if self._process is None:
            raise EngineFault("an event for a sandbox that is not initialised")
        try:
            invoked = self._invoke(self._process, request)
        except BaseException:
            self.reset()
            raise
        return replace(invoked, log=log + invoked.log) if log else invoked

    def reset(self) -> None:
        """End the process; keep ``/tmp``."""
        self._left_after_response = False
        self._end()

    def shutdown(self) -> None:
        """End the process and remove everything."""
        if not self._shut_down:
            self._shut_down = True
            self.reset()
            self._listener.close()
            self._shared_clock.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    # Phases

    def _initialize(self, deadline_ns: int) -> InitResult:
        self._api = RuntimeApi()
        self._output = Output()
        self._begin_phase(deadline_ns, self._init_ns)
        try:
            process = self._start(self._listener.address, self._folder / "clock", self._tmp, self._output.writing)
        except InvalidEntrypoint as error:
            self._end()
            error_type = "Runtime.InvalidEntrypoint"
            return InitResult("exit", error_object(error_type, "", str(error))[0], error_type)
        self._output.close_writing()
        self._process = process
        self._listener.watch(self._output.reading)
        if process.descriptor is not None:
            self._listener.watch(process.descriptor)
        how = self._serve(process, lambda: self._api.state in ("ready", "failed"))
        if how == "timeout":
            log = self._end()[1]
            return InitResult("timeout", None, TIMED_OUT, log)
        if how in ("exit", "out of memory"):
            ending, log = self._end()
            wait_status = signal.SIGKILL if how == "out of memory" else ending.wait_status
            payload, _ = error_object(EXIT_ERROR, "", reason_of_wait_status(wait_status))
            return InitResult("exit", payload, EXIT_ERROR, log)
        posted = self._api.posted
        if posted is not None:
            log = self._end()[1]
            return InitResult("error", posted.body, posted.error_type or _error_type(posted.body)[0], log)
        process.freeze()
        return InitResult("success", log=self._take_log())

    def _failed_initialization(self, result: InitResult, request: InvokeRequest) -> InvokeResult:
        """What comes of an invocation when the runtime, which left after its last response, does not start again."""
        if result.outcome == "error" and result.payload is not None:
            error_type, message = _error_type(result.payload)
            return InvokeResult("error", result.payload, 0, result.error_type or error_type, message, result.log)
        if result.outcome == "timeout":
            reason = timeout_reason(self._specification.timeout_ns)
        else:
            reason = _error_type(result.payload or b"")[1].partition("Error: ")[2]
        error_type = result.error_type or EXIT_ERROR
        payload, message = error_object(error_type, request.request_id, reason)
        return InvokeResult(result.outcome, payload, 0, error_type, message, result.log)

    def _invoke(self, process: ChildProcess, request: InvokeRequest) -> InvokeResult:
        self._begin_phase(request.deadline_ns, self._invoke_ns)
        self._sleepers.wake(self._clock.time_ns)  # threads left running: meanwhile their time may have come
        process.thaw()
        self._api.deliver(request)
        how = self._serve(process, lambda: self._api.state == "ready")
        if how == "timeout":
            ending, log = self._end()
            payload, message = error_object(
                TIMED_OUT, request.request_id, timeout_reason(self._specification.timeout_ns)
            )
            return InvokeResult("timeout", payload, ending.peak_memory_mb(), TIMED_OUT, message, log)
        posted = self._api.posted
        if how == "out of memory" or (how == "exit" and posted is None):
            ending, log = self._end()
            wait_status = signal.SIGKILL if how == "out of memory" else ending.wait_status
            payload, message = error_object(EXIT_ERROR, request.request_id, reason_of_wait_status(wait_status))
            memory_mb = max(self._memory_mb, ending.peak_memory_mb())
            return InvokeResult("exit", payload, memory_mb, EXIT_ERROR, message, log)
        memory_mb = self._memory_mb
        if how == "exit":
            ending, log = self._end()
            memory_mb = ending.peak_memory_mb()
            self._left_after_response = True
        else:
            process.freeze()
            log = self._take_log()
        assert posted is not None
        if posted.kind == "response":
            return InvokeResult("success", posted.body, memory_mb, log=log)
        error_type, message = _error_type(posted.body)
        return InvokeResult("error", posted.body, memory_mb, error_type or posted.error_type, message, log)

    def _begin_phase(self, deadline_ns: int, modelled_ns: int) -> None:
        self._deadline_ns = deadline_ns
        self._memory_mb = 0
        self._clock.time_ns = min(self._clock.time_ns + modelled_ns, deadline_ns)
        self._tell_time()

    def _end(self) -> tuple[Ending, str]:
        """End the process, if there is one: how it ended and what it wrote."""
        ending, log = Ending(0, 0), ""
        process, self._process = self._process, None
        if process is not None:
            if process.descriptor is not None:
                self._listener.unwatch(process.descriptor)
            ending = process.end()
        if self._output is not None:
            self._listener.unwatch(self._output.reading)
            log = self._take_log()
            self._output.close()
            self._output = None
        self._sleepers.clear()
        if not self._shut_down:
            self._listener.disconnect()
        return ending, log

    # Serving the process

    def _serve(self, process: ChildProcess, finished: Callable[[], bool]) -> _HowServingEnds:
        """Answer the process until it has `finished`, has ended, has used too much memory, or its time is up."""
        self._budget = budget = Budget(process.pid, self._budget_ns)
        began_ns = self._clock.time_ns
        stillness = Stillness(process.pid)
        wait_ms = _TICK_MS
        while True:
            if self._clock.time_ns >= self._deadline_ns:
                self._clock.time_ns = self._deadline_ns
                return "timeout"
            if finished():
                return "out of memory" if self._uses_too_much_memory(process) else "finished"
            requests, readable = self._listener.wait(wait_ms)
            if self._output is not None and self._output.reading in readable and not self._output.drain():
                self._listener.unwatch(self._output.reading)
            for connection, request in requests:
                self._answer(connection, request)
            if self._clock.time_ns - began_ns >= _PROGRESS_NS:
                budget.renew()
                began_ns = self._clock.time_ns
            if budget.is_used_up():
                self._clock.time_ns = self._deadline_ns
                return "timeout"
            if requests:
                stillness.disturb()
                wait_ms = 0 if self._sleepers else _TICK_MS
                continue
            if process.descriptor in readable or (process.descriptor is None and process.has_ended()):
                return "exit"
            if wait_ms and not readable and self._uses_too_much_memory(process):
                return "out of memory"
            if not self._sleepers:
                wait_ms = _TICK_MS
            elif self._sleepers.only_one_alone() or stillness.has_come():
                self._pass_time(self._sleepers.next_wake_ns())
                stillness.disturb()
            else:
                wait_ms = stillness.wait_ms

    def _uses_too_much_memory(self, process: ChildProcess) -> bool:
        self._memory_mb = peak_memory_mb(process.pid)
        return self._memory_mb > self._specification.memory_mb

    def _answer(self, connection: Connection, request: Request) -> None:
        self._take_spent_time()
        if self._clock.time_ns >= self._deadline_ns:
            return
        if self._api.concerns(request):
            self._api.answer(connection, request)
        elif request.path.startswith(_OWN_PATH) and request.header("authorization") is None:
            self._answer_own(connection, request)
        else:
            self._answer_aws(connection, request)

    def _answer_own(self, connection: Connection, request: Request) -> None:
        """``sleep``, ``doze`` (a sleep that can be called off) and ``wake``; see `inside.channel`."""
        action = request.path.removeprefix(_OWN_PATH)
        if action == "wake":
            self._sleepers.call_off(connection)
            connection.answer(200, b"")
            return
        duration_ns, alone = _duration(request.body)
        if action not in ("sleep", "doze") or duration_ns is None:
            connection.answer(400, b'{"errorType":"InvalidRequest","errorMessage":"no such action or duration"}')
            return
        self._sleepers.add(Sleeper(self._clock.time_ns + duration_ns, connection, alone and action == "sleep"))

    def _answer_aws(self, connection: Connection, request: Request) -> None:
        began_ns = self._clock.time_ns
        assert self._budget is not None
        with self._budget.paused():
            response = aws_response(self._answer_aws_call, request)
        ended_ns = self._clock.time_ns
        process = self._process
        if process is not None and ended_ns > began_ns and has_several_threads(process.pid):
            # What the other threads do begins at the same instant: this one waits for its answer as for a sleep.
            self._clock.time_ns = began_ns
            self._sleepers.add(Sleeper(ended_ns, connection, False, response))
            return
        self._tell_time()
        if ended_ns < self._deadline_ns:
            connection.respond(response)

    # Time

    def _tell_time(self) -> None:
        self._shared_clock.set(self._clock.time_ns, self._deadline_ns)

    def _take_spent_time(self) -> None:
        spent_ns = self._shared_clock.take_spent()
        if spent_ns:
            self._clock.time_ns = min(self._clock.time_ns + spent_ns, self._deadline_ns)
            self._tell_time()

    def _pass_time(self, instant_ns: int) -> None:
        """Let time pass to `instant_ns` or the deadline, and wake whoever waits for it."""
        self._clock.time_ns = min(max(self._clock.time_ns, instant_ns), self._deadline_ns)
        self._tell_time()
        if self._clock.time_ns < self._deadline_ns:
            self._sleepers.wake(self._clock.time_ns)

    def _take_log(self) -> str:
        if self._output is None:
            return ""
        self._output.drain()
        return self._output.take()


def _duration(body: bytes) -> tuple[int | None, bool]:
    """Nanoseconds (or seconds) a request asks for, and whether its process has a single thread."""
    try:
        wanted = json.loads(body)
        duration_ns = wanted["nanoseconds"] if "nanoseconds" in wanted else round(wanted["seconds"] * SECOND)
    except (ValueError, TypeError, KeyError, OverflowError):
        return None, False
    if type(duration_ns) is not int or not 0 <= duration_ns <= _SLEEP_MAX_NS:
        return None, False
    return duration_ns, wanted.get("alone", True) is True


def _error_type(payload: bytes) -> tuple[str, str]:
    """``errorType`` and ``errorMessage`` of an error object; empty where a runtime posted something else."""
    try:
        error = json.loads(payload)
        return str(error.get("errorType", "")), str(error.get("errorMessage", ""))
    except (ValueError, AttributeError):
        return "", ""
