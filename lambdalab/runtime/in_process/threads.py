"""Threads a handler starts: they belong to its process, sleep in virtual time and stand still when it is frozen.

Python cannot stop a thread from outside. A thread of a process is therefore traced: before each line of the
package's own code it looks whether its process still runs. One that waits inside native code stands still only
when it comes back from there.
"""

from __future__ import annotations

import selectors
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from lambdalab.runtime.in_process.presence import here, presence
from lambdalab.runtime.in_process.stop import SandboxStop
from lambdalab.runtime.virtual_filesystem import LAYERS, TASK, TMP

if TYPE_CHECKING:
    from lambdalab.runtime.in_process.process import EmulatedProcess

__all__ = ["ProcessThreads", "install", "uninstall"]

_GRACE = 0.002
"""Real seconds between two looks at what a thread waits for."""
_PATIENCE = 0.1
"""Real seconds after which a thread that neither ends nor waits here is taken to wait for something else."""

# Bound at import, before anything is replaced.
_real_start, _real_join, _real_wait = threading.Thread.start, threading.Thread.join, threading.Condition.wait
_perf_counter = time.perf_counter
_PACKAGE = (TASK + "/", LAYERS + "/", TMP + "/")


class ProcessThreads:
    """The threads of one process besides the one that calls the handler."""

    def __init__(self, process: EmulatedProcess) -> None:
        self._process = process
        self._alive: dict[threading.Thread, int] = {}
        self._wakes: list[int] = []
        self._found_nothing: dict[int, int] = {}
        self._version = 0
        self._changed = 0.0
        self._handler_thread = 0
        self._gate = threading.Condition()
        self._running = False
        self._ended = False

    @property
    def alone(self) -> bool:
        """Whether there is none."""
        return not self._alive

    def enter(self) -> None:
        """The process runs: its threads go on."""
        self._handler_thread = threading.get_ident()
        presence.threads = {self._handler_thread, *self._alive.values()}
        self._running = True
        if self._alive:
            with self._gate:
                self._gate.notify_all()

    def leave(self) -> None:
        """The process is frozen."""
        self._running = False
        presence.threads = set()

    def end(self) -> None:
        """The process is gone: its threads end as soon as they come to a line of the package."""
        self._ended = True
        with self._gate:
            self._gate.notify_all()

    def names(self) -> list[str]:
        """Names of those alive."""
        return [thread.name for thread in self._alive if thread.is_alive()]

    def adopt(self, thread: threading.Thread) -> None:
        """A thread is about to be started by the process."""
        run = thread.run
        self._alive[thread] = 0  # from now on: the starter waits for it to begin
        self._change()

        def run_inside() -> None:
            self._alive[thread] = threading.get_ident()
            presence.threads.add(threading.get_ident())
            sys.settrace(self._trace)
            try:
                run()
            except SandboxStop:
                pass
            finally:
                sys.settrace(None)
                presence.threads.discard(threading.get_ident())
                self.forget(thread)

        thread.run = run_inside  # type: ignore[method-assign]
        thread.daemon = True  # one that is left behind must not keep the notebook from ending
        thread.inside_handler = True  # type: ignore[attr-defined]

    def forget(self, thread: threading.Thread) -> None:
        """The thread has ended, or could not be started."""
        self._alive.pop(thread, None)
        self._change()

    def until(self, wake_ns: int | None, ready: Callable[[float], bool]) -> bool:
        """Wait until `ready`, or until virtual time reaches `wake_ns` (None: never); whether it was `ready`.

        ``ready`` may wait for the real seconds it is given. Virtual time moves, to whatever is due first, when every
        thread of the process waits here and has found nothing ready since the last of them came.
        """
        if ready(0.0):
            return True
        me = threading.get_ident()
        self._change()
        if wake_ns is not None:
            self._wakes.append(wake_ns)
        try:
            while wake_ns is None or self._process.instant_ns < wake_ns:
                self._pause_point()
                seen = self._version
                if ready(0.0 if self.alone else _GRACE):
                    return True
                self._found_nothing[me] = seen
                if not self._all_wait():
                    continue
                if wake_ns is not None and wake_ns == min(self._wakes):
                    self._process.spend(wake_ns - self._process.instant_ns)
                    self._change()
                elif not self._wakes and me == self._handler_thread:
                    self._process.wait_for_ever()
            return ready(0.0)
        finally:
            if wake_ns is not None:
                self._wakes.remove(wake_ns)
            self._found_nothing.pop(me, None)
            self._change()

    def _change(self) -> None:
        """Something moved: what the threads found before no longer counts."""
        self._version += 1
        self._changed = _perf_counter()

    def _all_wait(self) -> bool:
        """Whether no thread has anything to do. One that waits inside native code is never seen here: patience ends."""
        threads = (self._handler_thread, *self._alive.values())
        if all(self._found_nothing.get(thread) == self._version for thread in threads):
            return True
        return _perf_counter() - self._changed > _PATIENCE

    def _pause_point(self) -> None:
        """Stand still while the process is frozen; end with it."""
        if threading.get_ident() in self._alive.values():
            self._stand_still()
        self._process.stop_if_due()

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(_PACKAGE):
            return None
        if not self._running or self._ended:
            self._stand_still()
        return self._trace

    def _stand_still(self) -> None:
        with self._gate:
            while not self._running and not self._ended:
                _real_wait(self._gate)
        if self._ended:
            raise SandboxStop


def _start(self: threading.Thread) -> None:
    process = here()
    if process is not None:
        process.threads.adopt(self)
    try:
        _real_start(self)
    except RuntimeError:
        if process is not None:
            process.threads.forget(self)
        raise


def _join(self: threading.Thread, timeout: float | None = None) -> None:
    process = here()
    if process is None or self is threading.current_thread() or not self.is_alive():
        _real_join(self, timeout)
        return

    def ended(seconds: float) -> bool:
        _real_join(self, seconds)
        return not self.is_alive()

    process.threads.until(process.after(timeout), ended)


def _wait(self: threading.Condition, timeout: float | None = None) -> bool:
    process = here()
    if process is None:
        return _real_wait(self, timeout)
    return process.threads.until(process.after(timeout), lambda seconds: _real_wait(self, seconds))


def _selecting(real: Callable[..., Any]) -> Callable[..., Any]:
    def select(self: Any, timeout: float | None = None) -> Any:
        process = here()
        if process is None or (timeout is not None and timeout <= 0):
            return real(self, timeout)
        found: list[Any] = []

        def ready(seconds: float) -> bool:
            found[:] = real(self, seconds)
            return bool(found)

        process.threads.until(process.after(timeout), ready)
        return found

    return select


_substitutes: list[tuple[Any, str, Any]] = [
    (threading.Thread, "start", _start),
    (threading.Thread, "join", _join),
    (threading.Condition, "wait", _wait),
]
_substitutes += [
    (kind, "select", _selecting(vars(kind)["select"]))
    for kind in vars(selectors).values()
    if isinstance(kind, type) and "select" in vars(kind) and kind is not selectors.BaseSelector
]
_originals: list[Any] = []
_installed = 0


def install() -> None:
    """Put the substitutes in place; for threads that are no process's they do what the real ones do."""
    global _installed
    _installed += 1
    if _installed == 1:
        _originals[:] = [vars(owner)[name] for owner, name, _ in _substitutes]
        for owner, name, substitute in _substitutes:
            setattr(owner, name, substitute)


def uninstall() -> None:
    """Put the real ones back when nobody needs the substitutes any more."""
    global _installed
    _installed -= 1
    if _installed == 0:
        for (owner, name, _), original in zip(_substitutes, _originals, strict=True):
            setattr(owner, name, original)
