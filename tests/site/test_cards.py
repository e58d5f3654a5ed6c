"""The flashcards, operated by keyboard alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.site.conftest import Visit
from tests.site.visitor import Visitor

pytestmark = pytest.mark.browser
BLOCKED = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("blocked", "SecurityError"); }
});"""


def front(visitor: Visitor) -> str:
    return visitor.page.locator(".card-face").first.inner_text()


def kept(visitor: Visitor) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(visitor.page.evaluate("localStorage.getItem('lambdalab.cards')"))
    return found


def test_a_whole_deck_by_keyboard(visit: Visit, sample: str) -> None:
    """GIVEN two new cards WHEN each is flipped with Space and rated with a digit THEN all is kept."""
    visitor = visit(sample)
    visitor.focus_before(".cards-player")
    visitor.tab_to(".card-flip")
    assert front(visitor).startswith("How often")
    visitor.press("Space")
    assert visitor.page.locator(".card-answer").inner_text() == "Three times, with waits of 1 and 2 minutes."
    assert visitor.page.locator(".card-ratings button").all_inner_texts()[3].startswith("4 Easy")
    visitor.press("4")
    assert front(visitor) == "Which status answers an event?"
    assert "Comes back in" in visitor.page.locator(".cards-status").inner_text()
    visitor.press("Space", "4")
    assert front(visitor).startswith("Nothing to repeat now.")
    assert set(kept(visitor)) == {"sample-retries", "sample-status"}
    assert [review["rating"] for review in kept(visitor)["sample-retries"]["reviews"]] == [4]


def test_reviews_outlive_the_page(visit: Visit, sample: str) -> None:
    visitor = visit(sample)
    visitor.focus_before(".cards-player")
    visitor.tab_to(".card-flip")
    visitor.press("Space", "4")
    visitor.page.reload()
    assert front(visitor) == "Which status answers an event?"
    assert visitor.page.locator(".cards-progress").inner_text() == "0 to repeat, 1 new, 2 in this deck"


def test_a_card_that_is_due_comes_first(visit: Visit, sample: str) -> None:
    """GIVEN the second card was forgotten WHEN eleven minutes pass THEN it comes before the new one."""
    visitor = visit(sample)
    visitor.page.clock.install()
    visitor.page.reload()
    visitor.focus_before(".cards-player")
    visitor.tab_to(".card-flip")
    visitor.press("Space", "1")
    assert front(visitor) == "Which status answers an event?"
    visitor.page.clock.fast_forward("11:00")
    visitor.page.reload()
    assert front(visitor).startswith("How often")


def test_keys_do_nothing_before_the_answer_shows(visit: Visit, sample: str) -> None:
    visitor = visit(sample)
    visitor.focus_before(".cards-player")
    visitor.tab_to(".card-flip")
    visitor.press("3")
    assert front(visitor).startswith("How often")
    assert visitor.page.evaluate("localStorage.getItem('lambdalab.cards')") is None


def test_reviews_can_be_downloaded(visit: Visit, sample: str, tmp_path: Path) -> None:
    visitor = visit(sample)
    visitor.focus_before(".cards-player")
    visitor.tab_to(".card-flip")
    visitor.press("Space", "2")
    visitor.tab_to(".cards-more button")
    with visitor.page.expect_download() as download:
        visitor.press("Enter")
    download.value.save_as(tmp_path / "reviews.json")
    saved = json.loads((tmp_path / "reviews.json").read_text(encoding="utf-8"))
    assert saved == {"format": "lambdalab cards 1", "cards": kept(visitor)}


def test_blocked_storage(visit: Visit, sample: str) -> None:
    """GIVEN a browser that keeps nothing WHEN a card is rated THEN the review goes on, and the page says so."""
    visitor = visit(sample)
    visitor.page.add_init_script(BLOCKED)
    visitor.page.reload()
    visitor.focus_before(".cards-player")
    visitor.tab_to(".card-flip")
    visitor.press("Space", "4")
    assert front(visitor) == "Which status answers an event?"
    assert "Your browser keeps nothing" in visitor.page.locator(".cards-status").inner_text()


def test_all_cards_can_be_read_without_reviewing(visit: Visit, sample: str) -> None:
    visitor = visit(sample)
    visitor.focus_before(".cards-all")
    visitor.tab_to(".cards-all > summary")
    visitor.press("Enter")
    assert visitor.page.locator(".cards-all details[data-card]").count() == 2
