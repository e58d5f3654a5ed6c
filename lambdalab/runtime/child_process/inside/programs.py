"""Paths that C code opens by itself: of programs a function starts, and of SQLite's databases."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import Any

from lambdalab.runtime.in_process.presence import here

__all__ = ["install"]

_EXECUTABLES, _FOLDER = 1, 4  # positions of the arguments of the function that forks and executes


def install() -> None:
    """Let them find ``/tmp``, ``/var/task`` and ``/opt``."""
    for module in (subprocess, os):
        for name in ("_fork_exec", "execv", "execve", "posix_spawn", "posix_spawnp"):
            if name in vars(module):
                replace = _forking if name == "_fork_exec" else _path_first
                vars(module)[name] = replace(vars(module)[name])
    try:
        import _sqlite3
    except ImportError:  # Python can be built without it
        return
    vars(_sqlite3)["connect"] = _path_first(vars(_sqlite3)["connect"])


def _real(path: Any) -> Any:
    process = here()
    if process is None or not isinstance(path, (str, bytes, os.PathLike)):
        return path
    given = os.fspath(path)
    # A bare name is looked up, and ":memory:" or "file:..." is no path.
    slash = b"/" if isinstance(given, bytes) else "/"
    return process.filesystem.real(given) if given.startswith(slash) else given  # type: ignore[arg-type]


def _forking(real_function: Callable[..., Any]) -> Callable[..., Any]:
    def fork_exec(*arguments: Any) -> Any:
        changed = list(arguments)
        changed[_EXECUTABLES] = tuple(_real(path) for path in arguments[_EXECUTABLES])
        changed[_FOLDER] = _real(arguments[_FOLDER])
        return real_function(*changed)

    return fork_exec


def _path_first(real_function: Callable[..., Any]) -> Callable[..., Any]:
    def function(path: Any, *arguments: Any, **keywords: Any) -> Any:
        return real_function(_real(path), *arguments, **keywords)

    function.__name__ = function.__qualname__ = real_function.__name__
    return function
