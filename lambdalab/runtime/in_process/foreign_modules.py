"""Modules of the notebook or the project around, which a function must not find: it has only what it brings."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from types import ModuleType

import lambdalab

__all__ = ["foreign_modules", "library_paths"]

_known: set[str] = set()
_foreign: set[str] = set()
_count = 0


def _roots() -> tuple[str, ...]:
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {os.path.dirname(os.__file__), os.path.join(sys.base_prefix, "lib"), os.path.join(sys.prefix, "lib")}
    folders |= {*site.getsitepackages(), site.getusersitepackages()}
    # Where the SDK lies is a library, whatever the folder is called: the browser's bundle has a place of its own.
    for name in ("boto3", "moto"):
        module = sys.modules.get(name)
        if module is not None and module.__file__ is not None:
            folders.add(os.path.dirname(os.path.dirname(module.__file__)))
    return tuple(folder.rstrip(os.sep) + os.sep for folder in folders if folder)


_LIBRARY = _roots()
_OWN = os.path.dirname(lambdalab.__file__) + os.sep


def library_paths() -> list[str]:
    """The entries of ``sys.path`` that hold libraries, not a project."""
    return [path for path in sys.path if (path + os.sep).startswith(_LIBRARY) or path.endswith(".zip")]


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
    return isinstance(file, str) and not file.startswith(_LIBRARY) and not file.startswith(_OWN)
