"""Copies distributions from the environment into a tree of their own."""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

__all__ = ["copy_distributions", "copy_module", "copy_tree", "version_of"]

# Compiled parts, types, tests and scripts: nothing the page's Python can use.
_UNWANTED_SUFFIXES = {".so", ".pyd", ".pyi", ".pyx", ".pyc", ".c", ".h", ".md", ".rst", ".typed"}
_UNWANTED_FOLDERS = {"__pycache__", "tests", "testing_data"}


def version_of(distribution: str) -> str:
    """The installed version of `distribution`."""
    return importlib.metadata.version(distribution)


def _wanted(path: PurePosixPath) -> bool:
    if path.is_absolute() or ".." in path.parts or path.suffix in _UNWANTED_SUFFIXES:
        return False
    if path.parts[0].endswith(".dist-info"):
        return path.name == "METADATA"  # moto reads versions from it
    return not _UNWANTED_FOLDERS.intersection(path.parts) and path.name != "py.typed"


def copy_distributions(names: Iterable[str], target: Path) -> None:
    """Copy the pure-Python part of each installed distribution into `target`, as it lies in site-packages."""
    for name in names:
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            if not _wanted(PurePosixPath(file)):
                continue
            copy = target / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            if file.name == "METADATA":
                # The long description after the empty line is nobody's business here.
                head = file.read_text(encoding="utf-8").partition("\n\n")[0]
                copy.write_text(head + "\n", encoding="utf-8")
            else:
                shutil.copyfile(str(file.locate()), copy)


def copy_tree(source: Path, target: Path) -> None:
    """Copy the folder `source` to `target`, without compiled files."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*"), dirs_exist_ok=True)


def copy_module(distribution: str, name: str, target: Path) -> None:
    """Copy one module of an installed distribution, such as ``IPython/lib/pretty.py``; its folder becomes a package."""
    files = [file for file in importlib.metadata.distribution(distribution).files or () if file.as_posix() == name]
    if not files:
        raise FileNotFoundError(f"{distribution} has no {name}: correct book/_bundle/build.py")
    copy = target / name
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(str(files[0].locate()), copy)
    (copy.parent / "__init__.py").touch()
