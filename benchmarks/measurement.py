"""How a measurement is taken and shown."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Figure", "in_own_process", "median_seconds", "table"]


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    ``value`` and ``floor`` share a unit; ``limit`` bounds their ratio, or the value itself when there is no floor.
    """

    name: str
    value: float
    unit: str
    floor: float | None
    floor_name: str
    limit: float

    @property
    def judged(self) -> float:
        """What is compared with the limit."""
        return self.value if self.floor is None else self.value / self.floor

    @property
    def met(self) -> bool:
        """Whether the limit holds."""
        return self.judged <= self.limit


def median_seconds(action: Callable[[], object], rounds: int, repeat: int = 1) -> float:
    """Median over `rounds` of the time one of `repeat` calls takes, garbage collection held off."""
    samples = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            started = time.perf_counter()
            for _ in range(repeat):
                action()
            samples.append((time.perf_counter() - started) / repeat)
    finally:
        gc.enable()
    return statistics.median(samples)


def in_own_process(module: str, *arguments: str) -> float:
    """Run ``python -m module`` and read the number it prints: nothing of ours is loaded there."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], check=True, capture_output=True, text=True, timeout=600
    )
    return float(done.stdout.strip().splitlines()[-1])


def table(figures: list[Figure]) -> str:
    """The figures as text, columns aligned."""
    rows = [("measured", "value", "floor", "ratio", "limit", "")]
    for figure in figures:
        floor = "" if figure.floor is None else f"{figure.floor:.4g} {figure.unit} ({figure.floor_name})"
        ratio = "" if figure.floor is None else f"{figure.judged:.2f} ×"
        limit = f"≤ {figure.limit:g}" + (" ×" if figure.floor is not None else f" {figure.unit}")
        rows.append(
            (figure.name, f"{figure.value:.4g} {figure.unit}", floor, ratio, limit, "met" if figure.met else "NOT MET")
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "─" * len(lines[0]), *lines[1:]])
