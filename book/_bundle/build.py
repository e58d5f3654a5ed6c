"""The steps of the build, each kept until something it was made from changes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from . import archive, copying, selection, trimming
from .node import install_packages, run_node
from .standard_library import unpack_standard_library

__all__ = ["SITE_PACKAGES", "build"]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LIVE = ROOT / "book" / "_live"
# Where Pyodide's Python looks; the version is the one of the locked Pyodide.
SITE_PACKAGES = "/lib/python3.14/site-packages"
STANDARD_LIBRARY = "/lib/python314.zip"

_BUILDER = ("archive.py", "compile.mjs", "compiling.py", "copying.py")


def _digest(paths: Iterable[Path], *words: str) -> str:
    """A digest of files and folders, names included, and of `words`."""
    total = hashlib.sha256("\0".join(words).encode())
    for top in paths:
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock on `path`: two builds at once, or two test processes, would write into one folder."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Build:
    """One run of the builder.

    Parameters
    ----------
    output
        The folder for everything; ``site`` in it is the result.
    say
        Takes a line about a step that takes its time.
    """

    def __init__(self, output: Path, say: Callable[[str], None]) -> None:
        self.output = output
        self.say = say
        self.kept = output / "kept"

    def run(self) -> bool:
        """Bring ``site`` up to date. False when it was already."""
        self.output.mkdir(parents=True, exist_ok=True)
        with _alone(self.output / "lock"):
            return self._run()

    def _run(self) -> bool:
        made_from = self.made_from()
        stamp, site = self.output / "made-from", self.output / "site"
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_from and (site / "manifest.json").is_file():
            return False
        self.kept.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        self.say("Packages of the runner")
        modules = install_packages(LIVE, self.output / "node")
        packages = self._step("packages", self._packages_made_from(), lambda: self._packages(modules))
        library = self._step("standard-library", self._library_made_from(), lambda: self._library(modules))
        course = self._step("course", self._course_made_from(), lambda: self._course(modules))
        self.say("Scripts")
        fresh = self.output / "site-unfinished"
        shutil.rmtree(fresh, ignore_errors=True)
        parts = {"packages": packages, "library": library, "course": course}
        run_node(LIVE / "build.mjs", modules, fresh, json.dumps({name: str(path) for name, path in parts.items()}))
        shutil.rmtree(site, ignore_errors=True)
        fresh.rename(site)
        stamp.write_text(made_from, encoding="utf-8")
        return True

    def made_from(self) -> str:
        """A digest of everything the result depends on."""
        scripts = [path for path in sorted(LIVE.iterdir()) if path.name not in ("README.md", "kernel")]
        return _digest(scripts, self._packages_made_from(), self._library_made_from(), self._course_made_from())

    def _packages_made_from(self) -> str:
        versions = [f"{name} {copying.version_of(name)}" for name in (*selection.DISTRIBUTIONS, "ipython")]
        builder = [HERE / name for name in (*_BUILDER, "selection.py", "trimming.py")]
        return _digest([*builder, LIVE / "package-lock.json"], *versions)

    def _library_made_from(self) -> str:
        builder = [HERE / name for name in (*_BUILDER, "standard_library.py")]
        return _digest([*builder, LIVE / "package-lock.json"])

    def _course_made_from(self) -> str:
        builder = [HERE / name for name in (*_BUILDER, "stand_ins")]
        return _digest([*builder, LIVE / "package-lock.json", LIVE / "kernel", ROOT / "lambdalab"])

    def _step(self, name: str, made_from: str, make: Callable[[], bytes]) -> Path:
        """Make one compressed part, unless the kept one was made from the same."""
        part, stamp = self.kept / f"{name}.packed", self.kept / f"{name}.made-from"
        if part.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == made_from:
            return part
        self.say(f"Part: {name}")
        stamp.unlink(missing_ok=True)
        part.write_bytes(archive.compress(make()))
        stamp.write_text(made_from, encoding="utf-8")
        return part

    def _tree(self, name: str) -> Path:
        tree = self.output / "trees" / name
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir(parents=True)
        return tree

    def _compile(self, modules: Path, tree: Path, installed_at: str, keep_docstrings: bool = False) -> None:
        trees = json.dumps([[str(tree), installed_at, keep_docstrings]])
        run_node(HERE / "compile.mjs", modules, HERE / "compiling.py", trees)

    def _packages(self, modules: Path) -> bytes:
        tree = self._tree("packages")
        copying.copy_distributions(selection.DISTRIBUTIONS, tree)
        trimming.trim(tree)
        copying.copy_module("ipython", "IPython/lib/pretty.py", tree)
        self._compile(modules, tree, SITE_PACKAGES)
        return archive.tar_of(tree)

    def _library(self, modules: Path) -> bytes:
        tree = self._tree("standard-library")
        unpack_standard_library(modules / "pyodide" / "python_stdlib.zip", tree)
        self._compile(modules, tree, STANDARD_LIBRARY)
        return archive.zip_of(tree)

    def _course(self, modules: Path) -> bytes:
        tree = self._tree("course")
        copying.copy_tree(ROOT / "lambdalab", tree / "lambdalab")
        copying.copy_tree(LIVE / "kernel", tree)
        copying.copy_tree(HERE / "stand_ins", tree)
        # The learner may ask help(lambdalab.start), or what kind of cryptography this is.
        self._compile(modules, tree, SITE_PACKAGES, keep_docstrings=True)
        return archive.tar_of(tree)


def build(output: Path, say: Callable[[str], None]) -> bool:
    """Bring the runner in `output` up to date; False when it was already."""
    return Build(output, say).run()
