"""The course's own pages in a real browser: every live cell runs, every worked solution passes on its homework page."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.live.test_pages_in_pyodide import PAGES
from tests.site.conftest import Visit
from tests.site.live_pages import PATIENCE

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from assignment import read_master  # noqa: E402

IN_A_BROWSER = ("lambda-in-ten-minutes", "asynchronous-invocation", "functions-in-a-vpc", "warm-up")
"""Pages and homework tried in Chromium. All of them run in Pyodide under Node (``tests/live``), which is the same
Python; what a browser adds is tried on these."""
MASTERS = sorted(path.stem for path in (ROOT / "solutions").glob("*.md") if path.stem in IN_A_BROWSER)
CHAPTERS = [page for page in PAGES if page.rpartition("/")[2] in IN_A_BROWSER]


@pytest.mark.parametrize("page", CHAPTERS)
def test_every_live_cell_of_the_page_runs_at_one_click(visit: Visit, course: str, page: str) -> None:
    # GIVEN a page of the course that nobody has run
    window = visit(urljoin(course, f"{page}.html")).page
    cells = window.locator(".live-cell")
    assert cells.count() == len(PAGES[page])
    # WHEN its last cell is run
    cells.last.get_by_role("button", name="Run").click()
    expect(cells.last).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
    # THEN every cell has run, and only those failed that are meant to
    states = [cell.get_attribute("data-live") for cell in cells.all()]
    for number, (state, source) in enumerate(zip(states, PAGES[page], strict=True), start=1):
        assert state == ("failed" if source.may_fail else "done"), f"live cell {number} is {state}:\n{source.source}"


@pytest.mark.parametrize("name", MASTERS)
def test_every_worked_solution_passes_on_the_homework_page(visit: Visit, course: str, name: str) -> None:
    # GIVEN a reader who finds the worked solution of each task by themselves
    window = visit(urljoin(course, f"book/homework/{name}.html")).page
    for task in read_master(ROOT / "solutions" / f"{name}.md").tasks:
        section = window.locator(f"[data-task='{task.id}']")
        section.get_by_role("button", name="Answer").click()
        expect(section.locator(".cm-content")).to_be_focused(timeout=PATIENCE)
        window.keyboard.press("Control+a")
        window.keyboard.insert_text(task.solution)
        # WHEN each is checked
        section.get_by_role("button", name="Check").click()
        # THEN all its tests pass
        count = len(task.tests)
        done = f"{count} of {count} {'test' if count == 1 else 'tests'} passed"
        expect(section.locator(".live-state")).to_have_text(done, timeout=PATIENCE)
    # AND all points are reached
    total = sum(task.points for task in read_master(ROOT / "solutions" / f"{name}.md").tasks)
    expect(window.locator(".homework-standing")).to_have_text(f"{total:g} of {total:g} points")
