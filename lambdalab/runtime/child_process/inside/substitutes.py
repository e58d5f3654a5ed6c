"""Puts the substitutes for ``time``, ``datetime``, ``os`` and ``open`` into the interpreter, for good.

Before a process is known they do what the real ones do, so modules imported early may keep them.
"""

from __future__ import annotations

import builtins
import copyreg
import datetime
import io
import os
import time
import tokenize
from typing import Any

from lambdalab.runtime.child_process.inside import programs, timed_waits
from lambdalab.runtime.in_process import files, sandbox_time
from lambdalab.runtime.in_process.early_bindings import early_bindings
from lambdalab.runtime.in_process.presence import here

__all__ = ["install"]

# A process of its own may end, fork, be killed and start programs, and its standard streams are real.
_LEFT_REAL = {"_exit", "abort", "kill", "chroot", "fork", "forkpty"} | {
    name for name in vars(os) if name.startswith("exec")
}
_real_chdir = os.chdir


def install() -> None:
    """Replace the functions."""
    early_bindings().put()
    vars(time).update(sandbox_time.TIME)
    vars(datetime).update(sandbox_time.DATETIME)
    vars(os).update({name: value for name, value in files.OS.items() if name not in _LEFT_REAL})
    os.chdir = _change_folder
    for module in (builtins, io):
        vars(module)["open"] = files.OPEN
    vars(tokenize)["_builtin_open"] = files.OPEN  # with which linecache reads source lines
    copyreg.dispatch_table.update(sandbox_time.PICKLING)
    timed_waits.install()
    programs.install()


def _change_folder(path: Any) -> None:
    """Change the folder for the programs this process starts, too."""
    files.OS["chdir"](path)
    process = here()
    if process is not None:
        _real_chdir(process.filesystem.real("."))
