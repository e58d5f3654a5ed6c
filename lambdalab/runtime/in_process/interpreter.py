"""The state an interpreter has once, and what a process puts in its place while it runs."""

from __future__ import annotations

import asyncio
import builtins
import copyreg
import datetime
import io
import linecache
import logging
import os
import random
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from importlib.abc import PathEntryFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from lambdalab.runtime.in_process import files, sandbox_time
from lambdalab.runtime.in_process.environment_variables import EnvironmentVariables
from lambdalab.runtime.in_process.module_loader import FolderFinder, is_virtual
from lambdalab.runtime.in_process.presence import here, presence
from lambdalab.runtime.modules_of_runtime import LOADED_BEFORE_HANDLER
from lambdalab.runtime.virtual_filesystem import LAYERS, TASK, TMP

if TYPE_CHECKING:
    from lambdalab.runtime.in_process.process import EmulatedProcess

__all__ = ["InterpreterState"]

_CHANCE = [name for name, value in vars(random).items() if getattr(value, "__self__", None) is random._inst]
_MACHINE_SDK = frozenset({"boto3", "botocore", "s3transfer"})
"""A package's own copy of these would reach the real AWS: the machine's are used, as moto has hold of them."""
_filters = [
    ("default", None, DeprecationWarning, "__main__", 0),
    ("ignore", None, DeprecationWarning, None, 0),
    ("ignore", None, PendingDeprecationWarning, None, 0),
    ("ignore", None, ImportWarning, None, 0),
    ("ignore", None, ResourceWarning, None, 0),
]


class InterpreterState:
    """What `EmulatedProcess` swaps in and out.

    Parameters
    ----------
    process
        Whose state it is.
    variables
        Environment variables.
    seed
        Where its own chance begins: ``random`` and ``os.urandom`` repeat from run to run.
    """

    def __init__(self, process: EmulatedProcess, variables: Mapping[str, str], seed: str) -> None:
        self._process = process
        self._modules: dict[str, ModuleType] = {}
        self._finders: dict[str, PathEntryFinder] = {}
        self._session: Any = None
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        own_paths = [TASK, f"{LAYERS}/python/lib/{version}/site-packages", f"{LAYERS}/python"]
        self._own_names = process.top_level_names(own_paths) - _MACHINE_SDK - LOADED_BEFORE_HANDLER
        root = logging.RootLogger(logging.WARNING)
        self._attributes: list[list[Any]] = [
            [os, "environ", EnvironmentVariables(variables)],
            [sys, "path", own_paths + [path for path in sys.path if path and not is_virtual(path)]],
            [sys, "path_hooks", [self._folder_finder, *sys.path_hooks]],
            [sys, "stdout", process.output.stdout],
            [sys, "stderr", process.output.stderr],
            [sys, "__stdout__", process.output.stdout],
            [sys, "__stderr__", process.output.stderr],
            [sys, "stdin", io.StringIO("")],
            [logging, "root", root],
            [logging.Logger, "root", root],
            [logging.Logger, "manager", logging.Manager(root)],
            [tempfile, "tempdir", TMP],
            [warnings, "filters", list(_filters)],
            [io, "open", files.OPEN],
        ]
        chance = random.Random(seed)
        self._names: list[tuple[dict[str, Any], dict[str, Any]]] = [
            (vars(time), sandbox_time.TIME),
            (vars(datetime), sandbox_time.DATETIME),
            (vars(os), files.OS | {"urandom": _random_bytes(chance)}),
            (vars(builtins), {"open": files.OPEN, "input": _no_input}),
            (vars(random), {name: getattr(chance, name) for name in _CHANCE} | {"_inst": chance}),
            (vars(signal), process.signals.substitutes()),
        ]

    def enter(self) -> None:
        """Put this state in place."""
        self._saved = [getattr(owner, name) for owner, name, _ in self._attributes]
        for owner, name, value in self._attributes:
            setattr(owner, name, value)
        self._saved_names = [{name: namespace[name] for name in own} for namespace, own in self._names]
        for namespace, own in self._names:
            namespace.update(own)
        loaded = sys.modules
        sdk = loaded.get("boto3")
        if sdk is not None:
            self._saved_session, sdk.DEFAULT_SESSION = sdk.DEFAULT_SESSION, self._session  # type: ignore[attr-defined]
        self._hidden = {}
        if not self._own_names.isdisjoint(loaded):
            for name in [name for name in loaded if name.partition(".")[0] in self._own_names]:
                self._hidden[name] = loaded.pop(name)
        loaded.update(self._modules)
        sys.path_importer_cache.update(self._finders)
        linecache.cache.update(self._process.sources)
        copyreg.dispatch_table.update(sandbox_time.PICKLING)
        self._loop = _set_aside_event_loop()
        presence.process, presence.threads = self._process, {threading.get_ident()}

    def leave(self) -> None:
        """Put back what was there before, and keep what has changed."""
        presence.process, presence.threads = None, set()
        _put_back_event_loop(self._loop)
        for kind in sandbox_time.PICKLING:
            copyreg.dispatch_table.pop(kind, None)
        for path in self._process.sources:
            linecache.cache.pop(path, None)
        for folder in self._finders:
            sys.path_importer_cache.pop(folder, None)
        loaded = sys.modules
        self._modules = {name: loaded.pop(name) for name in self._process.module_names if name in loaded}
        loaded.update(self._hidden)
        sdk = loaded.get("boto3")
        if sdk is not None:
            self._session, sdk.DEFAULT_SESSION = sdk.DEFAULT_SESSION, self._saved_session  # type: ignore[attr-defined]
        for (namespace, _), original in zip(self._names, self._saved_names, strict=True):
            namespace.update(original)
        for attribute, value in zip(self._attributes, self._saved, strict=True):
            owner, name, _ = attribute
            attribute[2] = getattr(owner, name)
            setattr(owner, name, value)

    _saved_session: Any = None

    def outside_stream(self, name: str) -> Any:
        """The notebook's stream of that name when the calling thread is not the process's; None when it is."""
        if presence.process is not self._process or here() is not None:
            return None
        position = 3 if name == "stdout" else 4
        return self._saved[position]

    def _folder_finder(self, folder: str) -> FolderFinder:
        if not is_virtual(folder):
            raise ImportError("not a folder of the environment", path=folder)
        finder = FolderFinder(self._process, folder)
        self._finders[folder] = finder  # type: ignore[assignment]
        return finder


def _no_input(prompt: object = "", /) -> NoReturn:
    """A function has no standard input."""
    print(prompt, end="")
    raise EOFError("EOF when reading a line")


def _random_bytes(chance: random.Random) -> Callable[[int], bytes]:
    real = os.urandom

    def urandom(size: int, /) -> bytes:
        return real(size) if here() is None else chance.randbytes(size)

    return urandom


def _set_aside_event_loop() -> tuple[Any, Any] | None:
    """A notebook's cell runs inside its event loop; a handler is to be free to run one of its own."""
    loop = asyncio._get_running_loop()
    if loop is None:
        return None
    task = asyncio.current_task(loop)
    if task is not None and sys.version_info >= (3, 12):
        asyncio.tasks._swap_current_task(loop, None)  # type: ignore[attr-defined, unused-ignore]
    asyncio._set_running_loop(None)
    return loop, task


def _put_back_event_loop(aside: tuple[Any, Any] | None) -> None:
    if aside is None:
        return
    loop, task = aside
    asyncio._set_running_loop(loop)
    if task is not None and sys.version_info >= (3, 12):
        asyncio.tasks._swap_current_task(loop, task)  # type: ignore[attr-defined, unused-ignore]
