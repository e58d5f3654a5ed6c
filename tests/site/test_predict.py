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


def test_what_a_cell_printed_waits_for_the_choice(visit: Visit, sample: str) -> None:
    """GIVEN a prediction before a cell WHEN the reader chooses THEN the built output shows, and shows on return."""
    visitor = visit(sample)
    output, said = visitor.page.get_by_text("it ran 3 times"), visitor.page.get_by_text("Lambda ran it three times.")
    assert not output.is_visible()
    assert not said.is_visible()
    visitor.focus_before("#predict-retries")
    visitor.tab_to("#predict-retries input")
    visitor.press("Space")
    assert output.is_visible()
    assert said.is_visible()
    visitor.page.reload()
    assert output.is_visible()
    assert visitor.page.locator(".veil").count() == 0


def test_who_does_not_want_to_guess_asks_for_the_output(visit: Visit, sample: str) -> None:
    visitor = visit(sample)
    visitor.focus_before("#predict-retries")
    visitor.tab_to(".veil")
    visitor.press("Enter")
    assert visitor.page.get_by_text("it ran 3 times").is_visible()
    assert not visitor.page.locator(".observe-compare").is_visible()


def test_a_run_shows_its_output_without_a_choice(visit: Visit, sample: str) -> None:
    """GIVEN a held back output WHEN another output comes into the cell, as from a run THEN nothing is held back."""
    visitor = visit(sample)
    visitor.page.evaluate(
        """() => {
            const output = document.createElement("div");
            output.className = "cell_output";
            document.querySelector(".cell").append(output);
        }"""
    )
    visitor.page.locator(".veil").first.wait_for(state="detached")
    assert visitor.page.locator("[data-veiled]").count() == 0


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
    assert visitor.page.get_by_text("it ran 3 times").is_visible()
    assert visitor.page.get_by_text("Lambda ran it three times.").is_visible()
    visitor.page.locator("#predict-inside summary").focus()
    visitor.press("Enter")
    assert visitor.page.get_by_text("To nobody, unless you ask for it.").is_visible()
