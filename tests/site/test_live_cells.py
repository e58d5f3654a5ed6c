"""Cells that run in the page, in a real browser."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.site.conftest import Visit
from tests.site.live_pages import PATIENCE, axe_source, build_live_pages, cell, output, run, type_into_editor, wait_for
from tests.site.sites import serving

pytestmark = pytest.mark.browser

INVOKE, PICTURE, RAISES, TOTAL = 3, 4, 5, 6


@pytest.fixture(scope="module")
def live_pages(root: Path) -> Iterator[str]:
    with serving(build_live_pages(root)) as address:
        yield address


@pytest.fixture
def lesson(live_pages: str) -> str:
    return f"{live_pages}lambda.html"


def test_nothing_of_the_runner_but_one_small_script_is_fetched_before_the_first_click(
    visit: Visit, live_pages: str, lesson: str
) -> None:
    # GIVEN a reader who only reads
    visitor = visit(f"{live_pages}plain.html")
    requested: list[str] = []
    visitor.page.on("request", lambda request: requested.append(urlsplit(request.url).path))
    visitor.go(lesson)
    visitor.page.wait_for_load_state("networkidle")
    # THEN the page has fetched the script and the style of the runner, nothing else of it
    assert sorted(path for path in requested if path.startswith("/_live/")) == ["/_live/live.css", "/_live/live.js"]
    assert visitor.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    script = visitor.page.request.get(f"{live_pages}_live/live.js").body()
    assert len(gzip.compress(script)) < 10_000


def test_a_page_without_cells_does_not_load_the_runner(visit: Visit, live_pages: str) -> None:
    visitor = visit(f"{live_pages}plain.html")
    assert visitor.page.locator("script[src*='_live']").count() == 0


def test_earlier_cells_run_first_and_outputs_equal_the_built_ones(visit: Visit, lesson: str) -> None:
    # GIVEN a page nobody has run, and the outputs that the book built
    page = visit(lesson).page
    built = [output(page, number).inner_text().strip() for number in (1, 2, INVOKE)]
    # WHEN the reader runs the third cell
    run(page, INVOKE)
    # THEN the two above it have run as well, and each output is new and says the same
    assert [cell(page, number).get_attribute("data-live") for number in (1, 2, INVOKE)] == ["done"] * 3
    assert [output(page, number).inner_text().strip() for number in (1, 2, INVOKE)] == built
    assert output(page, INVOKE).evaluate("(element) => element.classList.contains('live-output')")
    # AND those below have not
    assert cell(page, TOTAL).get_attribute("data-live") is None


def test_the_timeline_is_drawn_in_the_page(visit: Visit, lesson: str) -> None:
    page = visit(lesson).page
    run(page, PICTURE)
    picture = output(page, PICTURE).locator("svg").first
    assert picture.is_visible()
    assert "RetriesExhausted" in (picture.text_content() or "")


def test_an_edit_runs_and_is_kept_and_reset_brings_the_book_back(visit: Visit, lesson: str) -> None:
    # GIVEN a reader who changes a cell and runs it from the keyboard
    visitor = visit(lesson)
    page = visitor.page
    built = output(page, TOTAL).inner_text()
    type_into_editor(page, TOTAL, "answer['StatusCode'] + 1")
    page.keyboard.press("Control+Enter")
    # THEN the output is that of the changed cell
    wait_for(page, TOTAL, "done")
    expect(output(page, TOTAL)).to_have_text("201")
    # AND after a reload the edit is there, without the editor, and runs
    visitor.go(lesson)
    assert "answer['StatusCode'] + 1" in cell(page, TOTAL).locator(".cell_input pre").inner_text()
    assert cell(page, TOTAL).locator(".live-state").inner_text() == "your edit"
    run(page, TOTAL)
    expect(output(page, TOTAL)).to_have_text("201")
    # WHEN it is reset
    cell(page, TOTAL).get_by_role("button", name="Reset").click()
    # THEN code and output are the book's, now and after a reload
    assert "sum(n" in cell(page, TOTAL).locator(".cell_input pre").inner_text()
    assert output(page, TOTAL).inner_text() == built
    visitor.go(lesson)
    assert "sum(n" in cell(page, TOTAL).locator(".cell_input pre").inner_text()


def test_an_error_marks_its_line_with_and_without_the_editor(visit: Visit, lesson: str) -> None:
    page = visit(lesson).page
    # GIVEN a cell that the author wrote to raise
    run(page, RAISES, "failed")
    # THEN its line is marked in the book's code, and the error names it
    band = cell(page, RAISES).locator(".live-line-mark")
    line = cell(page, RAISES).locator(".cell_input pre")
    assert band.count() == 1
    assert band.bounding_box()["y"] - line.bounding_box()["y"] < line.bounding_box()["height"] / 2  # type: ignore[index]
    assert output(page, RAISES).locator(".live-failure-title").inner_text() == "ResourceNotFoundException in line 1"
    # WHEN the reader breaks the third line of another cell
    type_into_editor(page, TOTAL, "one = 1\ntwo = 2\nthree = two / (one - 1)\n")
    page.keyboard.press("Control+Enter")
    wait_for(page, TOTAL, "failed")
    # THEN the editor marks that line, for the eye and for screen readers, and the page says so once
    marked = cell(page, TOTAL).locator(".live-failed-line")
    assert marked.inner_text() == "three = two / (one - 1)"
    assert marked.get_attribute("aria-invalid") == "true"
    expect(page.get_by_role("status").last).to_have_text("Cell 6: ZeroDivisionError: division by zero in line 3.")
    # AND changing the line takes the mark away
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    page.keyboard.type("  # better")
    expect(marked).to_have_count(0)


def test_stop_ends_an_endless_loop_and_the_next_run_starts_again(visit: Visit, lesson: str) -> None:
    page = visit(lesson).page
    # GIVEN a loop that never gives control back
    type_into_editor(page, TOTAL, "print('looping')\nwhile True: pass")
    page.keyboard.press("Control+Enter")
    expect(output(page, TOTAL)).to_contain_text("looping", timeout=PATIENCE)
    # WHEN the reader stops it
    cell(page, TOTAL).get_by_role("button", name="Stop").click()
    # THEN the cell says so, and keeps what it had printed
    wait_for(page, TOTAL, "stopped")
    expect(output(page, TOTAL)).to_contain_text("looping")
    # AND a new Python runs what the next cell needs
    cell(page, TOTAL).get_by_role("button", name="Reset").click()
    run(page, TOTAL)
    expect(output(page, TOTAL)).to_have_text("total 6 200")


def test_the_first_cell_can_be_run_again(visit: Visit, lesson: str) -> None:
    # GIVEN a page that was run to its end
    page = visit(lesson).page
    run(page, INVOKE)
    # WHEN the first cell, which starts the cloud, is run with another seed, and then the others
    type_into_editor(
        page,
        1,
        "import json, boto3, lambdalab\ncloud = lambdalab.start(seed=8)\nclient = boto3.client('lambda')\ncloud",
    )
    page.keyboard.press("Control+Enter")
    expect(output(page, 1)).to_contain_text("seed 8", timeout=PATIENCE)
    run(page, INVOKE)
    # THEN nothing of the first run is in the way
    expect(output(page, INVOKE)).to_contain_text("{'double': 42}")


def test_everything_works_from_the_keyboard(visit: Visit, lesson: str) -> None:
    visitor = visit(lesson)
    page = visitor.page
    # GIVEN the reader tabs to a Run button and presses it
    visitor.tab_to(".live-cell .live-run")
    visitor.press("Enter")
    wait_for(page, 1, "done")
    # WHEN they tab on to Edit, write, and leave with Escape
    visitor.tab_to(".live-edit")
    visitor.press("Enter")
    expect(cell(page, 1).locator(".cm-content")).to_be_focused(timeout=PATIENCE)
    visitor.press("Control+End")
    page.keyboard.type(".now.year")
    visitor.press("Escape")
    # THEN they are at the Run button of that cell
    expect(cell(page, 1).get_by_role("button", name="Run")).to_be_focused()
    # AND Shift+Enter runs the cell and moves to the next
    visitor.press("Shift+Enter")
    expect(cell(page, 2).get_by_role("button", name="Run")).to_be_focused()
    expect(output(page, 1)).to_have_text("2026", timeout=PATIENCE)


def test_cells_that_run_elsewhere_say_so_and_have_no_buttons(visit: Visit, lesson: str) -> None:
    page = visit(lesson).page
    for tag, words in (("notebook", "Runs in JupyterLab"), ("local", "Runs on your machine")):
        elsewhere = page.locator(f".cell.tag_{tag}")
        assert words in elsewhere.locator(".cell-badge").inner_text()
        assert elsewhere.locator("button.live-button").count() == 0
        assert "made" in elsewhere.locator(".cell_output").inner_text()


def test_the_page_reads_fine_without_javascript(visit: Visit, lesson: str) -> None:
    page = visit(lesson, javascript=False).page
    assert page.locator(".live-button").count() == 0
    assert "{'double': 42}" in page.locator(".cell").nth(2).locator(".cell_output").inner_text()
    assert page.locator(".cell_output svg").first.is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_in_use_is_accessible_and_fits(visit: Visit, lesson: str, theme: str, width: int, root: Path) -> None:
    # GIVEN a page with an open editor, an error, a picture and outputs made in the page
    visitor = visit(lesson, theme=theme, width=width)
    page = visitor.page
    run(page, RAISES, "failed")
    type_into_editor(page, TOTAL, "total = 6\nprint('total', total / (total - 6))")
    page.keyboard.press("Control+Enter")
    wait_for(page, TOTAL, "failed")
    # THEN nothing is wider than the window, and axe-core finds nothing
    shots = root / "_build" / "screenshots"
    shots.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=shots / f"live-cells-{theme}-{width}.png", full_page=True)
    assert visitor.overflow() == []
    assert visitor.axe(axe_source(root)) == []
