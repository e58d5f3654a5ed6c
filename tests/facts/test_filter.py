"""`facts.js` in a browser: filters of the appendices, by keyboard, and the source of a number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .small_book import Book

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One Chromium for this module."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that fails the test when a script of it does."""
    opened = browser.new_page(viewport={"width": 1000, "height": 800})
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    opened.close()
    assert problems == []


def visit(page: Page, book: Book, name: str) -> None:
    page.goto((book.out / f"{name}.html").as_uri())


def test_the_errata_are_filtered_by_topic_verdict_and_words(page: Page, book: Book) -> None:
    # GIVEN the errata, with every claim shown
    visit(page, book, "errata")
    wrong, correct, count = page.locator("#c001"), page.locator("#c002"), page.get_by_role("status")
    expect(count).to_have_text("3 of 3 claims")

    # WHEN a topic is chosen, THEN only its claims and its heading stay
    page.get_by_label("Topic").select_option("async")
    expect(wrong).to_be_visible()
    expect(correct).to_be_hidden()
    expect(page.get_by_role("heading", name="What it costs")).to_be_hidden()
    expect(count).to_have_text("1 of 3 claims")

    # WHEN all are shown again and a verdict is chosen, THEN only claims of that verdict stay
    page.get_by_role("button", name="Show all").click()
    expect(count).to_have_text("3 of 3 claims")
    page.get_by_label("Verdict").select_option("correct")
    expect(wrong).to_be_hidden()

    # WHEN words are looked for that stand in no claim of it, THEN none stays
    page.get_by_label("Words").fill("minute RECORDING")
    expect(count).to_have_text("0 of 3 claims")


def test_what_is_filtered_stands_in_the_address(page: Page, book: Book) -> None:
    # GIVEN the errata on a server
    page.route(
        "http://book.test/**", lambda route: route.fulfill(path=book.out / urlsplit(route.request.url).path.lstrip("/"))
    )
    page.goto("http://book.test/errata.html")

    # WHEN they are filtered
    page.get_by_label("Topic").select_option("pricing")
    page.get_by_label("Words").fill("a")

    # THEN the address says so, and whoever opens it sees the same
    expect(page).to_have_url("http://book.test/errata.html?topic=pricing&words=a")
    page.reload()
    expect(page.get_by_label("Topic")).to_have_value("pricing")
    expect(page.locator("#c001")).to_be_hidden()

    # WHEN all are shown again, or the address asks for what there is not, THEN nothing is filtered
    page.get_by_role("button", name="Show all").click()
    expect(page).to_have_url("http://book.test/errata.html")
    page.goto("http://book.test/errata.html?topic=nonsense")
    expect(page.get_by_role("status")).to_have_text("3 of 3 claims")


def test_the_filter_is_used_by_keyboard(page: Page, book: Book) -> None:
    visit(page, book, "errata")
    page.get_by_label("Topic").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("million")
    page.keyboard.press("Enter")
    expect(page.locator("#c001")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#c001")).to_be_visible()


def test_a_link_to_a_hidden_claim_still_leads_there(page: Page, book: Book) -> None:
    visit(page, book, "errata")
    page.get_by_label("Words").fill("million")
    expect(page.locator("#c001")).to_be_hidden()
    page.evaluate("location.hash = 'c001'")
    expect(page.locator("#c001")).to_be_visible()


def test_a_page_opened_at_a_claim_shows_it(page: Page, book: Book) -> None:
    # GIVEN a window too low for the whole page
    page.set_viewport_size({"width": 1000, "height": 300})

    # WHEN the page is opened at the last claim
    page.goto((book.out / "errata.html").as_uri() + "#c003")

    # THEN that claim is in the window, below the form
    expect(page.locator("#c003")).to_be_in_viewport()
    form, claim = page.locator("form.fact-filter").bounding_box(), page.locator("#c003").bounding_box()
    assert form is not None
    assert claim is not None
    assert claim["y"] >= form["y"] + form["height"]


@pytest.mark.parametrize("width", [390, 1000])
def test_numbers_and_coverage_are_filtered_on_any_screen(page: Page, book: Book, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    visit(page, book, "numbers")
    page.get_by_label("Words").fill("service model")
    expect(page.locator("#quota-event_age")).to_be_visible()
    expect(page.locator("#quota-memory_max")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    visit(page, book, "coverage")
    page.get_by_label("State").select_option("coming")
    expect(page.locator("ol.coverage > li:visible")).to_have_count(0)


def test_a_number_shows_its_source_until_escape(page: Page, book: Book) -> None:
    # GIVEN a number that has the focus
    visit(page, book, "chapter")
    source = page.get_by_role("tooltip").first
    page.locator(".quota-value").first.focus()
    expect(source).to_be_visible()

    # WHEN Escape is pressed, THEN the source goes and the focus stays
    page.keyboard.press("Escape")
    expect(source).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "quota-value"


def test_without_scripts_everything_is_there(browser: Browser, book: Book) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    visit(page, book, "errata")
    expect(page.locator("#c001")).to_be_visible()
    expect(page.locator("#c002")).to_be_visible()
    expect(page.locator("form.fact-filter")).to_be_hidden()
    context.close()
