"""Whether the book must be made at all: what it is made from and what was made, told apart from before."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from workshop.digest import digest_of

__all__ = ["forget", "is_fresh", "remember"]

STAMP = "_build/book-verified"
# All that can change a page. A folder that does not exist counts as absent.
INPUTS = [
    "_config.yml",
    "book",
    "classroom",
    "exercises",
    "facts",
    "lambdalab",
    "notebooks",
    "pyproject.toml",
    "requirements.txt",
    "solutions",
    "workshop",
]


def _state(root: Path, site: Path, settings: str) -> str:
    sha = hashlib.sha256(f"{digest_of(root, INPUTS)} {sys.version} {settings}".encode())
    for path in sorted(site.rglob("*")):
        facts = path.stat()
        sha.update(f"{path.relative_to(site)} {facts.st_size} {facts.st_mtime_ns}\n".encode(errors="surrogateescape"))
    return sha.hexdigest()


def is_fresh(root: Path, site: Path, settings: str) -> bool:
    """Whether `site` is as it was when it was last found in order, and so is everything it was made from.

    `settings` are the settings from outside the tree that the pages show.
    """
    stamp = root / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _state(root, site, settings)


def remember(root: Path, site: Path, settings: str) -> None:
    """Note that `site` is in order."""
    (root / STAMP).write_text(_state(root, site, settings), encoding="utf-8")


def forget(root: Path) -> None:
    """Note that the site is being changed."""
    (root / STAMP).unlink(missing_ok=True)
