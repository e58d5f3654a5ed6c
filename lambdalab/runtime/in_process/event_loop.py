"""An event loop without sockets, for handlers that run asyncio in the browser, where there is nothing to poll."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lambdalab.runtime.in_process.process import EmulatedProcess

__all__ = ["VirtualEventLoop"]


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
