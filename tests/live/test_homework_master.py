"""Masters, taken apart for the homework page; every worked solution passes its tests in the page's Python."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.live.running import Cell, run_pages

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from assignment import AssignmentFault, headings, read_master, without_solution  # noqa: E402
from homework import packed_tests  # noqa: E402

SMALL = ROOT / "tests" / "live" / "pages" / "masters" / "doubling.md"
MASTERS = sorted((ROOT / "solutions").glob("*.md"))


def test_a_master_yields_tasks_with_prompts_starters_tests_and_solutions() -> None:
    assignment = read_master(SMALL)
    assert assignment.title == "Doubling"
    assert assignment.introduction == "Two small tasks."
    handler, attempts = assignment.tasks
    assert (handler.id, handler.title, handler.points) == ("handler", "A handler that doubles", 3)
    assert handler.prompt == 'Write a handler that answers `{"double": …}` for `{"n": …}`.'
    assert handler.starter.splitlines()[1:] == [
        "def lambda_handler(event, context):",
        "    # YOUR CODE HERE",
        "    raise NotImplementedError()",
    ]
    assert handler.solution.splitlines()[-1] == '    return {"double": event["n"] * 2}'
    assert [(test.title, test.points) for test in handler.tests] == [
        ("Doubles a small number", 1),
        ("Doubles a text", 2),
    ]
    assert [cell.kind for cell in assignment.cells] == ["given", "answer", "test", "test", "answer", "test"]
    assert attempts.starter == "# YOUR CODE HERE\nraise NotImplementedError()"


def test_hidden_tests_travel_and_markers_and_solutions_do_not_show() -> None:
    assignment = read_master(SMALL)
    packed = packed_tests(assignment)
    assert b"abab" not in packed
    content: dict[str, Any] = json.loads(gzip.decompress(packed))
    sources = [cell["source"] for cell in content["cells"]]
    assert any("abab" in source for source in sources)
    assert not any("###" in source or "* 2" in source for source in sources)
    assert packed_tests(read_master(SMALL)) == packed


def test_a_cell_without_a_region_is_a_stub() -> None:
    assert without_solution("x = 1\ny = 2") == "# YOUR CODE HERE\nraise NotImplementedError()"


def test_headings_inside_fences_are_code() -> None:
    text = "# One\n```python\n# not one\n```\n## Two ##s\n~~~\n# nor this\n~~~"
    assert [heading for _, heading in headings(text)] == ["One", "Two ##s"]


@pytest.mark.parametrize(
    ("kinds", "fault"),
    [
        ("given test", "comes before any answer"),
        ("given answer answer test", "has no test cell after it"),
        ("given answer", "has no test cell"),
        ("answer test", "comes before any given cell"),
        ("given", "no answer cell"),
    ],
)
def test_a_master_that_a_page_cannot_ask_is_refused(kinds: str, fault: str, tmp_path: Path) -> None:
    lines = ["---", "jupytext: {text_representation: {extension: .md, format_name: myst}}", "---", "# Title"]
    for number, kind in enumerate(kinds.split()):
        about = {"grade_id": f"{kind}-{number}", "grade": kind == "test", "solution": kind == "answer", "points": 1}
        lines += ["```{code-cell}", "---", f"nbgrader: {json.dumps(about)}", "---", "x = 1", "```"]
    master = tmp_path / "odd.md"
    master.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(AssignmentFault, match=fault):
        read_master(master)


def test_every_worked_solution_of_the_course_passes_in_the_page() -> None:
    # GIVEN each master with its answers filled in, as the page would check it
    pages = {}
    for master in MASTERS:
        assignment = read_master(master)
        solutions = {task.id: task.solution for task in assignment.tasks}
        pages[master.stem] = [
            Cell(solutions[cell.id] if cell.kind == "answer" else cell.source, name=cell.id)
            for cell in assignment.cells
        ]
    # WHEN all cells run
    outcomes = run_pages(pages)
    # THEN every test passes
    for name, cells in pages.items():
        failed = [
            f"{name}, {outcome.name}: {outcome.error['traceback']}"
            for outcome in outcomes[name]
            if not outcome.succeeded
        ]
        assert not failed, failed[0]
        assert len(outcomes[name]) == len(cells)


def test_a_released_assignment_fails_every_test_in_the_page() -> None:
    # GIVEN each task answered with its starting text, every test allowed to fail
    pages = {}
    for master in MASTERS:
        assignment = read_master(master)
        pages[master.stem] = [
            Cell(cell.source, may_fail=cell.kind != "given", name=cell.id) for cell in assignment.cells
        ]
    outcomes = run_pages(pages)
    # THEN none passes by itself
    for master in MASTERS:
        tests = {test.id for task in read_master(master).tasks for test in task.tests}
        assert [outcome.name for outcome in outcomes[master.stem] if outcome.name in tests and outcome.succeeded] == []
