"""A digest of files: what a cached result was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

__all__ = ["digest_of"]


def digest_of(root: Path, names: Iterable[str]) -> str:
    """A digest of the named files and folders under `root`: their relative paths and contents.

    A name that does not exist counts as absent. Compiled Python and hidden files never count.
    """
    sha = hashlib.sha256()
    for name in sorted(names):
        top = root / name
        files = [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.is_file())
        for path in files:
            relative = path.relative_to(root)
            if any(part == "__pycache__" or part.startswith(".") for part in relative.parts):
                continue
            sha.update(f"{relative.as_posix()}\0".encode())
            sha.update(hashlib.sha256(path.read_bytes()).digest())
    return sha.hexdigest()
