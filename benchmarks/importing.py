"""What ``import lambdalab`` costs beside ``import moto``."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.measurement import Figure

__all__ = ["figures"]


def figures(rounds: int) -> list[Figure]:
    """One figure: the engine's face imported, the floor being moto's."""
    ours, theirs = [], []
    for _ in range(rounds):  # alternating, so that a busy moment strikes both
        ours.append(_seconds("import lambdalab; lambdalab.start"))
        theirs.append(_seconds("from moto import mock_aws; import moto.awslambda.models"))
    return [
        Figure(
            "import lambdalab, ready to start",
            statistics.median(ours) * 1e3,
            "ms",
            statistics.median(theirs) * 1e3,
            "import moto with its Lambda",
            1.15,
        )
    ]


def _seconds(statement: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - started
