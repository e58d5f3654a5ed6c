"""The quiz, operated by keyboard alone."""

from __future__ import annotations

import pytest

from tests.site.conftest import Visit
from tests.site.visitor import Visitor

pytestmark = pytest.mark.browser


def feedback(visitor: Visitor, item: str) -> str:
    return visitor.page.locator(f"#quiz-sample-{item} .quiz-feedback").inner_text()


def check(visitor: Visitor, item: str) -> str:
    visitor.tab_to(f"#quiz-sample-{item} button[type=submit]")
    visitor.press("Enter")
    return feedback(visitor, item)


def test_single_choice(visit: Visit, sample: str) -> None:
    """GIVEN a question WHEN a wrong, then the right option is chosen with the arrow keys THEN each says its own."""
    visitor = visit(sample)
    visitor.focus_before("#quiz-sample-retry-count")
    visitor.tab_to("#quiz-sample-retry-count input")
    visitor.press("Space")
    assert check(visitor, "retry-count") == "Not yet. An event is kept and tried again."
    visitor.tab_to("#quiz-sample-retry-count input", backwards=True)
    visitor.press("ArrowDown")
    assert feedback(visitor, "retry-count") == "", "feedback on another choice must not stay"
    assert check(visitor, "retry-count") == "Right. One attempt and two retries."


def test_checking_nothing_asks_for_an_answer(visit: Visit, sample: str) -> None:
    visitor = visit(sample)
    visitor.focus_before("#quiz-sample-retry-count")
    assert check(visitor, "retry-count") == "Choose an answer first."


def test_several_choices(visit: Visit, sample: str) -> None:
    """GIVEN two right options WHEN one, then both, then a wrong one too are marked THEN what is off is named."""
    visitor = visit(sample)
    item = "#quiz-sample-destinations"
    visitor.focus_before(item)
    visitor.tab_to(f"{item} input[value='0']")
    visitor.press("Space")
    assert "One right answer is missing." in check(visitor, "destinations")
    visitor.tab_to(f"{item} input[value='1']", backwards=True)
    visitor.press("Space")
    assert check(visitor, "destinations").startswith("Right.")
    visitor.tab_to(f"{item} input[value='2']", backwards=True)
    visitor.press("Space")
    said = check(visitor, "destinations")
    assert said.startswith("Not yet.")
    assert "A DynamoDB table: There is no such destination." in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("3", "Right. One minute, then two."),
        ("3,0", "Right. One minute, then two."),
        ("2", "Not yet. That is the second wait alone."),
        ("7", "Not yet. Add the two waits."),
        ("three", "That is not a number."),
    ],
)
def test_number(visit: Visit, sample: str, typed: str, said: str) -> None:
    visitor = visit(sample)
    visitor.focus_before("#quiz-sample-total-wait")
    visitor.tab_to("#quiz-sample-total-wait-field")
    visitor.page.keyboard.type(typed)
    visitor.press("Enter")
    assert feedback(visitor, "total-wait") == said


def move(visitor: Visitor, item: str, step: int, label: str, times: int = 1) -> None:
    """Press a step's button `times` times, reached by Tab from above the question."""
    visitor.focus_before(f"#quiz-sample-{item}")
    visitor.tab_to(f"#quiz-sample-{item} [data-step='{step}'] button[aria-label^='{label}']")
    visitor.press(*["Enter"] * times)


def test_steps_in_order(visit: Visit, sample: str) -> None:
    """GIVEN shuffled steps WHEN they are moved into order THEN moves are announced and the order is right."""
    visitor = visit(sample)
    visitor.focus_before("#quiz-sample-life")
    assert check(visitor, "life").startswith("Not yet. ")
    for step in (2, 1, 0):
        move(visitor, "life", step, "Move up", times=2)
        assert visitor.page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Move up")
    assert feedback(visitor, "life") == "Lambda answers 202: position 1 of 3"
    assert check(visitor, "life").startswith("Right.")


def test_program_lines(visit: Visit, sample: str) -> None:
    """GIVEN lines and a distractor WHEN used wrongly, unindented, then rightly THEN each step has its feedback."""
    visitor = visit(sample)
    for step in (1, 0):
        move(visitor, "double", step, "Move up", times=3)
    move(visitor, "double", 3, "Leave out")
    assert "does not belong. A dictionary has no attribute n." in check(visitor, "double")
    move(visitor, "double", 2, "Leave out")
    assert "is not indented right. It belongs to the function." in check(visitor, "double")
    move(visitor, "double", 1, "Indent more")
    assert check(visitor, "double").startswith("Right.")
    move(visitor, "double", 1, "Leave out")
    assert "is needed. It belongs to the function." in check(visitor, "double")


def test_lines_with_the_same_words_stand_for_each_other(visit: Visit, sample: str) -> None:
    """GIVEN a line and a distractor that differ in indentation only WHEN the distractor is indented THEN right."""
    visitor = visit(sample)
    for step in (3, 0):
        move(visitor, "double", step, "Move up", times=3)
    for step in (1, 2):
        move(visitor, "double", step, "Leave out")
    move(visitor, "double", 3, "Indent more")
    assert check(visitor, "double").startswith("Right.")


def test_the_answer_can_be_shown_after_a_try(visit: Visit, sample: str) -> None:
    visitor = visit(sample)
    answer = visitor.page.locator("#quiz-sample-warm .quiz-answer")
    assert not answer.is_visible()
    visitor.focus_before("#quiz-sample-warm")
    visitor.tab_to("#quiz-sample-warm input")
    visitor.press("Space")
    assert check(visitor, "warm") == "Not yet. The environment is used again."
    visitor.tab_to("#quiz-sample-warm .button-quiet")
    visitor.press("Enter")
    assert answer.is_visible()


def test_feedback_is_a_live_region(visit: Visit, sample: str) -> None:
    visitor = visit(sample)
    assert visitor.page.locator("form.quiz-item .quiz-feedback[role=status]").count() == 6


def test_without_javascript_answers_open(visit: Visit, sample: str) -> None:
    """GIVEN no JavaScript WHEN the summary is pressed THEN the answer shows, and nothing else pretends to work."""
    visitor = visit(sample, javascript=False)
    answer = visitor.page.locator("#quiz-sample-retry-count details.quiz-answer")
    answer.locator("summary").focus()
    visitor.press("Enter")
    assert "One attempt and two retries." in answer.inner_text()
    assert visitor.page.locator("main button:visible").count() == 0
