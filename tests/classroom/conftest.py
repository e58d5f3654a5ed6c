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
    """Scores by submission and answer cell, the most each answer can score, and the answers planted wrong."""

    scores: dict[str, dict[str, float]]
    most: dict[str, float]
    wrong: dict[str, set[str]]
    log: str


def grade(folder: Path, name: str, submissions: Submissions) -> GradedCourse:
    """Autograde submissions of an assignment with ``nbgrader generate_assignment`` and ``nbgrader autograde``."""
    master = read_master(ROOT / "solutions" / f"{name}.md")
    source = folder / "source" / name
    source.mkdir(parents=True)
    nbformat.write(master, source / f"{name}.ipynb")
    log = run_nbgrader(folder, "generate_assignment", name, "--create").stderr
    for student, notebook in submissions.notebooks.items():
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
        for student in submissions.notebooks:
            scores[student] = dict.fromkeys(most, 0.0)
            try:
                notebook = gradebook.find_submission_notebook(name, name, student)
            except MissingEntry:
                raise AssertionError(f"nbgrader did not grade {student}:\n{log[-3000:]}") from None
            for mark in notebook.grades:
                scores[student][tests[mark.name]] += mark.score
    return GradedCourse(scores, most, submissions.wrong, log)


@dataclass
class Submissions:
    """Notebooks by the name of whoever submits them, and the answers planted wrong in each."""

    notebooks: dict[str, NotebookNode]
    wrong: dict[str, set[str]]


TOGETHER = 3
"""Wrong answers planted in one submission. Starting a kernel for each takes most of the time of all tests."""


def submissions_of(name: str) -> Submissions:
    """The master, the release, and every planted answer set into the master, by a name that says which.

    Each wrong answer is submitted once, beside wrong answers to other tasks: the company changes from one to the next,
    so that no task is always wrong where another is.
    """
    planted = yaml.safe_load((PLANTED / f"{name}.yml").read_text(encoding="utf-8"))
    master = read_master(ROOT / "solutions" / f"{name}.md")
    release = nbformat.read(ROOT / "exercises" / name / f"{name}.ipynb", as_version=4)
    found = Submissions({"master": master, "release": release}, {})
    wrongs: dict[str, list[dict[str, str]]] = planted["wrong"]
    for number in range(max(map(len, wrongs.values()))):
        tasks = [task for task in wrongs if number < len(wrongs[task])]
        groups = -(-len(tasks) // TOGETHER)
        for group in range(groups):
            here = tasks[group::groups] if number % 2 else tasks[group * TOGETHER : (group + 1) * TOGETHER]
            if here:
                student = f"wrong-{number}-{group}"
                answers = {task: wrongs[task][number]["source"] for task in here}
                found.notebooks[student] = with_answers(copy.deepcopy(master), answers)
                found.wrong[student] = set(here)
    for number, right in enumerate(planted["right"]):
        found.notebooks[f"right-{number}"] = with_answers(copy.deepcopy(master), right["answers"])
    return found


@pytest.fixture(scope="module", params=sorted(path.stem for path in PLANTED.glob("*.yml")))
def assignment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def graded(assignment: str, tmp_path_factory: pytest.TempPathFactory) -> GradedCourse:
    return grade(tmp_path_factory.mktemp(assignment), assignment, submissions_of(assignment))
