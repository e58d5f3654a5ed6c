"""Threads of a process that wait for virtual time."""

from __future__ import annotations

from dataclasses import dataclass

from lambdalab.runtime.child_process.http_message import response_bytes
from lambdalab.runtime.child_process.listener import Connection

__all__ = ["Sleeper", "Sleepers"]

_AWAKE = response_bytes(200, b"")


@dataclass(frozen=True, slots=True)
class Sleeper:
    """One waiting thread.

    Attributes
    ----------
    wake_ns
        Virtual instant it waits for.
    alone
        The process has no other thread: nothing can happen before it wakes.
    response
        What it gets then: the answer to a sleep, or to an AWS call that takes until then.
    """

    wake_ns: int
    connection: Connection
    alone: bool
    response: bytes = _AWAKE


class Sleepers:
    """All of them, woken in order."""

    def __init__(self) -> None:
        self._waiting: list[Sleeper] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, sleeper: Sleeper) -> None:
        """A thread begins to wait."""
        self._waiting.append(sleeper)

    def next_wake_ns(self) -> int:
        """The earliest instant anyone waits for."""
        return min(sleeper.wake_ns for sleeper in self._waiting)

    def only_one_alone(self) -> bool:
        """Whether the process has a single thread, and it sleeps."""
        return len(self._waiting) == 1 and self._waiting[0].alone

    def wake(self, instant_ns: int) -> None:
        """Answer everyone whose time has come."""
        for sleeper in [sleeper for sleeper in self._waiting if sleeper.wake_ns <= instant_ns]:
            self._waiting.remove(sleeper)
            sleeper.connection.respond(sleeper.response)

    def call_off(self, connection: Connection) -> None:
        """Answer a sleeper early; harmless when it has been answered."""
        for sleeper in [sleeper for sleeper in self._waiting if sleeper.connection is connection]:
            self._waiting.remove(sleeper)
            connection.respond(sleeper.response)

    def clear(self) -> None:
        """Forget everyone: their process is gone."""
        self._waiting.clear()
