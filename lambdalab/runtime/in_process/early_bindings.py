"""Functions of ``os`` that modules of the libraries took hold of when they were loaded.

They would not see the substitutes: a class attribute, a module's global, a parameter's default.
"""

from __future__ import annotations

import functools
import glob
import os
import pathlib
import posixpath
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from lambdalab.runtime.in_process import files

__all__ = ["EarlyBindings", "early_bindings"]

_MODULES: tuple[ModuleType, ...] = (glob, pathlib, posixpath, shutil, tempfile, zipfile)
_OF_SDK = ("s3transfer.compat", "s3transfer.utils")
_SUBSTITUTES = {
    id(getattr(os, name)): substitute for name, substitute in files.OS.items() if callable(getattr(os, name))
}


class EarlyBindings:
    """The places, and both values for each."""

    def __init__(self, modules: Iterable[ModuleType]) -> None:
        self._places = [place for module in modules for place in _places(module, module.__name__)]

    def put(self) -> None:
        """Put the substitutes in."""
        for owner, name, _, substitute in self._places:
            setattr(owner, name, substitute)

    def put_back(self) -> None:
        """Put the real functions back."""
        for owner, name, real, _ in self._places:
            setattr(owner, name, real)


def early_bindings() -> EarlyBindings:
    """The places in the modules that are loaded now; the same for every process."""
    return _in_modules(*_MODULES, *(sys.modules[name] for name in _OF_SDK if name in sys.modules))


@functools.cache
def _in_modules(*modules: ModuleType) -> EarlyBindings:
    return EarlyBindings(modules)


def _places(owner: Any, module: str) -> Iterator[tuple[Any, str, Any, Any]]:
    """Owner, attribute, real value and substitute of every place in a module or a class of it."""
    for name, value in list(vars(owner).items()):
        function = value.__func__ if isinstance(value, staticmethod) else value
        if id(function) in _SUBSTITUTES:
            substitute = _SUBSTITUTES[id(function)]
            yield owner, name, value, staticmethod(substitute) if isinstance(value, staticmethod) else substitute
        elif isinstance(function, FunctionType) and any(id(d) in _SUBSTITUTES for d in function.__defaults__ or ()):
            defaults = tuple(_SUBSTITUTES.get(id(default), default) for default in function.__defaults__ or ())
            yield function, "__defaults__", function.__defaults__, defaults
        elif isinstance(value, type) and value.__module__.partition(".")[0] == module and owner.__class__ is ModuleType:
            yield from _places(value, module)
