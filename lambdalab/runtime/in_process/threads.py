"""Threads a handler starts: they belong to its process, sleep in virtual time and stand still when it is frozen.

Python cannot stop a thread from outside. A thread of a process is therefore traced: before each line of the
package's own code it looks whether its process still runs. One that waits inside native code stands still only
when it comes back from there.
"""

from __future__ import annotations

import _thread
import contextlib
import logging
import selectors
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from lambdalab.runtime.in_process.presence import here, presence
from lambdalab.runtime.in_process.stop import SandboxStop

if TYPE_CHECKING:
    from lambdalab.runtime.in_process.process import EmulatedProcess

__all__ = ["ProcessThreads", "install", "uninstall"]

_GRACE = 0.002
"""Real seconds between two looks at what a thread waits for."""
_PATIENCE = 0.2
"""Real seconds after which a thread that has not moved, and does not wait here, is taken to wait in native code."""

# Bound at import, before anything is replaced.
_real_start, _real_join, _real_wait = threading.Thread.start, threading.Thread.join, threading.Condition.wait
_perf_counter, _real_sleep = time.perf_counter, time.sleep


class ProcessThreads:
    """The threads of one process besides the one that calls the handler.

    Attributes
    ----------
    outside
        Identity of the thread that has stepped outside while the others stand still, 0 for none.
    """

    def __init__(self, process: EmulatedProcess) -> None:
        self._process = process
        self._alive: dict[threading.Thread, int] = {}
        self._wakes: list[int] = []
        self._found_nothing: dict[int, int] = {}
        self._version = 0
        self._changed = 0.0
        self._places: list[tuple[int, int]] = []
        self._handler_thread = 0
        self._waiting: set[int] = set()
        self._one_outside = threading.Lock()
        self.outside = 0
        self._gate = threading.Condition()
        self._running = False
        self._ended = False

    @property
    def alone(self) -> bool:
        """Whether there is none."""
        return not self._alive

    def enter(self) -> None:
        """The process runs: its threads go on."""
        presence.threads = {self._handler_thread, *self._alive.values()}
        self._running = True
        if self._alive:
            with self._gate:
                self._gate.notify_all()

    def begin(self) -> None:
        """The calling thread is the one that runs the handler."""
        self._handler_thread = threading.get_ident()

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
            me = threading.get_ident()
            self._alive[thread] = me
            presence.started[me] = self._process
            if presence.process is self._process:
                presence.threads.add(me)
            sys.settrace(self._trace)
            try:
                run()
            except SandboxStop:
                pass
            finally:
                sys.settrace(None)
                presence.threads.discard(me)
                presence.started.pop(me, None)
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
        self._waiting.add(me)
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
            self._return(me)

    @contextmanager
    def others_stand_still(self) -> Iterator[None]:
        """Let no other thread of the process run Python of the package; wait for those that can be waited for."""
        me = threading.get_ident()
        self._stand_still()
        with self._one_outside:
            self.outside = me
            place, since = _places([self._handler_thread]), _perf_counter()
            while me != self._handler_thread and not self._handler_waits():
                self._stand_still()
                _real_sleep(_GRACE)
                if _places([self._handler_thread]) != place:
                    place, since = _places([self._handler_thread]), _perf_counter()
                elif _perf_counter() - since > _PATIENCE:
                    break  # it waits inside native code, such as for a lock that one who stands still has
            try:
                yield
            finally:
                with self._gate:
                    self.outside = 0
                    self._change()
                    self._gate.notify_all()

    def _handler_waits(self) -> bool:
        """Whether the thread that runs the handler waits in `until`, which it cannot leave while another is outside."""
        with self._gate:
            return self._handler_thread in self._waiting

    def _return(self, me: int) -> None:
        """Leave `until`: not while another thread is outside."""
        with self._gate:
            while self.outside not in (0, me) and not self._ended:
                _real_wait(self._gate)
            self._waiting.discard(me)

    def _change(self) -> None:
        """Something moved: what the threads found before no longer counts."""
        self._version += 1
        self._changed = _perf_counter()

    def _all_wait(self) -> bool:
        """Whether no thread has anything to do. One that waits inside native code is never seen here: patience ends."""
        threads = (self._handler_thread, *self._alive.values())
        busy = [thread for thread in threads if self._found_nothing.get(thread) != self._version]
        if not busy:
            return True
        if self.outside or not self._wakes:
            return False
        places = _places(busy)
        if places != self._places:
            self._places, self._changed = places, _perf_counter()
        return _perf_counter() - self._changed > _PATIENCE

    def _pause_point(self) -> None:
        """Stand still while the process is frozen or another thread is outside; end with the process."""
        self._stand_still()
        self._process.stop_if_due()

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in self._process.sources:
            return None
        if not self._running or self._ended:
            self._stand_still()
        return self._trace

    def _stand_still(self) -> None:
        me = threading.get_ident()
        with self._gate:
            while not self._ended and (
                self.outside not in (0, me) or (not self._running and me not in (self.outside, self._handler_thread))
            ):
                _real_wait(self._gate)
        if self._ended:
            raise SandboxStop


def _places(threads: list[int]) -> list[tuple[int, int]]:
    """Where threads are in their code. Two looks that differ show that they run."""
    frames = sys._current_frames()
    return [(id(frames[thread]), frames[thread].f_lasti) for thread in threads if thread in frames]


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


def _wait(self: Any, timeout: float | None = None) -> bool:
    """``Condition.wait``. One waiter for all the time: a notification between two looks must not be lost."""
    process = here()
    if process is None:
        return _real_wait(self, timeout)
    if not self._is_owned():
        raise RuntimeError("cannot wait on un-acquired lock")
    waiter = _thread.allocate_lock()
    waiter.acquire()
    self._waiters.append(waiter)
    held = self._release_save()
    notified = False
    try:
        notified = process.threads.until(process.after(timeout), lambda s: waiter.acquire(s > 0, s or -1))
    finally:
        self._acquire_restore(held)
        if not notified:
            with contextlib.suppress(ValueError):
                self._waiters.remove(waiter)
    return notified


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
_pool_log = logging.getLogger("concurrent.futures")


def _of_interest(record: logging.LogRecord) -> bool:
    """A pool's worker that ends with its process is no news."""
    return not (record.exc_info and isinstance(record.exc_info[1], SandboxStop))


def install() -> None:
    """Put the substitutes in place; for threads that are no process's they do what the real ones do."""
    global _installed
    _installed += 1
    if _installed == 1:
        _originals[:] = [vars(owner)[name] for owner, name, _ in _substitutes]
        for owner, name, substitute in _substitutes:
            setattr(owner, name, substitute)
        _pool_log.addFilter(_of_interest)


def uninstall() -> None:
    """Put the real ones back when nobody needs the substitutes any more."""
    global _installed
    _installed -= 1
    if _installed == 0:
        for (owner, name, _), original in zip(_substitutes, _originals, strict=True):
            setattr(owner, name, original)
        _pool_log.removeFilter(_of_interest)
