"""Deployment packages and layers, unpacked once each and shared by the environments that run them."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lambdalab.errors import PackagingError

__all__ = ["PackageDirectory", "UnpackedPackage"]


@dataclass(frozen=True)
class UnpackedPackage:
    """An archive, or several over each other, as a folder.

    Attributes
    ----------
    folder
        Where it lies.
    size
        Unzipped bytes.
    imports_sdk
        Whether a module of it imports boto3.
    modules
        Names that ``import`` finds at its top level, and below ``python/`` as in a layer.
    """

    folder: Path
    size: int
    imports_sdk: bool
    modules: frozenset[str]


class PackageDirectory:
    """A folder of unpacked archives. Files are read-only, as in ``/var/task``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unpacked: dict[tuple[str, ...], UnpackedPackage] = {}
        self._digests: dict[int, tuple[bytes, str]] = {}

    def unpacked(self, archives: Sequence[bytes]) -> UnpackedPackage:
        """The archives, later ones over earlier ones (layers share ``/opt``)."""
        key = tuple(self._digest(archive) for archive in archives)
        if key not in self._unpacked:
            target = self._folder / str(len(self._unpacked))
            target.mkdir(parents=True)
            for archive in archives:
                _unpack(archive, target)
            self._unpacked[key] = _described(target)
        return self._unpacked[key]

    def _digest(self, archive: bytes) -> str:
        # Hashing a large archive takes longer than a start: remember by identity, and keep the object alive for that.
        known = self._digests.get(id(archive))
        if known is None:
            known = self._digests[id(archive)] = (archive, hashlib.sha256(archive).hexdigest())
        return known[1]


def _unpack(archive: bytes, target: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as package:
        for member in package.infolist():
            name = member.filename
            parts = Path(name).parts
            if Path(name).is_absolute() or ".." in parts:
                raise PackagingError(f"the deployment package holds {name!r}, which lies outside of it")
            path = target.joinpath(*parts)
            if member.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            mode = member.external_attr >> 16
            content = package.read(member)
            if stat.S_ISLNK(mode):
                _link(path, os.fsdecode(content), target)
            else:
                path.write_bytes(content)
                # A zip made where files have no modes carries none.
                path.chmod((stat.S_IMODE(mode) & 0o555) | 0o444)


def _link(path: Path, destination: str, target: Path) -> None:
    resolved = (path.parent.resolve() / destination).resolve()
    if not resolved.is_relative_to(target.resolve()):
        raise PackagingError(f"the deployment package holds a link to {destination!r}, which lies outside of it")
    path.symlink_to(destination)


def _described(folder: Path) -> UnpackedPackage:
    size, imports_sdk = 0, False
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        size += path.stat().st_size
        if path.suffix == ".py" and not imports_sdk:
            source = path.read_bytes()
            imports_sdk = b"import boto3" in source or b"from boto3" in source
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    searched = (folder, folder / "python", folder / "python" / "lib" / version / "site-packages")
    modules = frozenset(
        entry.name.partition(".")[0] for place in searched if place.is_dir() for entry in place.iterdir()
    )
    return UnpackedPackage(folder, size, imports_sdk, modules)
