"""Checks an answer on the homework page: the same test cells that nbgrader runs."""

from __future__ import annotations

import json
from typing import Any

from live_kernel.kernel import Kernel

__all__ = ["check"]


async def check(kernel: Kernel, cells_json: str) -> str:
    """Run the cells of an assignment up to one task's tests, from a fresh start, and say what came of each test.

    Parameters
    ----------
    cells_json
        A list of objects with ``kind`` ("given", "answer" or "test"), ``id`` and ``source``, in the order of the
        notebook. Like nbgrader, the check goes on after a cell that fails: a wrong first answer does not cost the
        second.

    Returns
    -------
    str
        JSON: ``results``, one per test cell with ``id``, ``passed`` and ``reason``; ``failures``, one per given or
        answer cell that raised, with its error output.
    """
    kernel.reset()
    results: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    for cell in json.loads(cells_json):
        outcome = await kernel.run_cell(cell["source"], f"<cell {cell['id']}>")
        if cell["kind"] == "test":
            results.append({"id": cell["id"], "passed": outcome.succeeded, "reason": _reason(outcome.failure)})
        elif outcome.failure is not None:
            failures.append({"id": cell["id"], **outcome.failure})
    return json.dumps({"results": results, "failures": failures})


def _reason(failure: dict[str, Any] | None) -> str:
    """Why a test failed, in its author's words where there are some."""
    if failure is None:
        return ""
    if failure["ename"] == "AssertionError":
        return str(failure["evalue"]) or "An assertion of the test does not hold."
    if failure["ename"] == "NotImplementedError" and not failure["evalue"]:
        return "The answer still raises NotImplementedError."
    return f"{failure['ename']}: {failure['evalue']}".removesuffix(": ")
