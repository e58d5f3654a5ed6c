"""Deployment packages and layers, unzipped once per content."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import CodeType

__all__ = ["ArchiveStore", "CompiledModule", "SourceLines", "UnpackedArchive"]

SourceLines = tuple[int, None, list[str], str]
"""An entry of ``linecache.cache`` that is never checked against the disk."""


@dataclass(frozen=True)
class CompiledModule:
    """Code of a module and its source lines."""

    code: CodeType
    lines: SourceLines


@dataclass
class UnpackedArchive:
    """A zip archive on disk.

    Attributes
    ----------
    folder
        Where its files are.
    entries
        Folder (relative, "" for the root) → names in it; a name of a folder ends in "/".
    size
        Unzipped bytes.
    imports_sdk
        Whether a module of it imports boto3.
    modules
        Compiled modules by path: shared by all environments.
    """

    folder: Path
    entries: dict[str, set[str]]
    size: int
    imports_sdk: bool
    modules: dict[str, CompiledModule] = field(default_factory=dict)


class ArchiveStore:
    """Unzips archives below a folder; equal archives share one copy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unpacked: dict[str, UnpackedArchive] = {}
        self._digests: dict[int, tuple[bytes, str]] = {}

    def unpack(self, archives: tuple[bytes, ...]) -> UnpackedArchive:
        """One folder with the contents of the archives, later ones over earlier ones."""
        digest = "".join(self._digest(archive) for archive in archives)
        if digest not in self._unpacked:
            folder = self._folder / str(len(self._unpacked))
            self._unpacked[digest] = _unpack(archives, folder)
        return self._unpacked[digest]

    def _digest(self, archive: bytes) -> str:
        # Hashing a large archive takes longer than starting an environment: remember by identity, and keep it alive.
        known = self._digests.get(id(archive))
        if known is None:
            known = self._digests[id(archive)] = (archive, hashlib.sha256(archive).hexdigest())
        return known[1]


def _unpack(archives: tuple[bytes, ...], folder: Path) -> UnpackedArchive:
    folder.mkdir(parents=True)
    for archive in archives:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for member in opened.infolist():
                target = folder / member.filename
                if not target.resolve().is_relative_to(folder.resolve()):
                    continue  # a name that climbs out of the archive names nothing in it
                if member.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    entries: dict[str, set[str]] = {"": set()}
    size, imports_sdk = 0, False
    for path in folder.rglob("*"):
        relative = PurePosixPath(path.relative_to(folder).as_posix())
        parent = "" if relative.parent == PurePosixPath(".") else str(relative.parent)
        entries.setdefault(parent, set()).add(relative.name + ("/" if path.is_dir() else ""))
        if path.is_dir():
            entries.setdefault(str(relative), set())
            continue
        size += path.stat().st_size
        if path.suffix == ".py" and not imports_sdk:
            text = path.read_bytes()
            imports_sdk = b"import boto3" in text or b"from boto3" in text
    return UnpackedArchive(folder, entries, size, imports_sdk)
