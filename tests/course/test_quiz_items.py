"""Quiz data: what is refused and how it is said, and the comparison with the engine's answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import quiz_items
import yaml
from sphinx.errors import ExtensionError

OPTIONS = [
    {"text": "Once", "value": 1, "feedback": "No."},
    {"text": "Twice", "value": 2, "feedback": "Yes.", "right": True},
]
STEPS = [{"text": "a", "feedback": "First."}, {"text": "b", "feedback": "Second."}]
SINGLE = {"id": "one", "kind": "single", "question": "?", "options": OPTIONS}


def load(folder: Path, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    path = folder / "chapter.yml"
    path.write_text(yaml.safe_dump({"items": list(items), **more}), encoding="utf-8")
    return quiz_items.load(path)


def ask(folder: Path, item: dict[str, Any], **more: Any) -> None:
    quiz_items.check_against_engine(folder / "chapter.yml", load(folder, item, **more))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"kind": "essay"}, "kind is one of single, multiple"),
        ({"question": ""}, "question"),
        ({"options": OPTIONS[:1]}, "options"),
        ({"options": [{"text": "Once"}, OPTIONS[1]]}, "'feedback' is a required property"),
        ({"options": [OPTIONS[0], {**OPTIONS[0], "text": "Never"}]}, "0 options are marked right"),
        ({"options": [OPTIONS[1], {**OPTIONS[1], "text": "Two"}]}, "2 options are marked right"),
        ({"options": [OPTIONS[1], {**OPTIONS[0], "text": "Twice"}]}, "two options have the same text"),
        ({"answer": 3}, "'answer' was unexpected"),
        ({"id": "No Spaces"}, "does not match"),
        ({"claim": "claim 7"}, "does not match"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_item(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ExtensionError) as refusal:
        load(tmp_path, {**SINGLE, **change})
    assert str(refusal.value).startswith(f"{tmp_path / 'chapter.yml'}, item {change.get('id', 'one')}")
    assert complaint in str(refusal.value)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError, match="item one: the id is used twice"):
        load(tmp_path, SINGLE, SINGLE)


def test_a_number_cannot_be_right_and_wrong(tmp_path: Path) -> None:
    item = {"id": "n", "kind": "numeric", "question": "?", "answer": 3, "feedback": "Yes.", "otherwise": "No."}
    with pytest.raises(ExtensionError, match="3 is listed as wrong but counts as right"):
        load(tmp_path, {**item, "wrong": [{"value": 3, "feedback": "Hm."}]})


def test_a_program_is_indented_by_fours(tmp_path: Path) -> None:
    lines = [{"text": "if x:", "feedback": "a"}, {"text": "  y", "feedback": "b"}]
    with pytest.raises(ExtensionError, match="not a multiple of 4"):
        load(tmp_path, {"id": "p", "kind": "parsons", "question": "?", "lines": lines})


def test_a_file_that_is_not_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "chapter.yml").write_text("items: [", encoding="utf-8")
    with pytest.raises(ExtensionError, match=r"chapter\.yml"):
        quiz_items.load(tmp_path / "chapter.yml")


NUMERIC = {"id": "n", "kind": "numeric", "question": "?", "feedback": "Yes.", "otherwise": "No."}
AGREE = [
    ({**SINGLE, "answer_from": "1 + 1"}, {}),
    ({**SINGLE, "answer_from": "TWO"}, {"setup": "TWO = 2"}),
    ({**SINGLE, "kind": "code", "code": "2", "answer_from": "eval(code)"}, {}),
    ({**SINGLE, "kind": "multiple", "answer_from": "{2}"}, {}),
    ({**NUMERIC, "answer_from": "cloud.now.year"}, {}),
    ({**NUMERIC, "answer": 2.5, "tolerance": 0.1, "answer_from": "2.45"}, {}),
    ({"id": "o", "kind": "order", "question": "?", "steps": STEPS, "answer_from": "['a', 'b']"}, {}),
    ({"id": "p", "kind": "parsons", "question": "?", "lines": STEPS, "answer_from": "solution == 'a\\nb\\n'"}, {}),
]
DIFFER = [
    ({**SINGLE, "answer_from": "1"}, "the engine's answer is 1; the option 'Once' is not marked right"),
    ({**SINGLE, "answer_from": "3"}, "the engine's answer is 3; the option 'Twice' is marked right"),
    ({**SINGLE, "answer_from": "'2'"}, "the engine's answer is '2'"),
    ({**SINGLE, "answer_from": "x = 2"}, "the engine's answer is None"),
    ({**SINGLE, "kind": "multiple", "answer_from": "{1, 2}"}, "the engine's answer is [1, 2]; marked right are [2]"),
    ({**SINGLE, "kind": "multiple", "answer_from": "2"}, "needs a list or set"),
    ({**NUMERIC, "answer": 3, "answer_from": "4"}, "the engine's answer is 4; the item says 3"),
    ({**NUMERIC, "answer_from": "'4'"}, "not a number"),
    ({**NUMERIC, "answer_from": "4", "wrong": [{"value": 4, "feedback": "x"}]}, "which the item lists as wrong"),
    ({"id": "o", "kind": "order", "question": "?", "steps": STEPS, "answer_from": "['b', 'a']"}, "the engine's order"),
    ({"id": "p", "kind": "parsons", "question": "?", "lines": STEPS, "answer_from": "1"}, "does not work"),
]


@pytest.mark.parametrize(("item", "more"), AGREE, ids=lambda case: case.get("answer_from", ""))
def test_the_engine_agrees(tmp_path: Path, item: dict[str, Any], more: dict[str, Any]) -> None:
    ask(tmp_path, item, **more)


@pytest.mark.parametrize(("item", "complaint"), DIFFER)
def test_the_engine_differs(tmp_path: Path, item: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ExtensionError) as refusal:
        ask(tmp_path, item)
    assert f"item {item['id']}" in str(refusal.value)
    assert complaint in str(refusal.value)


def test_the_engine_fills_in_a_number(tmp_path: Path) -> None:
    data = load(tmp_path, {**NUMERIC, "answer_from": "40 + 2"})
    quiz_items.check_against_engine(tmp_path / "chapter.yml", data)
    assert data["items"][0]["answer"] == 42


def test_shuffling_is_the_same_every_time_and_never_gives_the_answer_away() -> None:
    for count in range(2, 9):
        texts = [f"step {number}" for number in range(count)]
        order = quiz_items.shuffled(texts, "seed")
        assert sorted(order) == list(range(count))
        assert order != list(range(count))
        assert order == quiz_items.shuffled(texts, "seed")
