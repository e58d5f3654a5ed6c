"""Modules of the notebook or the project around, which a function must not find: it has only what it brings."""

from __future__ import annotations

import os
import sys
from types import ModuleType

from lambdalab.runtime.machine_folders import ENGINE, library_folders

__all__ = ["foreign_modules", "library_paths"]

_known: set[str] = set()
_foreign: set[str] = set()
_count = 0


def library_paths() -> list[str]:
    """The entries of ``sys.path`` that hold libraries, not a project."""
    return [path for path in sys.path if (path + os.sep).startswith(library_folders()) or path.endswith(".zip")]


def foreign_modules() -> set[str]:
    """Names of the modules loaded from elsewhere than the libraries."""
    global _count
    if len(sys.modules) == _count:
        return _foreign
    _count = len(sys.modules)
    for name in sys.modules.keys() - _known:
        module = sys.modules[name]
        _known.add(name)
        if name != "__main__" and isinstance(module, ModuleType) and _is_foreign(module):
            _foreign.add(name)
    return _foreign


def _is_foreign(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    if file is None:
        file = next(iter(getattr(module, "__path__", ())), None)
    return isinstance(file, str) and not file.startswith((ENGINE, *library_folders()))
