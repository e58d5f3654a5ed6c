"""Predictions: chosen by keyboard, kept, and compared."""

from __future__ import annotations

import pytest

from tests.site.conftest import Visit

pytestmark = pytest.mark.browser


def test_a_wrong_prediction_is_kept_and_compared(visit: Visit, sample: str) -> None:
    """GIVEN a question WHEN "twice" is chosen THEN {observe} shows it beside what happened, also after a reload."""
    visitor = visit(sample)
    compare = visitor.page.locator(".observe[data-name=retries] .observe-compare")
    assert not compare.is_visible()
    visitor.focus_before("#predict-retries")
    visitor.tab_to("#predict-retries input")
    visitor.press("Space", "ArrowDown")
    expected = "You predicted “twice, with MaximumRetryAttempts at one”. It was “three times”."
    assert compare.inner_text() == expected
    visitor.page.reload()
    assert compare.inner_text() == expected
    assert visitor.page.locator("#predict-retries input:checked").get_attribute("value") == "2"


def test_a_right_prediction(visit: Visit, sample: str) -> None:
    visitor = visit(sample)
    visitor.focus_before("#predict-retries")
    visitor.tab_to("#predict-retries input")
    visitor.press("ArrowUp")
    assert visitor.page.locator(".observe-compare").inner_text() == "You predicted “three times”, and so it was."


def test_what_stands_inside_opens_with_the_choice(visit: Visit, sample: str) -> None:
    visitor = visit(sample)
    reveal = visitor.page.get_by_text("To nobody, unless you ask for it.")
    assert not reveal.is_visible()
    visitor.focus_before("#predict-inside")
    visitor.tab_to("#predict-inside input")
    visitor.press("Space")
    assert reveal.is_visible()
    assert visitor.page.locator("#predict-inside .predict-status").inner_text() == "That is what happens."


def test_without_javascript(visit: Visit, sample: str) -> None:
    visitor = visit(sample, javascript=False)
    assert visitor.page.get_by_text("Lambda ran it three times.").is_visible()
    visitor.page.locator("#predict-inside summary").focus()
    visitor.press("Enter")
    assert visitor.page.get_by_text("To nobody, unless you ask for it.").is_visible()
