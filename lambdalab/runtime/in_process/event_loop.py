"""Event loops: the notebook's is set aside while a handler runs, and one without sockets serves in the browser."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lambdalab.runtime.in_process.process import EmulatedProcess

__all__ = ["EventLoop", "VirtualEventLoop", "put_back_event_loop", "set_aside_event_loop"]

EventLoop = tuple[Any, Any]
"""A running loop and its current task."""


class _NothingToPoll:
    """Waits for no file: time passes, or the loop would wait for ever."""

    def __init__(self, process: EmulatedProcess) -> None:
        self._process = process

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            self._process.wait_for_ever()
        elif timeout > 0:
            self._process.sleep(timeout)
        return []


class VirtualEventLoop(asyncio.BaseEventLoop):
    """Runs coroutines and timers in the virtual time of a process.

    What needs sockets, subprocesses or threads is missing, as it is in the browser.
    """

    def __init__(self, process: EmulatedProcess) -> None:
        super().__init__()
        self._selector = _NothingToPoll(process)

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody waits in another thread."""


def set_aside_event_loop() -> EventLoop | None:
    """A notebook's cell runs inside its event loop; a handler is to be free to run one of its own."""
    loop = asyncio._get_running_loop()
    if loop is None:
        return None
    task = asyncio.current_task(loop)
    if task is not None and sys.version_info >= (3, 12):
        asyncio.tasks._swap_current_task(loop, None)  # type: ignore[attr-defined, unused-ignore]
    asyncio._set_running_loop(None)
    return loop, task


def put_back_event_loop(aside: EventLoop | None) -> None:
    """Undo it, in the same thread."""
    if aside is None:
        return
    loop, task = aside
    asyncio._set_running_loop(loop)
    if task is not None and sys.version_info >= (3, 12):
        asyncio.tasks._swap_current_task(loop, task)  # type: ignore[attr-defined, unused-ignore]
