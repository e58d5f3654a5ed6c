"""Every page with cells, alone: it runs from a fresh process, says the same twice, and its labs can be solved."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import card_decks
import nbformat
import pytest
import quiz_items

from workshop.pages import Page, pages

ROOT = Path(__file__).resolve().parents[2]
PROCESS = Path(__file__).with_name("page_process.py")
NOTEBOOKS = [page for page in pages(ROOT) if page.notebook]
LABS = [page for page in NOTEBOOKS if page.name.startswith("notebooks/")]
SOLUTION = re.compile(r"^:::\{dropdown\} Solution.*?\n```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
LIVE_MODULES = frozenset(sys.stdlib_module_names) | {"boto3", "botocore", "lambdalab"}

each_page = pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.name)
each_lab = pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)


@cache
def cells_of(page: Page) -> list[nbformat.NotebookNode]:
    """Every cell of a page. Kept, because reading Markdown takes a second."""
    return list(page.read().cells)


def code_cells(page: Page) -> list[nbformat.NotebookNode]:
    return [cell for cell in cells_of(page) if cell.cell_type == "code"]


def run(cells: list[str], folder: Path) -> dict[str, Any]:
    """Run the cells in a fresh process and an empty folder."""
    folder.mkdir()
    process = subprocess.run(
        [sys.executable, str(PROCESS)],
        input=json.dumps(cells),
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "IPYTHONDIR": str(folder / ".ipython"),
            "MPLCONFIGDIR": str(folder / ".matplotlib"),
            "MPLBACKEND": "agg",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    answer: dict[str, Any] = json.loads(process.stdout)
    assert answer["failed"] is None, f"cell {answer['failed']} failed:\n{answer['error']}"
    return answer


@cache
def first_run(page: Page) -> dict[str, Any]:
    """What the page as it stands shows."""
    with tempfile.TemporaryDirectory() as folder:
        return run([cell.source for cell in code_cells(page)], Path(folder) / "first")


def solved(lab: Page) -> tuple[list[str], int]:
    """The lab's cells with every solution in the place of the cell it solves, and how many there are."""
    cells: list[str] = []
    solutions = 0
    for cell in cells_of(lab):
        if cell.cell_type == "code":
            cells.append(cell.source)
        for solution in SOLUTION.findall(cell.source) if cell.cell_type == "markdown" else ():
            place = max(
                number for number, source in enumerate(cells) if source.startswith(("%%writefile", "# Your turn"))
            )
            head = cells[place].partition("\n")[0]
            cells[place] = f"{head}\n{solution}"
            solutions += 1
    return cells, solutions


@each_page
def test_a_page_says_the_same_in_two_fresh_processes(page: Page, tmp_path: Path) -> None:
    # GIVEN the cells of a page
    cells = [cell.source for cell in code_cells(page)]
    # WHEN they run in order, alone, in two processes
    first, second = first_run(page), run(cells, tmp_path / "second")
    # THEN both show the same, and leave no cloud behind
    assert first["seen"] == second["seen"]
    assert "".join(first["seen"]).strip()
    assert not first["running"]


@each_page
def test_live_cells_import_only_what_the_page_has(page: Page) -> None:
    live = [cell.source for cell in code_cells(page) if not {"notebook", "local"} & set(cell.metadata.get("tags", []))]
    for source in live:
        code = source.partition("\n")[2] if source.startswith("%%writefile") else source
        for node in ast.walk(ast.parse(code)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names} <= LIVE_MODULES, source


@each_lab
def test_a_lab_untouched_is_not_solved(lab: Page) -> None:
    said = "".join(first_run(lab)["seen"])
    assert "Not yet: " in said
    assert "✓ Right." not in said


@each_lab
def test_the_solutions_of_a_lab_satisfy_its_checks(lab: Page, tmp_path: Path) -> None:
    # GIVEN a lab with each solution written where it belongs
    cells, solutions = solved(lab)
    # WHEN it runs
    said = "".join(run(cells, tmp_path / "solved")["seen"])
    # THEN as many checks are content as there are solutions, and none complains
    assert "Not yet: " not in said
    assert said.count("✓ Right.") == solutions > 0


@each_lab
def test_a_solution_has_three_hints_before_it(lab: Page) -> None:
    text = lab.path.read_text(encoding="utf-8")
    ladder = re.findall(r"^:::\{dropdown\} (Hint \d|Solution)", text, re.MULTILINE)
    assert ladder == ["Hint 1", "Hint 2", "Hint 3", "Solution"] * ladder.count("Solution")


@pytest.mark.parametrize("path", sorted((ROOT / "book" / "_quiz").glob("*.yml")), ids=lambda path: path.stem)
def test_the_engine_gives_the_answers_of_a_quiz(path: Path) -> None:
    data = quiz_items.load(path)
    quiz_items.check_against_engine(path, data)
    assert sum("answer_from" in item for item in data["items"]) >= len(data["items"]) / 2


@pytest.mark.parametrize("path", sorted((ROOT / "book" / "_cards").glob("*.yml")), ids=lambda path: path.stem)
def test_the_engine_bears_out_the_cards(path: Path) -> None:
    deck = card_decks.load(path)
    card_decks.try_experiments(path, deck)
    assert sum("experiment" in card for card in deck["cards"]) >= len(deck["cards"]) / 2
