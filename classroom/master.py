"""The master of an assignment: MyST text with nbgrader's metadata, read as a notebook."""

from __future__ import annotations

import hashlib
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from classroom.errors import MasterError

__all__ = ["masters", "read_master", "with_answers"]


def masters(folder: Path) -> list[Path]:
    """The masters in `folder`, in order of name."""
    return sorted(folder.glob("*.md"))


def read_master(path: Path) -> NotebookNode:
    """Read a master.

    Cell ids are derived from the ``grade_id``, or from place and text, so that the same text gives the same notebook.

    Raises
    ------
    MasterError
        Two cells share a ``grade_id``, or a graded cell is worth nothing.
    """
    notebook: NotebookNode = jupytext.read(path, fmt="md:myst")
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        about = cell.metadata.get("nbgrader")
        grade_id = about["grade_id"] if about else None
        if grade_id in seen:
            raise MasterError(f"{path.name}: two cells have the grade_id {grade_id!r}")
        if grade_id:
            seen.add(grade_id)
        if about and about.get("grade") and not about.get("points"):
            raise MasterError(f"{path.name}: the test {grade_id!r} is worth no points")
        name = grade_id or f"{number}/{cell.source}"
        cell["id"] = hashlib.sha256(name.encode()).hexdigest()[:12]
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(display_name="Python 3", language="python", name="python3"),
        language_info=NotebookNode(name="python"),
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def with_answers(notebook: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """The notebook with the sources of some answer cells, named by ``grade_id``, replaced.

    Raises
    ------
    MasterError
        There is no answer cell of that name.
    """
    left = dict(answers)
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution") and about["grade_id"] in left:
            cell.source = left.pop(about["grade_id"])
    if left:
        raise MasterError(f"no answer cell is called {', '.join(sorted(left))}")
    return notebook
