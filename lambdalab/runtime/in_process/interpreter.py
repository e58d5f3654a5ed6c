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
import queue
import random
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.abc import PathEntryFinder
from operator import itemgetter
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from lambdalab.runtime.in_process import files, sandbox_time
from lambdalab.runtime.in_process.early_bindings import early_bindings
from lambdalab.runtime.in_process.environment_variables import EnvironmentVariables
from lambdalab.runtime.in_process.event_loop import VirtualEventLoop
from lambdalab.runtime.in_process.foreign_modules import foreign_modules, library_paths
from lambdalab.runtime.in_process.module_loader import FolderFinder, is_virtual
from lambdalab.runtime.in_process.presence import here, presence
from lambdalab.runtime.modules_of_runtime import LOADED_BEFORE_HANDLER
from lambdalab.runtime.shown_traceback import Substitute
from lambdalab.runtime.virtual_filesystem import LAYERS, TASK, TMP

if TYPE_CHECKING:
    from lambdalab.runtime.in_process.process import EmulatedProcess

__all__ = ["InterpreterState"]

_CHANCE = [name for name, value in vars(random).items() if getattr(value, "__self__", None) is random._inst]
_MACHINE_SDK = frozenset({"boto3", "botocore", "s3transfer"})
"""A package's own copy of these would reach the real AWS: the machine's are used, as moto has hold of them."""
_MACHINE_ROOT = logging.root
_PYTHON_FILTERS = [
    ("default", None, DeprecationWarning, "__main__", 0),
    ("ignore", None, DeprecationWarning, None, 0),
    ("ignore", None, PendingDeprecationWarning, None, 0),
    ("ignore", None, ImportWarning, None, 0),
    ("ignore", None, ResourceWarning, None, 0),
]


class _Names:
    """Names of one namespace and the values a process gives them.

    ``kept`` values are taken back when the process is left: it may have put others in their place.
    """

    __slots__ = ("_get", "_namespace", "_own", "_saved", "kept")

    def __init__(self, owner: Any, own: dict[str, Any], kept: bool = False) -> None:
        self._namespace: dict[str, Any] = vars(owner)
        self._own = own
        # One name more than needed makes the getter give a tuple in every case.
        self._get = itemgetter(*own, next(iter(own)))
        self.kept = kept

    def put(self) -> None:
        self._saved = self._get(self._namespace)
        self._namespace.update(self._own)

    def put_back(self) -> None:
        if self.kept:
            self._own = dict(zip(self._own, self._get(self._namespace), strict=False))
        self._namespace.update(zip(self._own, self._saved, strict=False))

    def saved(self, name: str) -> Any:
        """The value outside the process."""
        return dict(zip(self._own, self._saved, strict=False))[name]


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
    runtime
        Configured runtime, for paths in tracebacks.
    """

    def __init__(self, process: EmulatedProcess, variables: Mapping[str, str], seed: str, runtime: str) -> None:
        self._process = process
        self._modules: dict[str, ModuleType] = {}
        self._finders: dict[str, PathEntryFinder] = {}
        self._session: Any = None
        self._hidden: dict[str, ModuleType] = {}
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        own_paths = [TASK, f"{LAYERS}/python/lib/{version}/site-packages", f"{LAYERS}/python"]
        self._own_names = process.top_level_names(own_paths) - _MACHINE_SDK - LOADED_BEFORE_HANDLER
        self._traceback = Substitute(runtime)
        self._root = logging.RootLogger(logging.WARNING)
        self._manager = logging.Manager(self._root)
        self._machine_log = _Names(_MACHINE_ROOT, {"handlers": [_ToProcessLog(self)]})
        stdout, stderr = process.output.stdout, process.output.stderr
        self._streams = _Names(
            sys, {"stdout": stdout, "stderr": stderr, "__stdout__": stdout, "__stderr__": stderr}, kept=True
        )
        chance = random.Random(seed)
        own_loop = {"new_event_loop": lambda: VirtualEventLoop(process)}
        in_browser = [_Names(asyncio, own_loop), _Names(asyncio.events, own_loop)]
        self._names = [
            self._streams,
            _Names(
                sys,
                {
                    "path": own_paths + library_paths(),
                    "path_hooks": [self._folder_finder, *sys.path_hooks],
                    "stdin": io.StringIO(""),
                    "excepthook": sys.__excepthook__,
                    "unraisablehook": sys.__unraisablehook__,
                },
                kept=True,
            ),
            _Names(os, {"environ": EnvironmentVariables(variables)}, kept=True),
            _Names(logging, {"root": self._root}),
            self._machine_log,
            _Names(tempfile, {"tempdir": TMP}, kept=True),
            _Names(queue, {"SimpleQueue": queue._PySimpleQueue}),  # type: ignore[attr-defined]
            _Names(threading, {"excepthook": threading.__excepthook__}, kept=True),
            _Names(warnings, {"filters": list(_PYTHON_FILTERS), "showwarning": _show_warning}, kept=True),
            _Names(io, {"open": files.OPEN}),
            _Names(builtins, {"open": files.OPEN, "input": _no_input}),
            _Names(time, sandbox_time.TIME),
            _Names(datetime, sandbox_time.DATETIME),
            _Names(os, files.OS | {"urandom": _random_bytes(chance)}),
            _Names(random, {name: getattr(chance, name) for name in _CHANCE} | {"_inst": chance}),
            _Names(signal, process.signals.substitutes()),
            *(in_browser if sys.platform == "emscripten" else []),
        ]

        self._functions = [
            _Names(io, {"open": files.OPEN}),
            _Names(builtins, {"open": files.OPEN}),
            _Names(time, sandbox_time.TIME),
            _Names(datetime, sandbox_time.DATETIME),
            _Names(os, files.OS),
        ]

    @contextmanager
    def functions_only(self) -> Iterator[None]:
        """Left, but for the functions that ask whose thread calls them: other threads of the process are under way."""
        for names in self._functions:
            names.put()
        self._early_bindings.put()
        copyreg.dispatch_table.update(sandbox_time.PICKLING)
        try:
            yield
        finally:
            for kind in sandbox_time.PICKLING:
                copyreg.dispatch_table.pop(kind, None)
            self._early_bindings.put_back()
            for names in self._functions:
                names.put_back()

    def enter(self) -> None:
        """Put this state in place."""
        for names in self._names:
            names.put()
        logger = logging.Logger
        self._saved_logging = logger.root, logger.manager
        logger.root, logger.manager = self._root, self._manager
        self._early_bindings = early_bindings()
        self._early_bindings.put()
        self._traceback.put()
        loaded = sys.modules
        sdk = loaded.get("boto3")
        if sdk is not None:
            self._saved_session, sdk.DEFAULT_SESSION = sdk.DEFAULT_SESSION, self._session  # type: ignore[attr-defined]
        self._hide_modules()
        loaded.update(self._modules)
        sys.path_importer_cache.update(self._finders)
        linecache.cache.update(self._process.sources)
        copyreg.dispatch_table.update(sandbox_time.PICKLING)
        self._process.threads.enter()
        presence.process = self._process

    def leave(self) -> None:
        """Put back what was there before, and keep what has changed."""
        presence.process = None
        self._process.threads.leave()
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
        self._traceback.put_back()
        self._early_bindings.put_back()
        logging.Logger.root, logging.Logger.manager = self._saved_logging
        for names in self._names:
            names.put_back()

    _saved_session: Any = None

    def outside_stream(self, name: str) -> Any:
        """The notebook's stream of that name when the calling thread is not the process's; None when it is."""
        if presence.process is not self._process or here() is not None:
            return None
        return self._streams.saved(name)

    def log(self, record: logging.LogRecord) -> None:
        """Take a record of a library imported before the process began: it is logged where its thread belongs."""
        if presence.process is not self._process or here() is not None:
            if self._root.isEnabledFor(record.levelno):
                self._root.callHandlers(record)
        else:
            for handler in self._machine_log.saved("handlers"):
                if record.levelno >= handler.level:
                    handler.handle(record)

    def _hide_modules(self) -> None:
        """Take away what the process must not see: the project's modules, and others of the names of its own."""
        loaded = sys.modules
        self._hidden = {name: loaded.pop(name) for name in foreign_modules() if name in loaded}
        if any(name in loaded for name in self._own_names):
            for name in [name for name in loaded if name.partition(".")[0] in self._own_names]:
                self._hidden[name] = loaded.pop(name)

    def _folder_finder(self, folder: str) -> FolderFinder:
        if not is_virtual(folder):
            raise ImportError("not a folder of the environment", path=folder)
        finder = FolderFinder(self._process, folder)
        self._finders[folder] = finder  # type: ignore[assignment]
        return finder


class _ToProcessLog(logging.Handler):
    """Stands for the notebook's handlers, which a process has not: one that shows its log may wait for the notebook."""

    def __init__(self, state: InterpreterState) -> None:
        super().__init__()
        self._state = state

    def emit(self, record: logging.LogRecord) -> None:
        self._state.log(record)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Python's own way, whoever collects warnings around us."""
    (file or sys.stderr).write(warnings.formatwarning(message, category, filename, lineno, line))


def _no_input(prompt: object = "", /) -> NoReturn:
    """A function has no standard input."""
    print(prompt, end="")
    raise EOFError("EOF when reading a line")


def _random_bytes(chance: random.Random) -> Callable[[int], bytes]:
    real = os.urandom

    def urandom(size: int, /) -> bytes:
        return real(size) if here() is None else chance.randbytes(size)

    return urandom
