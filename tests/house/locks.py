"""Read the locks."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["pins"]

ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, set[str]]:
    """Package → versions pinned (several when they differ by Python or system)."""
    found: dict[str, set[str]] = {}
    for entry in ENTRY.finditer(lock.read_text(encoding="utf-8")):
        found.setdefault(entry["name"].lower(), set()).add(entry["version"])
    return found
