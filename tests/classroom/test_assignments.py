"""Every assignment, through nbgrader's own commands: full marks for right answers, one task lost for each wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from classroom.release import student_edition

ROOT = Path(__file__).resolve().parents[2]
PLANTED = Path(__file__).with_name("planted")


def test_every_master_has_planted_answers() -> None:
    masters = {path.stem for path in (ROOT / "solutions").glob("*.md")}
    assert masters == {path.stem for path in PLANTED.glob("*.yml")}


def test_enough_is_planted(assignment: str, graded: Any) -> None:
    planted = yaml.safe_load((PLANTED / f"{assignment}.yml").read_text(encoding="utf-8"))
    assert set(planted["wrong"]) == set(graded.most)
    assert all(len(wrongs) >= 5 for wrongs in planted["wrong"].values())
    assert len(planted["right"]) >= 3


def test_the_master_scores_full(graded: Any) -> None:
    assert graded.scores["master"] == graded.most


def test_the_release_scores_nothing(graded: Any) -> None:
    assert graded.scores["release"] == dict.fromkeys(graded.most, 0.0)


def test_each_wrong_answer_loses_exactly_its_task(graded: Any) -> None:
    assert graded.wrong
    for student, wrong in graded.wrong.items():
        lost = {name for name, score in graded.scores[student].items() if score < graded.most[name]}
        assert lost == wrong, f"{student} should lose {wrong}, lost {lost or 'nothing'}"


def test_each_unlike_right_answer_scores_full(graded: Any) -> None:
    rights = {student: scores for student, scores in graded.scores.items() if student.startswith("right-")}
    assert rights
    for student, scores in rights.items():
        assert scores == graded.most, student


def test_the_committed_student_edition_is_in_step(assignment: str) -> None:
    committed = (ROOT / "exercises" / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8")
    assert student_edition(ROOT / "solutions" / f"{assignment}.md") == committed, "run: python -m classroom release"


def test_the_student_edition_shows_no_solution_and_no_hidden_test(assignment: str) -> None:
    committed = (ROOT / "exercises" / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8")
    assert "HIDDEN" not in committed
    assert "SOLUTION" not in committed
    assert "YOUR CODE HERE" in committed


@pytest.mark.parametrize("text", ["two cells", "no points"])
def test_a_broken_master_is_named(tmp_path: Path, text: str) -> None:
    from classroom.errors import MasterError

    head = "---\njupytext: {text_representation: {extension: .md, format_name: myst}}\n---\n"
    about = "{{grade: {grade}, grade_id: a, solution: {solution}, schema_version: 3}}"
    cell = f"```{{{{code-cell}}}}\n---\nnbgrader: {about}\n---\n1\n```\n"
    body = cell.format(grade="true", solution="false")
    if text == "two cells":
        body = cell.format(grade="false", solution="true") * 2
    master = tmp_path / "odd.md"
    master.write_text(head + body)
    with pytest.raises(MasterError, match=r"odd\.md"):
        student_edition(master)
