"""Refresh the three locks from pyproject.toml: ``python -m workshop.lock``.

They resolve for every supported Python and system at once, and agree with each other.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["LOCKS", "refresh"]

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ["--extra", "notebook", "--extra", "child-process"]
# File → what of pyproject.toml goes in besides the engine. The first one is resolved first; the others follow it.
LOCKS: dict[str, list[str]] = {
    "requirements.txt": [*EXTRAS, "--group", "pyproject.toml:dev"],
    "requirements-engine.txt": [],
    "requirements-notebook.txt": [*EXTRAS, "--group", "pyproject.toml:notebook"],
}


def refresh(root: Path, upgrade: bool = False) -> None:
    """Write the locks of the tree at `root`. With `upgrade`, take newer releases where pyproject.toml allows them."""
    first = next(iter(LOCKS))
    for name, contents in LOCKS.items():
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "pyproject.toml", *contents]
        command += ["--universal", "--python-version", "3.11", "--generate-hashes"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--output-file", name]
        command += ["--upgrade"] if upgrade and name == first else []
        command += ["--constraint", first] if name != first else []
        subprocess.run(command, cwd=root, env={**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "make lock"}, check=True)


if __name__ == "__main__":
    refresh(ROOT, upgrade="--upgrade" in sys.argv[1:])
