"""Puts the substitutes for ``time``, ``datetime``, ``os`` and ``open`` into the interpreter, for good.

Before a process is known they do what the real ones do, so modules imported early may keep them.
"""

from __future__ import annotations

import builtins
import copyreg
import datetime
import io
import os
import selectors
import sys
import time
import tokenize
from collections.abc import Callable
from typing import Any

from lambdalab.runtime.child_process.inside import channel
from lambdalab.runtime.in_process import files, sandbox_time
from lambdalab.runtime.in_process.presence import here

__all__ = ["install"]

# A process of its own may end, fork, be killed and start programs, and its standard streams are real.
_LEFT_REAL = {"_exit", "abort", "kill", "chroot", "fork", "forkpty"} | {
    name for name in vars(os) if name.startswith("exec")
}
_real_chdir = os.chdir


def install() -> None:
    """Replace the functions."""
    # These take their clock when imported and wait for real things: it must be the real clock.
    for name in ("threading", "queue", "concurrent.futures.thread"):
        __import__(name)
    # These keep functions of os as default values of parameters.
    for name in ("shutil", "tempfile"):
        sys.modules.pop(name, None)
    vars(time).update(sandbox_time.TIME)
    vars(datetime).update(sandbox_time.DATETIME)
    vars(os).update({name: value for name, value in files.OS.items() if name not in _LEFT_REAL})
    os.chdir = _change_folder
    for module in (builtins, io):
        vars(module)["open"] = files.OPEN
    vars(tokenize)["_builtin_open"] = files.OPEN  # with which linecache reads source lines
    copyreg.dispatch_table.update(sandbox_time.PICKLING)
    for name in ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector", "DevpollSelector"):
        selector = getattr(selectors, name, None)
        if selector is not None:
            selector.select = _selecting(selector.select)


def _change_folder(path: Any) -> None:
    """Change the folder for the programs this process starts, too."""
    files.OS["chdir"](path)
    process = here()
    if process is not None:
        _real_chdir(process.filesystem.real("."))


def _selecting(real_select: Callable[..., Any]) -> Callable[..., Any]:
    """An event loop's wait: until a file is ready, or virtual time has come."""

    def select(self: Any, timeout: float | None = None) -> Any:
        ready = real_select(self, timeout if here() is None or timeout is None else min(timeout, 0))
        line = channel.of_thread()
        if ready or timeout is None or timeout <= 0 or here() is None or line is None:
            return ready
        line.send("doze", nanoseconds=max(1, round(timeout * 1_000_000_000)))
        self.register(line.socket, selectors.EVENT_READ)
        try:
            ready = real_select(self, None)
        finally:
            self.unregister(line.socket)
        others = [entry for entry in ready if entry[0].fileobj is not line.socket]
        if others:  # a file came first: call the engine off, which answers both requests
            line.send("wake")
            line.receive()
        line.receive()
        return others

    return select
