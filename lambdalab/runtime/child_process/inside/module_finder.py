"""Imports from ``/var/task``, ``/opt`` and ``/tmp``: modules bear the path they have on AWS, not this machine's."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from types import ModuleType
from typing import Any

from lambdalab.runtime.modules_of_runtime import LOADED_BEFORE_HANDLER
from lambdalab.runtime.virtual_filesystem import LAYERS, TASK, TMP, VirtualFilesystem

__all__ = ["install"]

_LOADERS = (
    (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES),
    (importlib.machinery.SourceFileLoader, importlib.machinery.SOURCE_SUFFIXES),
    (importlib.machinery.SourcelessFileLoader, importlib.machinery.BYTECODE_SUFFIXES),
)


class _SourceLoader(SourceFileLoader):
    """Reads one place and names another."""

    def __init__(self, name: str, path: str, filesystem: VirtualFilesystem) -> None:
        super().__init__(name, path)
        self._filesystem = filesystem

    def get_data(self, path: Any) -> bytes:
        return super().get_data(self._filesystem.real(path))

    def path_stats(self, path: Any) -> Any:
        return super().path_stats(self._filesystem.real(path))


class _FolderFinder:
    """What the import system asks about one folder."""

    def __init__(self, folder: str, filesystem: VirtualFilesystem) -> None:
        self._filesystem = filesystem
        self._finder = FileFinder(filesystem.real(folder), *_LOADERS)

    def find_spec(self, name: str, target: ModuleType | None = None) -> ModuleSpec | None:
        """The specification of a module, None when it is not here."""
        found = self._finder.find_spec(name, target)
        if found is None:
            return None
        if found.submodule_search_locations is not None:
            found.submodule_search_locations = [
                self._filesystem.virtual(location) for location in found.submodule_search_locations
            ]
        if type(found.loader) is not SourceFileLoader or found.origin is None:
            return found  # a shared library is loaded from where it is
        path = self._filesystem.virtual(found.origin)
        return importlib.util.spec_from_file_location(
            name,
            path,
            loader=_SourceLoader(name, path, self._filesystem),
            submodule_search_locations=found.submodule_search_locations,
        )

    def invalidate_caches(self) -> None:
        """Look at the folder again."""
        self._finder.invalidate_caches()


def install(filesystem: VirtualFilesystem, package_modules: list[str]) -> None:
    """Search these folders before the interpreter's own, in AWS's order.

    Modules the package brings itself are forgotten where they are loaded already, except those AWS's runtime
    has loaded, too.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"

    def hook(folder: str) -> _FolderFinder:
        path = filesystem.absolute(folder)
        if not path.startswith((TASK, LAYERS, TMP)) or filesystem.real(path) == path:
            raise ImportError("not a folder of the environment", path=folder)
        return _FolderFinder(folder, filesystem)

    sys.path_hooks.insert(0, hook)
    own = [TASK, f"{LAYERS}/python/lib/{version}/site-packages", f"{LAYERS}/python"]
    extra = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    sys.path[:] = own + extra + [folder for folder in sys.path if folder]
    brought = frozenset(package_modules) - LOADED_BEFORE_HANDLER - {"lambdalab", "__main__"}
    if not brought.isdisjoint(sys.modules):
        for name in [name for name in sys.modules if name.partition(".")[0] in brought]:
            del sys.modules[name]
    sys.dont_write_bytecode = True  # /var/task is read-only
