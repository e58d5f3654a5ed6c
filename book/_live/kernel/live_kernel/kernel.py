"""The kernel: one namespace, cells run in it one after the other."""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import json
import linecache
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

from live_kernel.display import format_object, publisher
from live_kernel.failure import describe_failure
from live_kernel.magics import MagicError, foreign_syntax, write_file
from live_kernel.streams import CellStreams

__all__ = ["CellResult", "Kernel"]

# Taken before any lab starts: lambdalab makes time.monotonic virtual for the code that it runs.
_monotonic = time.monotonic


@dataclass(frozen=True)
class CellResult:
    """What came of a cell. ``failure`` is the error output (see `describe_failure`), None when it ran through."""

    failure: dict[str, Any] | None

    @property
    def succeeded(self) -> bool:
        """Whether no exception came out of the cell."""
        return self.failure is None


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("A page cannot wait for input(). Assign the value in the cell instead.")


class Kernel:
    """Runs cells.

    Parameters
    ----------
    emit
        Takes every output of the running cell as JSON text.
    folder
        The working folder. `reset` empties it.
    """

    def __init__(self, emit: Callable[[str], None], folder: str) -> None:
        self._emit = emit
        self._folder = folder
        self.namespace: dict[str, Any] = {}
        self._streams = CellStreams(self._send, _monotonic)
        os.makedirs(folder, exist_ok=True)
        self._fill_namespace()

    def open(self) -> None:
        """Take over the process: working folder, import path, standard streams."""
        os.chdir(self._folder)
        if sys.path[0] != "":
            sys.path.insert(0, "")
        sys.stdout = self._streams.stdout
        sys.stderr = self._streams.stderr

    async def run_cell(self, source: str, filename: str) -> CellResult:
        """Run one cell. ``filename`` names it in tracebacks and must look like ``<cell 3>``."""
        self._streams.begin()
        publisher.send = self._send
        try:
            await self._run(source, filename)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # SystemExit and KeyboardInterrupt end the cell, not the page
            self._streams.flush()
            failure = describe_failure(error, filename)
            self._send(failure)
            return CellResult(failure)
        finally:
            self._streams.flush()
        return CellResult(None)

    def reset(self) -> None:
        """As if the kernel had just started: stop lambdalab, forget names, modules and files of the learner."""
        _stop_lambdalab()
        for name, module in list(sys.modules.items()):
            origin = getattr(module, "__file__", None)
            if origin and os.path.abspath(origin).startswith(self._folder + os.sep):
                del sys.modules[name]
        for entry in os.scandir(self._folder):
            shutil.rmtree(entry.path) if entry.is_dir(follow_symlinks=False) else os.remove(entry.path)
        os.chdir(self._folder)
        importlib.invalidate_caches()
        self.namespace.clear()
        self._fill_namespace()

    async def _run(self, source: str, filename: str) -> None:
        message = write_file(source)
        if message is not None:
            self._streams.write("stdout", message + "\n")
            return
        value = await self._execute(source, filename)
        if value is not None:
            self.namespace["_"] = value
            self._streams.flush()
            self._send({"output_type": "execute_result", "data": format_object(value), "metadata": {}})

    async def _execute(self, source: str, filename: str) -> Any:
        """Run `source`; the value of its last line if that is an expression without a semicolon."""
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        try:
            tree = ast.parse(source, filename)
        except SyntaxError:
            if name := foreign_syntax(source):
                raise MagicError(f"{name} does not run in the page, only in JupyterLab.") from None
            raise
        last: ast.Expression | None = None
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not _ends_with_semicolon(source, tree.body[-1]):
            last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
        await self._evaluate(_compile(tree, filename, "exec"))
        return None if last is None else await self._evaluate(_compile(last, filename, "eval"))

    async def _evaluate(self, code: CodeType) -> Any:
        value = eval(code, self.namespace)
        return await value if code.co_flags & inspect.CO_COROUTINE else value

    def _send(self, output: dict[str, Any]) -> None:
        if output["output_type"] != "stream":
            self._streams.flush()
        self._emit(json.dumps(output, default=str))

    def _fill_namespace(self) -> None:
        from IPython.display import display

        self.namespace.update(__name__="__main__", __builtins__=__builtins__, display=display, input=_no_input)


def _compile(tree: ast.AST, filename: str, mode: str) -> CodeType:
    code: CodeType = compile(tree, filename, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)  # type: ignore[call-overload]
    return code


def _ends_with_semicolon(source: str, node: ast.stmt) -> bool:
    """Whether a semicolon follows `node`, the last statement: the notebook's way to show nothing."""
    lines = source.splitlines()
    if node.end_lineno is None or node.end_col_offset is None:
        return False
    tail = lines[node.end_lineno - 1].encode()[node.end_col_offset :].decode()
    return tail.lstrip().startswith(";")


def _stop_lambdalab() -> None:
    """Stop what `lambdalab.start` started, if anything, and drop boto3's cached session."""
    cloud_module = sys.modules.get("lambdalab.cloud")
    cloud = cloud_module.running() if cloud_module is not None else None
    if cloud is not None:
        cloud.stop()
    if "boto3" in sys.modules:
        vars(sys.modules["boto3"])["DEFAULT_SESSION"] = None
