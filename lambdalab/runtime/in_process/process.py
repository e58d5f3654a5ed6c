"""What stands for the process of an execution environment: its own modules, variables, files, time and streams.

While it is entered, the interpreter's shared state is its; when it is left, everything is as it was before.
"""

from __future__ import annotations

import linecache
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Literal, TypeVar

from lambdalab.clock import Clock
from lambdalab.runtime.in_process.budget import Budget, budget_here
from lambdalab.runtime.in_process.event_loop import EventLoop, put_back_event_loop, set_aside_event_loop
from lambdalab.runtime.in_process.interpreter import InterpreterState
from lambdalab.runtime.in_process.output import Output
from lambdalab.runtime.in_process.presence import presence
from lambdalab.runtime.in_process.process_signals import ProcessSignals
from lambdalab.runtime.in_process.stop import SandboxStop
from lambdalab.runtime.in_process.threads import ProcessThreads
from lambdalab.runtime.in_process.unpacked_archive import CompiledModule, SourceLines, UnpackedArchive
from lambdalab.runtime.process_model import read_cost_ns
from lambdalab.runtime.python_runtime import Frame
from lambdalab.runtime.shown_traceback import shown_frames
from lambdalab.runtime.virtual_filesystem import LAYERS, TASK, VirtualFilesystem

__all__ = ["EmulatedProcess", "Ended"]

_real_sleep = time.sleep
_PROGRESS_NS = 1_000_000  # code that gets on in virtual time comes to its deadline by itself
Value = TypeVar("Value")


def _moment(seconds: float) -> bool:
    """Sleep in real time; there is nothing that could be ready."""
    _real_sleep(seconds)
    return False


@dataclass(frozen=True)
class Ended(Generic[Value]):
    """How a piece of code ended: with a value, or by the end of the process."""

    how: Literal["value", "timeout", "exit"]
    value: Value | None = None
    status: int = 0
    signal_words: str | None = None


class EmulatedProcess:
    """One process.

    Parameters
    ----------
    clock
        Virtual time.
    variables
        Environment variables.
    filesystem
        Its files.
    task, layers
        Archives below ``/var/task`` and ``/opt``.
    budget_seconds
        Real time that user code may compute per phase.
    runtime
        Configured runtime, for paths in tracebacks.
    seed
        Where the process's own chance begins.

    Attributes
    ----------
    filesystem, output, signals, threads
        Its files, its standard streams, its signal handlers, the threads it has started.
    module_names
        Names of the modules it has loaded from its own folders.
    sources
        Their source lines by path.
    """

    def __init__(
        self,
        clock: Clock,
        variables: Mapping[str, str],
        filesystem: VirtualFilesystem,
        task: UnpackedArchive,
        layers: UnpackedArchive | None,
        budget_seconds: float,
        runtime: str,
        seed: str,
    ) -> None:
        self.filesystem = filesystem
        self.output = Output(self._outside_stream)
        self.signals = ProcessSignals(lambda words: self.exit(1, words))
        self.threads = ProcessThreads(self)
        self.module_names: set[str] = set()
        self.sources: dict[str, SourceLines] = {}
        self._clock = clock
        self._deadline_ns = 0
        self._steady_base_ns = clock.time_ns - 3_600_000_000_000
        self._reads = 0
        self._archives = {TASK: task} if layers is None else {TASK: task, LAYERS: layers}
        self._budget_seconds = budget_seconds
        self._budget: Budget | None = None
        self._compiled: list[CompiledModule] = []
        self._why: Literal["timeout", "exit", "interrupt"] | None = None
        self._exit_status = 0
        self._signal_words: str | None = None
        self._in_user_code = False
        self._interrupted = False
        self._thread = 0
        self._loop: EventLoop | None = None
        self._language = runtime if runtime.startswith("python") else "python"
        self._context = Context()
        self._state = InterpreterState(self, variables, seed, self._language)

    # Time

    def now_ns(self) -> int:
        """The virtual instant. Reading it often costs time: a busy wait must come to its end."""
        self._reads += 1
        if self._reads > 1_000:
            self.spend(read_cost_ns(self._reads))
        return self._clock.time_ns

    def steady_ns(self) -> int:
        """A clock that only its differences matter of."""
        return self.now_ns() - self._steady_base_ns

    @property
    def instant_ns(self) -> int:
        """The virtual instant, for the engine's own use."""
        return self._clock.time_ns

    def after(self, seconds: float | None) -> int | None:
        """The virtual instant so many seconds from now; None for never."""
        return None if seconds is None else self._clock.time_ns + round(max(seconds, 0) * 1_000_000_000)

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        self._reads = 0
        duration_ns = round(min(seconds, 1e9) * 1_000_000_000)
        if self.threads.alone:
            self.spend(duration_ns)
        else:
            self.threads.until(self._clock.time_ns + duration_ns, _moment)

    def wait_for_ever(self) -> None:
        """Wait for what cannot come: until the deadline."""
        self.spend(self._deadline_ns)

    def spend(self, duration_ns: int) -> None:
        """Let virtual time pass, at most to the deadline."""
        if self._why is not None:
            raise SandboxStop
        if self._clock.time_ns + duration_ns >= self._deadline_ns:
            self._stop("timeout")
        self._clock.time_ns += duration_ns
        if duration_ns >= _PROGRESS_NS and self._budget is not None:
            self._budget.renew()

    def stop_if_due(self) -> None:
        """End user code when the clock was moved to the deadline or beyond."""
        if self._why is not None:
            raise SandboxStop
        if self._clock.time_ns >= self._deadline_ns:
            self._stop("timeout")

    # Ends

    def exit(self, status: int, signal_words: str | None = None) -> None:
        """End as ``os._exit`` does."""
        if self._why is None:
            self._exit_status, self._signal_words = status, signal_words
        self._stop("exit")

    def _stop(self, why: Literal["timeout", "exit", "interrupt"]) -> None:
        if self._why is None:
            self._why = why
            if self._budget is not None and threading.get_ident() != self._thread:
                self._budget.strike()  # the handler's own thread is to end, too
        raise SandboxStop

    def _budget_used_up(self) -> None:
        if self._in_user_code:
            self._stop("timeout")

    def _interrupt(self) -> None:
        self._interrupted = True
        if self._in_user_code:
            self._stop("interrupt")

    def _pass_on_interrupt(self) -> None:
        if self._interrupted:
            raise KeyboardInterrupt

    # Running

    def run(self, function: Callable[[], Value], deadline_ns: int) -> Ended[Value]:
        """Run `function` as code of this process until it ends, the deadline strikes or the process ends.

        Raises
        ------
        KeyboardInterrupt
            The user interrupted.
        """
        self._deadline_ns = deadline_ns
        self._reads = 0
        self._why = None
        self._interrupted = False
        self._thread = threading.get_ident()
        self._budget = budget_here(self._budget_seconds, self._budget_used_up, self._interrupt)
        for compiled in self._compiled:
            self._budget.watch(compiled.code)
        ended: Ended[Value]
        self.threads.begin()
        self._budget.start()
        self._loop = set_aside_event_loop()
        try:
            self._state.enter()
            try:
                ended = self._run_user_code(function)
            finally:
                self._in_user_code = False
                self._state.leave()
        except SandboxStop:
            ended = Ended("exit")
        finally:
            put_back_event_loop(self._loop)
            self._budget.end()
        self._pass_on_interrupt()
        return self._verdict() or ended

    def _verdict(self) -> Ended[Any] | None:
        """How the process ended, whatever became of the exception that said so; None when it did not."""
        if self._why == "exit":
            return Ended("exit", None, self._exit_status, self._signal_words)
        if self._why == "timeout" or self._clock.time_ns >= self._deadline_ns:
            self._clock.time_ns = self._deadline_ns
            return Ended("timeout")
        return None

    def _run_user_code(self, function: Callable[[], Value]) -> Ended[Value]:
        try:
            self._in_user_code = True
            try:
                return Ended("value", self._context.run(function))
            finally:
                self._in_user_code = False
        except SystemExit as exit_:
            return Ended("exit", None, self._system_exit_status(exit_.code))
        except SandboxStop:
            return Ended("exit")
        except BaseException as error:
            self._print_traceback(error)
            return Ended("exit", None, 1)

    def _system_exit_status(self, code: Any) -> int:
        if code is None:
            return 0
        if isinstance(code, int):
            return code & 0xFF
        self.output.stderr.write(f"{code}\n")
        return 1

    def _print_traceback(self, error: BaseException) -> None:
        lines = ["Traceback (most recent call last):\n"]
        for file, line_number, function, line in self.frames(error.__traceback__):
            lines.append(f'  File "{file}", line {line_number}, in {function}\n')
            if line:
                lines.append(f"    {line.strip()}\n")
        lines += traceback.format_exception_only(type(error), error)
        self.output.stderr.write("".join(lines))

    def frames(self, trace: TracebackType | None) -> list[Frame]:
        """The frames of a traceback as they would be on AWS."""
        return shown_frames(trace, self._language)

    # Modules

    def archive_of(self, folder: str) -> tuple[UnpackedArchive | None, str]:
        """The archive a folder of the environment belongs to, and the folder's path in it."""
        for mount, archive in self._archives.items():
            if folder == mount or folder.startswith(mount + "/"):
                return archive, folder[len(mount) + 1 :]
        return None, ""

    def add(self, compiled: CompiledModule) -> None:
        """A module is about to run for the first time."""
        path = compiled.lines[3]
        self.sources[path] = linecache.cache[path] = compiled.lines
        self._compiled.append(compiled)
        if self._budget is not None:
            self._budget.watch(compiled.code)

    def top_level_names(self, folders: list[str]) -> frozenset[str]:
        """Names of the modules these folders of the environment bring."""
        names: set[str] = set()
        for folder in folders:
            archive, relative = self.archive_of(folder)
            if archive is not None:
                names.update(name.rstrip("/").partition(".")[0] for name in archive.entries.get(relative, ()))
        return frozenset(names)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Leave the process for a while: the interpreter is the notebook's, and the budget does not run.

        The deadline may have passed when the process is entered again, or the user have interrupted: its code ends.
        """
        if self.threads.alone:
            with self._left():
                yield
            self.stop_if_due()
            return
        with self.threads.others_stand_still(), presence.turn.lent_to_me():
            began_ns = self._clock.time_ns
            with self._left(), self._state.functions_only():
                yield
            ended_ns, self._clock.time_ns = self._clock.time_ns, began_ns
        self.threads.until(ended_ns, _moment)  # the calls of other threads begin at the same instant

    @contextmanager
    def _left(self) -> Iterator[None]:
        assert self._budget is not None
        of_handler = threading.get_ident() == self._thread
        self._in_user_code = False
        self._state.leave()
        if of_handler:
            put_back_event_loop(self._loop)
        self._budget.pause()
        try:
            yield
        except KeyboardInterrupt:
            self._interrupted, self._why = True, "interrupt"
            raise SandboxStop from None
        finally:
            self._budget.resume()
            if of_handler:
                self._loop = set_aside_event_loop()
            self._state.enter()
            self._in_user_code = True

    def _outside_stream(self, name: str) -> Any:
        return self._state.outside_stream(name)
