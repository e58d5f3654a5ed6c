"""Ends user code that computes for too long in real time, and passes on the user's own interrupt.

Virtual time stands still while code computes, so an endless loop would never reach its deadline.
On the main thread a timer signal ends it; where there are none – other threads, the browser –
the interpreter is asked to look at the time every so often.
"""

from __future__ import annotations

import importlib
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, Protocol

__all__ = ["Budget", "budget_here"]

# Bound at import: while a sandbox runs, time.perf_counter is virtual.
# The browser's Python has one thread and no clock of it: the process's is the same.
_perf_counter = time.perf_counter
_thread_time = getattr(time, "thread_time", time.process_time)
# The functions in C: the module `signal` converts numbers into enumerations, which costs more than all the rest.
_native: Any = importlib.import_module("_signal")
_get_signal, _set_signal = _native.getsignal, _native.signal
_set_timer: Any = getattr(_native, "setitimer", None)
_SIGALRM, _SIGINT, _ITIMER_REAL = int(getattr(signal, "SIGALRM", 0)), int(signal.SIGINT), 0
_AGAIN = 0.01
_LOOKS = 20
_LOOK_EVERY = 2_000
_PATIENCE = 5


class Budget(Protocol):
    """Watches one phase of one process.

    ``stop`` is called, in the thread of the user code, when the budget is used up and again until the code ends;
    ``interrupt`` when the user interrupts. Both raise, unless user code is not what runs.
    """

    def start(self) -> None:
        """Begin to count."""

    def end(self) -> None:
        """Stop counting and put back what was there before."""

    def pause(self) -> None:
        """Let time pass uncounted from now on."""

    def resume(self) -> None:
        """Count again."""

    def renew(self) -> None:
        """Virtual time has moved: begin to count anew."""

    def strike(self) -> None:
        """Called in another thread: let ``stop`` be called in the one that is watched, as soon as can be."""

    def watch(self, code: CodeType) -> None:
        """Code of the package: budgets that count in the interpreter count here."""


def budget_here(seconds: float, stop: Callable[[], None], interrupt: Callable[[], None]) -> Budget:
    """The budget that works in the calling thread."""
    if _set_timer is not None and threading.current_thread() is threading.main_thread():
        return AlarmBudget(seconds, stop, interrupt)
    if sys.version_info >= (3, 12) and _free_tool() is not None:
        return MonitoringBudget(seconds, stop, interrupt)
    return TraceBudget(seconds, stop, interrupt)


class _Interrupts:
    """Takes over the user's interrupt for a while; only the main thread can."""

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt
        self._previous: Any = None

    def start(self) -> None:
        previous = _get_signal(_SIGINT)
        if callable(previous) and threading.current_thread() is threading.main_thread():
            self._previous = previous
            _set_signal(_SIGINT, self._on_signal)

    def end(self) -> None:
        if self._previous is not None:
            _set_signal(_SIGINT, self._previous)
            self._previous = None

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._interrupt()


class AlarmBudget:
    """A timer signal, on the main thread.

    Code that waits without computing – for a lock, or for its share of a busy machine – is given
    `_PATIENCE` times the budget. The thread's processor time is slow to ask for, and is first asked for when a
    phase has lasted a twentieth of the budget: most never do.
    """

    def __init__(self, seconds: float, stop: Callable[[], None], interrupt: Callable[[], None]) -> None:
        self._seconds = seconds
        self._stop = stop
        self._interrupts = _Interrupts(interrupt)
        self._cpu_began: float | None = None

    def start(self) -> None:
        self._struck = False
        self._started = _perf_counter()
        self.renew()
        self._interrupts.start()
        self._previous_alarm = _set_signal(_SIGALRM, self._on_alarm)
        self._previous_timer = _set_timer(_ITIMER_REAL, self._seconds / _LOOKS, self._seconds / _LOOKS)

    def end(self) -> None:
        remaining, interval = self._previous_timer
        if remaining:
            remaining = max(remaining - (_perf_counter() - self._started), _AGAIN)
        _set_timer(_ITIMER_REAL, remaining, interval)
        _set_signal(_SIGALRM, self._previous_alarm)
        self._interrupts.end()

    def pause(self) -> None:
        _set_timer(_ITIMER_REAL, 0)

    def resume(self) -> None:
        self.renew()
        _set_timer(_ITIMER_REAL, self._seconds / _LOOKS, self._seconds / _LOOKS)

    def renew(self) -> None:
        self._began, self._cpu_began = _perf_counter(), None

    def strike(self) -> None:
        self._struck = True
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

    def watch(self, code: CodeType) -> None:
        """Signals need no such help."""

    def _on_alarm(self, number: int, frame: FrameType | None) -> None:
        if not self._struck:
            if self._cpu_began is None:
                self._cpu_began = _thread_time()
                return
            elapsed, computed = _perf_counter() - self._began, _thread_time() - self._cpu_began
            if elapsed < self._seconds or (computed < 0.9 * self._seconds and elapsed < _PATIENCE * self._seconds):
                return
        _set_timer(_ITIMER_REAL, _AGAIN, _AGAIN)
        self._stop()


class _Counting:
    """Looks at the time after every so many events."""

    def __init__(self, seconds: float, stop: Callable[[], None], interrupt: Callable[[], None]) -> None:
        self._seconds = seconds
        self._stop = stop
        self._interrupts = _Interrupts(interrupt)
        self._events = 0
        self._ends = 0.0

    def pause(self) -> None:
        """Nothing is counted where no code of the package runs."""

    def resume(self) -> None:
        self.renew()

    def renew(self) -> None:
        if self._ends:
            self._ends = _perf_counter() + self._seconds

    def strike(self) -> None:
        self._ends = 0.0
        self._events = _LOOK_EVERY

    def _count(self) -> None:
        self._events += 1
        if self._events >= _LOOK_EVERY:
            if _perf_counter() >= self._ends:
                self._stop()
            else:
                self._events = 0


class MonitoringBudget(_Counting):
    """``sys.monitoring``: backward jumps and calls in the package's own code."""

    def __init__(self, seconds: float, stop: Callable[[], None], interrupt: Callable[[], None]) -> None:
        super().__init__(seconds, stop, interrupt)
        self._codes: list[CodeType] = []
        self._tool: int | None = None

    def start(self) -> None:
        monitoring = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        self._events = 0
        self._ends = _perf_counter() + self._seconds
        tool = _free_tool()
        self._interrupts.start()
        monitoring.use_tool_id(tool, "lambdalab")
        self._tool = tool
        events = monitoring.events
        monitoring.register_callback(tool, events.JUMP, self._on_event)
        monitoring.register_callback(tool, events.PY_START, self._on_event)
        for code in self._codes:
            monitoring.set_local_events(tool, code, events.JUMP | events.PY_START)

    def end(self) -> None:
        self._interrupts.end()
        if self._tool is not None:
            monitoring = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
            for code in self._codes:
                monitoring.set_local_events(self._tool, code, 0)
            monitoring.register_callback(self._tool, monitoring.events.JUMP, None)
            monitoring.register_callback(self._tool, monitoring.events.PY_START, None)
            monitoring.free_tool_id(self._tool)
            self._tool = None

    def watch(self, code: CodeType) -> None:
        found = list(_nested(code))
        self._codes.extend(found)
        if self._tool is not None:
            events = sys.monitoring.events  # type: ignore[attr-defined, unused-ignore]
            for inner in found:
                sys.monitoring.set_local_events(self._tool, inner, events.JUMP | events.PY_START)  # type: ignore[attr-defined, unused-ignore]

    def _on_event(self, *_: Any) -> None:
        self._count()


class TraceBudget(_Counting):
    """``sys.settrace``, for threads on Python 3.11: instructions of the package's own code.

    Code that runs into the recursion limit makes the interpreter drop the trace function: such a loop is not ended.
    """

    def __init__(self, seconds: float, stop: Callable[[], None], interrupt: Callable[[], None]) -> None:
        super().__init__(seconds, stop, interrupt)
        self._files: set[str] = set()

    def start(self) -> None:
        self._events = 0
        self._ends = _perf_counter() + self._seconds
        self._interrupts.start()
        self._previous = sys.gettrace()
        sys.settrace(self._on_call)

    def end(self) -> None:
        self._interrupts.end()
        sys.settrace(self._previous)

    def watch(self, code: CodeType) -> None:
        self._files.add(code.co_filename)

    def _on_call(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in self._files:
            return None
        frame.f_trace_opcodes = True  # a loop on a single line has no line events
        frame.f_trace_lines = False
        return self._on_instruction(frame, event, argument)

    def _on_instruction(self, frame: FrameType, event: str, argument: Any) -> Any:
        self._count()
        return self._on_instruction


def _free_tool() -> int | None:
    monitoring = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
    return next((number for number in (4, 3, 2, 1) if monitoring.get_tool(number) is None), None)


def _nested(code: CodeType) -> Any:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)
