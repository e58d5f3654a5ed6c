"""Runs cells in the page's kernel under Node, for the tests."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from book._bundle import build
from book._bundle.node import run_node

__all__ = ["Cell", "Outcome", "built_runner", "run_pages"]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cell:
    """A cell to run. ``may_fail``: the page goes on after an exception."""

    source: str
    may_fail: bool = False
    name: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a cell; ``outputs`` have a notebook's shape."""

    name: str
    succeeded: bool
    outputs: list[dict[str, Any]]

    @property
    def printed(self) -> str:
        """Everything written to standard output."""
        return "".join(output["text"] for output in self.outputs if output.get("name") == "stdout")

    @property
    def result(self) -> dict[str, Any]:
        """The representations of the last expression."""
        (data,) = [output["data"] for output in self.outputs if output["output_type"] == "execute_result"]
        return dict(data)

    @property
    def error(self) -> dict[str, Any]:
        """The error output."""
        (error,) = [output for output in self.outputs if output["output_type"] == "error"]
        return error


def built_runner() -> Path:
    """Build the runner if it is not up to date; its folder."""
    live = ROOT / "_build" / "live"
    build(live, print)
    return live


def run_pages(pages: Mapping[str, Sequence[Cell]]) -> dict[str, list[Outcome]]:
    """Run pages in one Python, with a reset between them; a page ends at a cell that fails and may not."""
    request = [
        {
            "page": page,
            "cells": [
                {"name": cell.name or str(number), "source": cell.source, "mayFail": cell.may_fail}
                for number, cell in enumerate(cells, start=1)
            ],
        }
        for page, cells in pages.items()
    ]
    live = built_runner()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pages.json"
        file.write_text(json.dumps(request), encoding="utf-8")
        answer = json.loads(run_node(ROOT / "book" / "_live" / "node" / "run-pages.mjs", live, file))
    return {
        page["page"]: [Outcome(ran["name"], ran["succeeded"], ran["outputs"]) for ran in page["cells"]]
        for page in answer
    }
