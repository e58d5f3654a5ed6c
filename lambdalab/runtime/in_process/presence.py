"""Which process, if any, runs right now; code asks here before it gives a virtual answer.

The interpreter is shared: while a handler runs, the notebook's own threads run too and must see the real world.
So every substitute asks `here` and falls back to the real function.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdalab.runtime.in_process.process import EmulatedProcess

__all__ = ["Presence", "Turn", "here", "outside", "presence"]

_get_ident = threading.get_ident


class Turn:
    """A lock one thread holds at a time, as often as it likes, and may lend to another it waits for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._depth = 0

    def __enter__(self) -> None:
        me = _get_ident()
        if self._owner != me:
            self._lock.acquire()
            self._owner = me
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._owner = 0
            self._lock.release()

    @contextmanager
    def lent_to_me(self) -> Iterator[None]:
        """The calling thread acts for the owner, who stands still meanwhile."""
        owner, self._owner = self._owner, _get_ident()
        try:
            yield
        finally:
            self._owner = owner


class Presence:
    """The process that is entered, and the threads that are its own.

    Attributes
    ----------
    process
        The process whose code runs; None outside of it.
    threads
        Its threads, while it is entered.
    started
        Threads that processes have started, by identity: they belong to their process also while it stands still.
    turn
        Held by the thread that runs a process: there is one interpreter, and one process at a time.
    """

    __slots__ = ("process", "started", "threads", "turn")

    def __init__(self) -> None:
        self.process: EmulatedProcess | None = None
        self.threads: set[int] = set()
        self.started: dict[int, EmulatedProcess] = {}
        self.turn = Turn()


presence = Presence()
"""The interpreter's only one: modules, environment variables and the rest exist once per interpreter."""


def here() -> EmulatedProcess | None:
    """The process whose code the calling thread runs, or None."""
    process, me = presence.process, _get_ident()
    if process is not None and me in presence.threads:
        return process
    if presence.started:
        process = presence.started.get(me)
        if process is not None and process.threads.outside not in (0, me):
            return process  # another thread of it has stepped outside; this one is still under way in some library
    return None


@contextmanager
def outside() -> Iterator[None]:
    """Step out of the running process, as engine code does that a handler reached through an AWS call.

    Inside, the interpreter is the notebook's again: its files, time, streams, modules. The handler's real-time budget
    rests. Afterwards the handler goes on, or ends when the clock has reached its deadline meanwhile. Calls of several
    threads of a process begin at the same virtual instant and overlap.
    Does nothing when no process runs.
    """
    process = here() or presence.started.get(_get_ident())
    if process is None or process.threads.outside == _get_ident():
        yield
    else:
        with process.outside():
            yield
