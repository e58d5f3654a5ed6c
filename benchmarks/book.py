"""The book: how long ``make book`` takes when nothing changed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measurement import Figure

__all__ = ["ROOT", "figures"]

ROOT = Path(__file__).resolve().parent.parent


def figures() -> list[Figure]:
    """One figure. The book is made first, so that nothing is left to do."""
    command = [sys.executable, "-m", "workshop.book", "--serve=0"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return [Figure("make book, nothing changed", time.perf_counter() - started, "s", None, "", 10)]
