"""Submissions through nbgrader's own commands: a course in a temporary folder, graded in one go."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from classroom.master import read_master, with_answers
from classroom.nbgrader_command import run_nbgrader

ROOT = Path(__file__).resolve().parents[2]
PLANTED = Path(__file__).with_name("planted")


@dataclass
class GradedCourse:
    """Scores by submission and answer cell, and the most each answer can score."""

    scores: dict[str, dict[str, float]]
    most: dict[str, float]
    log: str


def grade(folder: Path, name: str, submissions: dict[str, NotebookNode]) -> GradedCourse:
    """Autograde submissions of an assignment with ``nbgrader generate_assignment`` and ``nbgrader autograde``."""
    master = read_master(ROOT / "solutions" / f"{name}.md")
    source = folder / "source" / name
    source.mkdir(parents=True)
    nbformat.write(master, source / f"{name}.ipynb")
    log = run_nbgrader(folder, "generate_assignment", name, "--create").stderr
    for student, notebook in submissions.items():
        target = folder / "submitted" / student / name
        target.mkdir(parents=True)
        nbformat.write(notebook, target / f"{name}.ipynb")
    log += run_nbgrader(folder, "autograde", name, "--create", "--ExecutePreprocessor.timeout=120").stderr
    tests: dict[str, str] = {}
    most: dict[str, float] = {}
    answer = ""
    for cell in master.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution"):
            answer = about["grade_id"]
        elif about.get("grade"):
            tests[about["grade_id"]] = answer
            most[answer] = most.get(answer, 0) + about["points"]
    scores: dict[str, dict[str, float]] = {}
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        for student in submissions:
            scores[student] = dict.fromkeys(most, 0.0)
            try:
                notebook = gradebook.find_submission_notebook(name, name, student)
            except MissingEntry:
                raise AssertionError(f"nbgrader did not grade {student}:\n{log[-3000:]}") from None
            for mark in notebook.grades:
                scores[student][tests[mark.name]] += mark.score
    return GradedCourse(scores, most, log)


def submissions_of(name: str) -> dict[str, NotebookNode]:
    """The master, the release, and every planted answer set into the master, by a name that says which."""
    planted = yaml.safe_load((PLANTED / f"{name}.yml").read_text(encoding="utf-8"))
    master = read_master(ROOT / "solutions" / f"{name}.md")
    release = nbformat.read(ROOT / "exercises" / name / f"{name}.ipynb", as_version=4)
    found = {"master": master, "release": release}
    for answer, wrongs in planted["wrong"].items():
        for number, wrong in enumerate(wrongs):
            found[f"wrong-{answer}-{number}"] = with_answers(copy.deepcopy(master), {answer: wrong["source"]})
    for number, right in enumerate(planted["right"]):
        found[f"right-{number}"] = with_answers(copy.deepcopy(master), right["answers"])
    return found


@pytest.fixture(scope="module", params=sorted(path.stem for path in PLANTED.glob("*.yml")))
def assignment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def graded(assignment: str, tmp_path_factory: pytest.TempPathFactory) -> GradedCourse:
    return grade(tmp_path_factory.mktemp(assignment), assignment, submissions_of(assignment))
