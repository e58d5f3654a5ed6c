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

__all__ = ["Presence", "here", "outside", "presence"]

_get_ident = threading.get_ident


class Presence:
    """The process that is entered, and the threads that are its own."""

    __slots__ = ("lock", "process", "threads")

    def __init__(self) -> None:
        self.process: EmulatedProcess | None = None
        self.threads: set[int] = set()
        self.lock = threading.RLock()


presence = Presence()
"""The interpreter's only one: modules, environment variables and the rest exist once per interpreter."""


def here() -> EmulatedProcess | None:
    """The process whose code the calling thread runs, or None."""
    process = presence.process
    if process is not None and _get_ident() in presence.threads:
        return process
    return None


@contextmanager
def outside() -> Iterator[None]:
    """Step out of the running process, as engine code does that a handler reached through an AWS call.

    Inside, the interpreter is the notebook's again: its files, time, streams, modules. The handler's real-time budget
    rests. Afterwards the handler goes on, or ends when the clock has reached its deadline meanwhile.
    Does nothing when no process runs.
    """
    process = here()
    if process is None:
        yield
    else:
        with process.outside():
            yield
