"""A course for nbgrader: whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from classroom.course import make_course
from classroom.errors import ClassroomError, MasterError

ROOT = Path(__file__).resolve().parents[2]


def test_every_assignment_is_in_the_course(tmp_path: Path) -> None:
    names = make_course(ROOT / "solutions", tmp_path / "course")
    assert names == sorted(path.stem for path in (ROOT / "solutions").glob("*.md"))
    for name in names:
        notebook = nbformat.read(tmp_path / "course" / "source" / name / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        assert any("BEGIN HIDDEN TESTS" in cell.source for cell in notebook.cells)


def test_a_course_is_not_written_over(tmp_path: Path) -> None:
    make_course(ROOT / "solutions", tmp_path)
    (tmp_path / "nbgrader_config.py").write_text("# mine")
    with pytest.raises(ClassroomError, match="holds a course already"):
        make_course(ROOT / "solutions", tmp_path)
    assert (tmp_path / "nbgrader_config.py").read_text() == "# mine"


def test_a_broken_master_leaves_no_course(tmp_path: Path) -> None:
    solutions = tmp_path / "solutions"
    solutions.mkdir()
    test = (
        "```{code-cell}\n---\nnbgrader: {grade: true, grade_id: a, solution: false, schema_version: 3}\n---\n1\n```\n"
    )
    (solutions / "odd.md").write_text("---\njupytext: {text_representation: {format_name: myst}}\n---\n" + test)
    with pytest.raises(MasterError, match="worth no points"):
        make_course(solutions, tmp_path / "course")
    assert not (tmp_path / "course").exists()
