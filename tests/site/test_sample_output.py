"""What the directives write, read from the built page without a browser."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag


@pytest.fixture(scope="session")
def document(sample_site: Path) -> BeautifulSoup:
    return BeautifulSoup((sample_site / "book" / "directives.html").read_text(encoding="utf-8"), "html.parser")


def one(document: BeautifulSoup | Tag, selector: str) -> Tag:
    (found,) = document.select(selector)
    return found


def test_every_question_is_a_fieldset_with_a_legend_and_labelled_controls(document: BeautifulSoup) -> None:
    forms = document.select("form.quiz-item")
    assert [form["data-kind"] for form in forms] == ["single", "multiple", "numeric", "order", "code", "parsons"]
    for form in forms:
        assert one(form, "fieldset > legend .quiz-question").get_text(strip=True)
        for control in form.select("input"):
            labels = form.select(f"label[for='{control.get('id')}']") or [control.find_parent("label")]
            assert labels[0] is not None
            assert labels[0].get_text(strip=True)


def test_without_javascript_every_question_and_card_shows_its_answer_in_details(document: BeautifulSoup) -> None:
    for form in document.select("form.quiz-item"):
        assert one(form, "details.quiz-answer > summary").get_text() == "Answer"
        assert not form.select("button"), "a button that does nothing without JavaScript"
    assert "One attempt and two retries." in one(document, "form#quiz-sample-retry-count details").get_text()
    assert one(document, "details[data-card='sample-status'] .card-back").get_text() == "202"


def test_every_option_has_feedback_of_its_own(document: BeautifulSoup) -> None:
    for form in document.select("form.quiz-item"):
        texts = [feedback.get_text() for feedback in form.select(".answer-feedback")]
        assert len(texts) == len(set(texts)) >= 2


def test_code_keeps_its_quotes(document: BeautifulSoup) -> None:
    """GIVEN smart quotes in prose WHEN a program line is shown THEN its quotes are Python's."""
    assert "return event['n'] * 2" in [line.get_text() for line in document.select(".quiz-lines .step-text")]


def test_steps_are_shuffled(document: BeautifulSoup) -> None:
    for steps in document.select(".quiz-steps"):
        assert [item["data-step"] for item in steps.select("li")] != sorted(
            item["data-step"] for item in steps.select("li")
        )


def test_the_diagram_has_its_text_alternative_and_two_drawings(document: BeautifulSoup) -> None:
    image = one(document, "figure.flow [role=img]")
    assert str(image["aria-label"]).startswith("A program sends an event")
    assert [svg["class"] for svg in image.select("svg")] == [["flow-lying"], ["flow-standing"]]
    assert all(svg["aria-hidden"] == "true" for svg in image.select("svg"))


def test_the_picture_was_drawn_by_the_engine(document: BeautifulSoup) -> None:
    assert one(document, "figure.picture")["aria-label"] == "One invocation."
    assert document.select("figure.picture svg")


def test_scripts_come_only_where_they_are_used(sample_site: Path, document: BeautifulSoup) -> None:
    def scripts(page: BeautifulSoup) -> set[str]:
        return {str(script["src"]).split("?")[0].rsplit("/", 1)[1] for script in page.select("script[src]")}

    index = BeautifulSoup((sample_site / "book" / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert {"quiz.js", "cards.js", "predict.js"} <= scripts(document)
    assert not {"quiz.js", "cards.js", "predict.js"} & scripts(index)
    assert not {"fontawesome.js", "bootstrap.js", "sphinx-thebe.js", "embed.js"} & scripts(document)


def test_the_deck_is_in_the_site(sample_site: Path, document: BeautifulSoup) -> None:
    link = one(document, ".cards-more a[download]")
    deck = (sample_site / "book" / str(link["href"])).resolve()
    assert "collection.anki2" in zipfile.ZipFile(deck).namelist()
