"""moto's SQS on the virtual clock: long polls spend virtual time, and timestamps cost little."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lambdalab.clock import MILLISECOND, Clock

__all__ = ["QueueTime"]


class QueueTime:
    """Replaces the wait of a long poll, which would spin for ever on a clock that stands still."""

    def __init__(self, clock: Clock, wait: Callable[[float], None]) -> None:
        self._clock = clock
        self._wait = wait
        self._previous: list[tuple[Any, str, Any]] = []

    def install(self) -> None:
        """Take effect."""
        from moto.sqs import models

        clock = self._clock
        self._replace(models, "unix_time", lambda moment=None: clock.time())
        self._replace(models, "unix_time_millis", lambda moment=None: clock.time_ns / MILLISECOND)
        self._replace(models.Queue, "wait_for_messages", self._wait_for_messages())

    def uninstall(self) -> None:
        """Put moto's own back."""
        while self._previous:
            owner, name, value = self._previous.pop()
            setattr(owner, name, value)

    def _wait_for_messages(self) -> Callable[[Any, float], None]:
        wait = self._wait

        def wait_for_messages(queue: Any, timeout: float) -> None:
            """moto asks for a second at a time, so that a message that comes meanwhile is received at once.

            A little more passes: moto polls once more when the time is up to the instant.
            """
            wait(timeout + 0.00005)

        return wait_for_messages

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        self._previous.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)
