"""Every live cell of every page of the course runs in the Python that the browser runs, in order, page after page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.running import Cell, Outcome, run_pages
from workshop.pages import pages

ROOT = Path(__file__).resolve().parents[2]
# Cells that run elsewhere, and cells whose code the page does not show: the reader cannot run those.
NOT_LIVE = {"notebook", "local", "remove-cell", "remove_cell", "remove-input", "remove_input"}


def live_cells(root: Path) -> dict[str, list[Cell]]:
    """The live cells of each page of the table of contents that has some."""
    found: dict[str, list[Cell]] = {}
    for page in pages(root):
        if not page.notebook:
            continue
        tagged = [
            (cell.source, set(cell.metadata.get("tags", []))) for cell in page.read().cells if cell.cell_type == "code"
        ]
        cells = [Cell(source, may_fail="raises-exception" in tags) for source, tags in tagged if not tags & NOT_LIVE]
        if cells:
            found[page.name] = cells
    return found


PAGES = live_cells(ROOT)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[Outcome]]:
    return run_pages(PAGES)


def test_the_course_has_pages_with_live_cells() -> None:
    assert PAGES


@pytest.mark.parametrize("page", PAGES)
def test_every_live_cell_of_the_page_runs(page: str, outcomes: dict[str, list[Outcome]]) -> None:
    # GIVEN the page was run cell by cell after a reset
    ran = outcomes[page]
    failed = [
        f"{page}, live cell {outcome.name}:\n{cell.source}\n\n" + "\n".join(outcome.error["traceback"])
        for cell, outcome in zip(PAGES[page], ran, strict=False)
        if not outcome.succeeded and not cell.may_fail
    ]
    # THEN no cell failed that may not, and none was left out
    assert not failed, failed[0]
    assert len(ran) == len(PAGES[page])
