"""Reads the master of an assignment (``solutions/<name>.md``) for the homework page.

A master is a notebook as text with nbgrader's metadata. It yields what the page shows – prompts and starting texts –
and what the page runs: the same test cells that nbgrader runs, hidden tests included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import jupytext

__all__ = ["Assignment", "AssignmentCell", "AssignmentFault", "Task", "headings", "read_master", "without_solution"]

STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
_BEGIN_SOLUTION, _END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
_MARKERS = (_BEGIN_SOLUTION, _END_SOLUTION, "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")


class AssignmentFault(Exception):
    """The master does not have the form a homework page needs."""


@dataclass(frozen=True)
class AssignmentCell:
    """A cell to run. ``task`` is set for answers and tests; ``title`` and ``points`` for tests."""

    kind: Literal["given", "answer", "test"]
    id: str
    source: str
    task: str | None = None
    title: str | None = None
    points: float = 0


@dataclass
class Task:
    """One thing to solve: a prompt, an answer cell, the tests after it."""

    id: str
    title: str
    prompt: str
    starter: str
    solution: str
    tests: list[AssignmentCell] = field(default_factory=list)

    @property
    def points(self) -> float:
        """What all tests together are worth."""
        return sum(test.points for test in self.tests)


@dataclass
class Assignment:
    """A master, taken apart. ``cells`` keep the notebook's order; ``introduction`` is Markdown."""

    name: str
    title: str
    introduction: str
    cells: list[AssignmentCell]
    tasks: list[Task]


def without_solution(source: str) -> str:
    """The student's starting text: nbgrader's stub in place of solution regions, or of a cell that has none."""
    lines: list[str] = []
    inside = False
    for line in source.splitlines():
        word = line.strip()
        if word == _BEGIN_SOLUTION:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines.extend(indent + text for text in STUB)
        elif word == _END_SOLUTION:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines) if _BEGIN_SOLUTION in source else "\n".join(STUB)


def _without_markers(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if line.strip() not in _MARKERS)


def headings(markdown: str) -> list[tuple[int, str]]:
    """Line numbers, from 0, and texts of the headings; what looks like one inside a fence is code."""
    found = []
    fence = ""
    for number, line in enumerate(markdown.splitlines()):
        mark = re.match(r" {0,3}(`{3,}|~{3,}|:{3,})", line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = ""
        elif not fence and (match := re.match(r"#{1,6} +(.+?)\s*$", line)):
            found.append((number, match[1]))
    return found


def _heading(markdown: str) -> tuple[str | None, str]:
    """The first heading of a Markdown text, and the text without it."""
    found = headings(markdown)
    if not found:
        return None, markdown
    number, title = found[0]
    lines = markdown.splitlines()
    del lines[number]
    return title, "\n".join(lines).strip()


def _test_title(source: str, number: int) -> str:
    """A test is called what its first comment says."""
    first = source.strip().partition("\n")[0]
    return first.lstrip("# ").strip() if first.startswith("#") and "###" not in first else f"Test {number}"


def read_master(path: Path) -> Assignment:
    """Read the master at `path`.

    Raises
    ------
    AssignmentFault
        A test comes before any answer, an answer has no test, or the first answer comes before any given cell.
    """
    notebook = jupytext.read(path, fmt="md:myst")
    cells: list[AssignmentCell] = []
    tasks: list[Task] = []
    waiting: list[str] = []  # Markdown since the last answer or test
    introduction: list[str] = []  # Markdown before the first code cell
    for number, cell in enumerate(notebook.cells, start=1):
        about: dict[str, Any] = cell.metadata.get("nbgrader", {})
        identifier = about.get("grade_id", f"cell-{number}")
        if cell.cell_type == "markdown":
            (waiting if cells else introduction).append(cell.source)
        elif cell.cell_type == "code" and about.get("solution"):
            if not cells:
                raise AssignmentFault(f"{path.name}: the answer {identifier} comes before any given cell")
            title, prompt = _heading("\n\n".join(waiting))
            waiting = []
            starter = without_solution(cell.source)
            task = Task(identifier, title or f"Task {len(tasks) + 1}", prompt, starter, _without_markers(cell.source))
            if tasks and not tasks[-1].tests:
                raise AssignmentFault(f"{path.name}: the answer {tasks[-1].id} has no test cell after it")
            tasks.append(task)
            cells.append(AssignmentCell("answer", identifier, starter, task=identifier))
        elif cell.cell_type == "code" and about.get("grade"):
            if not tasks:
                raise AssignmentFault(f"{path.name}: the test {identifier} comes before any answer")
            source = _without_markers(cell.source)
            title = _test_title(source, len(tasks[-1].tests) + 1)
            points = float(about.get("points", 0))
            test = AssignmentCell("test", identifier, source, tasks[-1].id, title, points)
            tasks[-1].tests.append(test)
            cells.append(test)
        elif cell.cell_type == "code":
            cells.append(AssignmentCell("given", identifier, cell.source))
    if not tasks or not tasks[-1].tests:
        raise AssignmentFault(f"{path.name}: {'no answer cell' if not tasks else f'{tasks[-1].id} has no test cell'}")
    title, text = _heading("\n\n".join(introduction))
    return Assignment(path.stem, title or path.stem, text, cells, tasks)
