"""What the runner says and does where something is missing: memory, storage, the network, a server at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.site.conftest import Visit
from tests.site.live_pages import PATIENCE, build_live_pages, cell, output, run, type_into_editor
from tests.site.sites import serving

pytestmark = pytest.mark.browser

TOTAL = 6
NO_STORAGE = """
    const refuse = { get() { throw new DOMException("blocked", "SecurityError"); } };
    Object.defineProperty(window, "localStorage", refuse);
    Object.defineProperty(navigator, "serviceWorker", refuse);
"""
SMALL_DEVICE = "Object.defineProperty(navigator, 'deviceMemory', { get: () => 1 });"
NO_MEMORY = "WebAssembly.Memory = function () { throw new RangeError('could not allocate memory'); };\n"


@pytest.fixture(scope="module")
def live_pages(root: Path) -> Iterator[str]:
    with serving(build_live_pages(root)) as address:
        yield address


def press_run(page: Page, number: int) -> None:
    cell(page, number).get_by_role("button", name="Run").click()


def test_cells_run_where_storage_and_service_workers_are_blocked(visit: Visit, live_pages: str) -> None:
    # GIVEN a browser that refuses both
    visitor = visit(f"{live_pages}plain.html")
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.add_init_script(NO_STORAGE)
    visitor.go(f"{live_pages}lambda.html")
    # WHEN the reader edits and runs a cell
    type_into_editor(visitor.page, 1, "'ran without storage'")
    run(visitor.page, 1)
    # THEN it runs, and the page has said how long the edit is kept
    expect(output(visitor.page, 1)).to_have_text("'ran without storage'")
    type_into_editor(visitor.page, 1, "'again'")
    expect(cell(visitor.page, 1).locator(".live-state")).to_have_text(
        "edited; this browser keeps it only while the page is open"
    )


def test_a_device_that_tells_little_memory_is_told_and_may_try(visit: Visit, live_pages: str) -> None:
    visitor = visit(f"{live_pages}plain.html")
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.add_init_script(SMALL_DEVICE)
    visitor.go(f"{live_pages}lambda.html")
    # WHEN the reader presses Run
    press_run(visitor.page, 1)
    # THEN nothing is loaded, and a message says why
    notice = visitor.page.get_by_role("alert")
    expect(notice).to_contain_text("too little free memory")
    assert cell(visitor.page, 1).get_attribute("data-live") is None
    # AND they can try all the same
    notice.get_by_role("button", name="Try anyway").click()
    expect(cell(visitor.page, 1)).to_have_attribute("data-live", "done", timeout=PATIENCE)
    expect(notice).to_have_count(0)


def test_memory_that_cannot_be_had_is_a_clear_message(visit: Visit, live_pages: str) -> None:
    # GIVEN a browser that has no room for Python's memory
    visitor = visit(f"{live_pages}plain.html")
    visitor.page.wait_for_load_state("networkidle")

    def starve(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=NO_MEMORY + response.text())

    visitor.page.route("**/_live/worker-*.js", starve)
    visitor.page.add_init_script(NO_STORAGE)  # a service worker would answer in the server's place
    visitor.go(f"{live_pages}lambda.html")
    press_run(visitor.page, 1)
    # THEN the reader is told, the built output stays, and Run can be pressed again
    expect(visitor.page.get_by_role("alert")).to_contain_text("too little free memory", timeout=PATIENCE)
    assert "lambdalab cloud" in output(visitor.page, 1).inner_text()
    assert cell(visitor.page, 1).locator(".live-state").inner_text() == "not run"


def test_the_load_shows_how_far_it_is_and_a_lost_connection_is_told(browser: Browser, live_pages: str) -> None:
    # GIVEN a connection that breaks while the packages load
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(NO_STORAGE)
    held: list[Route] = []
    page.route("**/_live/packages-*.packed", lambda route: held.append(route))
    page.goto(f"{live_pages}lambda.html")
    press_run(page, 1)
    # THEN the bar stands between nothing and everything, in bytes known beforehand
    bar = page.get_by_role("progressbar", name="Loading Python")
    expect(bar).to_be_visible()
    expect(bar).not_to_have_js_property("value", 0, timeout=PATIENCE)
    text = page.locator(".live-load").inner_text()
    assert "Loading Python, boto3 and moto:" in text
    assert text.endswith(" MB")
    # WHEN it breaks
    held[0].abort()
    # THEN the reader is told, and the next try works
    expect(page.get_by_role("alert")).to_contain_text("the site does not answer", timeout=PATIENCE)
    expect(bar).to_have_count(0)
    page.unroute("**/_live/packages-*.packed")
    run(page, 1)
    context.close()


def test_a_page_older_than_the_site_asks_for_a_reload(browser: Browser, live_pages: str) -> None:
    # GIVEN a deployment that has replaced a file which the open page knows
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(NO_STORAGE)
    page.route("**/_live/course-*.packed", lambda route: route.fulfill(status=404))
    page.goto(f"{live_pages}lambda.html")
    press_run(page, TOTAL)
    expect(page.get_by_role("alert")).to_contain_text("Reload the page", timeout=PATIENCE)
    context.close()


def test_a_page_from_a_file_says_how_to_serve_it(browser: Browser, live_pages: str, root: Path) -> None:
    # GIVEN the site unpacked on a disk and opened without a server
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((build_live_pages(root) / "lambda.html").as_uri())
    press_run(page, 1)
    # THEN the reader is told what to type
    expect(page.get_by_role("alert")).to_contain_text("python3 -m http.server --bind 127.0.0.1")
    assert errors == []
    context.close()
