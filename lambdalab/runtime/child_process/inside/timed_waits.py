"""Waits with a timeout: until the thing waited for happens, or virtual time has come.

The engine is asked for a nap that can be called off. It lets time pass when every thread of the process waits, so
what another thread does in no virtual time at all comes first.
"""

from __future__ import annotations

import os
import queue
import select
import selectors
import threading
from collections.abc import Callable
from typing import Any

from lambdalab.runtime.child_process.inside import channel
from lambdalab.runtime.in_process import sandbox_time
from lambdalab.runtime.in_process.presence import here

__all__ = ["install"]

_real_wait = threading.Condition.wait
_real_join = threading.Thread.join
_pipe, _close, _read, _write = os.pipe, os.close, os.read, os.write


def install() -> None:
    """Replace the waits of event loops, conditions (and so of events, queues, semaphores, futures) and joins."""
    for name in ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector", "DevpollSelector"):
        selector = getattr(selectors, name, None)
        if selector is not None:
            selector.select = _selecting(selector.select)
    setattr(threading.Condition, "wait", _wait)  # noqa: B010 - mypy holds methods for constant
    setattr(threading.Thread, "join", _join)  # noqa: B010
    # They took their clock when they were imported.
    vars(threading)["_time"] = vars(queue)["time"] = sandbox_time.TIME["monotonic"]


def _nanoseconds(seconds: float) -> int:
    return max(1, round(min(seconds, 1e9) * 1_000_000_000))


def _selecting(real_select: Callable[..., Any]) -> Callable[..., Any]:
    def select(self: Any, timeout: float | None = None) -> Any:
        line = channel.of_thread() if here() is not None else None
        if line is None or timeout is None or timeout <= 0:
            return real_select(self, timeout)
        ready = real_select(self, 0)
        if ready:
            return ready
        line.send("doze", nanoseconds=_nanoseconds(timeout))
        self.register(line.socket, selectors.EVENT_READ)
        try:
            ready = real_select(self, None)
        finally:
            self.unregister(line.socket)
        others = [entry for entry in ready if entry[0].fileobj is not line.socket]
        line.end_nap(called_off=bool(others))
        return others

    return select


class _Waiter:
    """Stands for the lock a condition gives each of its waiters: released once, by whoever notifies."""

    def __init__(self) -> None:
        self._reading, self._writing = _pipe()

    def release(self) -> None:
        """What ``Condition.notify`` calls."""
        _write(self._writing, b".")

    def wait(self, line: channel.Channel, timeout: float) -> bool:
        """Wait for `release`; whether it came in time."""
        if timeout > 0:
            line.send("doze", nanoseconds=_nanoseconds(timeout))
        poll = select.poll()
        poll.register(self._reading, select.POLLIN)
        if timeout <= 0:
            return bool(poll.poll(0))
        poll.register(line.socket, select.POLLIN)
        released = self._reading in dict(poll.poll())
        line.end_nap(called_off=released)
        return released

    def close(self) -> None:
        """Free the descriptors."""
        _close(self._reading)
        _close(self._writing)


def _wait(self: Any, timeout: float | None = None) -> bool:
    line = channel.of_thread() if here() is not None else None
    if line is None or timeout is None:
        return _real_wait(self, timeout)
    if not self._is_owned():
        raise RuntimeError("cannot wait on un-acquired lock")
    waiter = _Waiter()
    self._waiters.append(waiter)
    saved_state = self._release_save()
    released = False
    try:
        released = waiter.wait(line, timeout)
    finally:
        self._acquire_restore(saved_state)
        if waiter in self._waiters:
            self._waiters.remove(waiter)
        waiter.close()  # nobody holds the condition's lock but this thread, so nobody can release it any more
    return released


def _join(self: threading.Thread, timeout: float | None = None) -> None:
    if here() is None or timeout is None or timeout <= 0 or not self.is_alive():
        _real_join(self, timeout)
        return
    ended = threading.Event()

    def watch() -> None:
        _real_join(self)
        ended.set()

    threading.Thread(target=watch, daemon=True).start()
    if ended.wait(timeout):
        _real_join(self)
