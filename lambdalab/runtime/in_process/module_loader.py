"""Imports modules of the deployment package and the layers, anew for every process."""

from __future__ import annotations

import ast
import builtins
import importlib.machinery
import importlib.util
import linecache
import os
import posixpath
import types
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any

from lambdalab.runtime.in_process.stop import SandboxStop
from lambdalab.runtime.in_process.unpacked_archive import CompiledModule, SourceLines, UnpackedArchive
from lambdalab.runtime.machine_folders import library_folders
from lambdalab.runtime.virtual_filesystem import LAYERS, TASK, TMP

if TYPE_CHECKING:
    from lambdalab.runtime.in_process.process import EmulatedProcess

__all__ = ["FolderFinder", "compile_guarded", "is_virtual"]

_STOP = "__lambdalab_stop__"
_EXTENSIONS = tuple(importlib.machinery.EXTENSION_SUFFIXES)
# Handlers of these cannot catch a SandboxStop; every other handler might.
_HARMLESS = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)
)
# Bound at import: while a sandbox runs, these functions take a handler's paths.
_open, _scandir, _stat = open, os.scandir, os.stat


def is_virtual(path: str) -> bool:
    """Whether a folder on ``sys.path`` is one of the environment's own."""
    folder = posixpath.normpath(path) + "/"
    return folder.startswith((TASK + "/", LAYERS + "/", TMP + "/")) and not folder.startswith(library_folders())


class FolderFinder:
    """Finds modules in one folder of the environment; what ``sys.path_importer_cache`` holds for it."""

    def __init__(self, process: EmulatedProcess, folder: str) -> None:
        self._process = process
        self._folder = folder
        self._archive, self._relative = process.archive_of(folder)

    def find_spec(self, name: str, target: types.ModuleType | None = None) -> ModuleSpec | None:
        """The specification of a module, None when it is not here."""
        tail = name.rpartition(".")[2]
        names = self._names()
        if tail + "/" in names:
            folder = f"{self._folder}/{tail}"
            initial = f"{folder}/__init__.py"
            if "__init__.py" in self._names(tail):
                return self._specification(name, initial, [folder])
        for suffix in _EXTENSIONS:
            if tail + suffix in names:
                real = self._process.filesystem.real(f"{self._folder}/{tail}{suffix}")
                return importlib.util.spec_from_file_location(name, real)
        if tail + ".py" in names:
            return self._specification(name, f"{self._folder}/{tail}.py", None)
        if tail + ".pyc" in names:
            real = self._process.filesystem.real(f"{self._folder}/{tail}.pyc")
            return importlib.util.spec_from_file_location(name, real)
        if tail + "/" in names:
            namespace = ModuleSpec(name, None)
            namespace.submodule_search_locations = [f"{self._folder}/{tail}"]
            self._process.module_names.add(name)
            return namespace
        return None

    def invalidate_caches(self) -> None:
        """Nothing is cached that could change."""

    def _names(self, below: str = "") -> set[str]:
        if self._archive is not None:
            return self._archive.entries.get(f"{self._relative}/{below}".strip("/"), set())
        try:
            with _scandir(self._process.filesystem.real(f"{self._folder}/{below}")) as entries:
                return {entry.name + "/" if entry.is_dir() else entry.name for entry in entries}
        except (FileNotFoundError, NotADirectoryError):
            return set()

    def _specification(self, name: str, file: str, locations: list[str] | None) -> ModuleSpec | None:
        loader = _Loader(name, file, self._process, self._archive)
        return importlib.util.spec_from_file_location(name, file, loader=loader, submodule_search_locations=locations)


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads one source file of the environment under the path it has on AWS."""

    def __init__(self, name: str, path: str, process: EmulatedProcess, archive: UnpackedArchive | None) -> None:
        super().__init__(name, path)
        self._process = process
        self._archive = archive

    def get_code(self, fullname: str) -> types.CodeType:
        path = str(self.path)
        self._process.module_names.add(fullname)
        compiled = None if self._archive is None else self._archive.modules.get(path)
        if compiled is None:
            source = self._read(path)
            self._process.sources[path] = lines = _source_lines(source, path)
            linecache.cache[path] = lines  # a syntax error is shown with its line
            compiled = CompiledModule(compile_guarded(source, path), lines)
            if self._archive is not None:
                self._archive.modules[path] = compiled
        self._process.add(compiled)
        return compiled.code

    def get_data(self, path: Any) -> bytes:
        return self._read(os.fspath(path))

    def path_stats(self, path: Any) -> dict[str, float]:
        status = _stat(self._process.filesystem.real(path))
        return {"mtime": status.st_mtime, "size": status.st_size}

    def set_data(self, path: Any, data: Any, *, _mode: int = 0o666) -> None:
        """No bytecode is kept: /var/task is read-only."""

    def _read(self, path: str) -> bytes:
        with _open(self._process.filesystem.real(path), "rb") as file:
            return file.read()


def compile_guarded(source: bytes, path: str) -> types.CodeType:
    """Compile a module so that it cannot swallow a `SandboxStop`.

    Every ``except`` that might catch it gets a clause before it that passes it on. Line numbers stay.

    >>> compile_guarded(b"x = 1", "/var/task/x.py").co_filename
    '/var/task/x.py'
    """
    tree = compile(source, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    if b"except" in source:
        tree = _Guard().visit(tree)
    builtins.__dict__[_STOP] = SandboxStop
    code: types.CodeType = compile(tree, path, "exec", dont_inherit=True)
    return code


class _Guard(ast.NodeTransformer):
    def visit_Try(self, node: ast.Try) -> ast.AST:
        return self._guarded(node)

    def visit_TryStar(self, node: ast.TryStar) -> ast.AST:
        return self._guarded(node)

    def _guarded(self, node: ast.Try | ast.TryStar) -> ast.AST:
        self.generic_visit(node)
        for position, handler in enumerate(node.handlers):
            if not _harmless(handler.type):
                stop = ast.Name(id=_STOP, ctx=ast.Load())
                clause = ast.ExceptHandler(type=stop, name=None, body=[ast.Raise()])
                ast.copy_location(clause, handler)
                for part in (stop, clause.body[0]):
                    ast.copy_location(part, handler)
                node.handlers.insert(position, clause)
                break
        return node


def _harmless(caught: ast.expr | None) -> bool:
    """Whether an ``except`` clause plainly names subclasses of Exception only."""
    if isinstance(caught, ast.Tuple):
        return all(_harmless(part) for part in caught.elts)
    return isinstance(caught, ast.Name) and caught.id in _HARMLESS


def _source_lines(source: bytes, path: str) -> SourceLines:
    try:
        text = importlib.util.decode_source(source)
    except (SyntaxError, UnicodeDecodeError):
        text = source.decode("utf-8", "replace")
    return len(source), None, text.splitlines(keepends=True), path
