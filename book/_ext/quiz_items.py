"""The data of a quiz: the schema of `book/_quiz/*.yml`, read, checked, and compared with the engine's answers."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from experiments import Experiment, answers
from sphinx.errors import ExtensionError

__all__ = ["SCHEMA", "check_against_engine", "load", "shuffled"]

_TEXT = {"type": "string", "minLength": 1}
_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
_VALUE: dict[str, Any] = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
_OPTION = {
    "type": "object",
    "required": ["text", "feedback"],
    "additionalProperties": False,
    "properties": {
        "text": {"type": ["string", "number"]},
        "feedback": _TEXT,
        "right": {"const": True},
        "value": _VALUE,
    },
}
_STEP = {
    "type": "object",
    "required": ["text", "feedback"],
    "additionalProperties": False,
    "properties": {"text": _TEXT, "feedback": _TEXT, "value": _VALUE},
}
_COMMON = {
    "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    "kind": {"enum": ["single", "multiple", "numeric", "order", "parsons", "code"]},
    "question": _TEXT,
    "claim": {"type": "string", "pattern": r"^[A-Z]+\d+$"},
    "answer_from": _TEXT,
}
_OPTIONS = {"options": {"type": "array", "minItems": 2, "items": _OPTION}}
_KINDS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "single": (_OPTIONS, ["options"]),
    "multiple": (_OPTIONS, ["options"]),
    "code": ({**_OPTIONS, "code": _TEXT}, ["options", "code"]),
    "numeric": (
        {
            "answer": {"type": "number"},
            "unit": _TEXT,
            "tolerance": {"type": "number", "minimum": 0},
            "feedback": _TEXT,
            "otherwise": _TEXT,
            "wrong": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["value", "feedback"],
                    "additionalProperties": False,
                    "properties": {"value": {"type": "number"}, "feedback": _TEXT},
                },
            },
        },
        ["feedback", "otherwise"],
    ),
    "order": ({"steps": {"type": "array", "minItems": 2, "maxItems": 8, "items": _STEP}}, ["steps"]),
    "parsons": (
        {
            "lines": {"type": "array", "minItems": 2, "items": _STEP},
            "distractors": {"type": "array", "items": _STEP},
        },
        ["lines"],
    ),
}


def _of_kind(kind: str) -> dict[str, Any]:
    properties, required = _KINDS[kind]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "kind", "question", *required],
        "properties": {**_COMMON, **properties},
    }


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["items"],
    "additionalProperties": False,
    "properties": {
        "setup": _TEXT,
        "items": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["id", "kind"]}},
    },
}


def load(path: Path) -> dict[str, Any]:
    """The file's items, checked.

    Raises
    ------
    ExtensionError
        Names the file, the item and what is wrong with it.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ExtensionError(f"{path}: {error}") from error
    _validate(data, SCHEMA, str(path))
    seen: set[str] = set()
    for number, item in enumerate(data["items"], 1):
        place = f"{path}, item {item.get('id', number)}"
        if item["kind"] not in _KINDS:
            raise ExtensionError(f"{place}: kind is one of {', '.join(_KINDS)}, not {item['kind']!r}")
        _validate(item, _of_kind(item["kind"]), place)
        if item["id"] in seen:
            raise ExtensionError(f"{place}: the id is used twice")
        seen.add(item["id"])
        _check_meaning(item, place)
    return {"setup": "", **data}


def _validate(data: Any, schema: dict[str, Any], place: str) -> None:
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(data))
    if errors:
        error = min(errors, key=lambda one: len(one.absolute_path))
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
        raise ExtensionError(f"{place}{where and ' at ' + where.lstrip('.')}: {error.message}")


def _check_meaning(item: dict[str, Any], place: str) -> None:
    """What a schema cannot say."""
    kind = item["kind"]
    if kind in ("single", "multiple", "code"):
        right = sum(option.get("right", False) for option in item["options"])
        if kind != "multiple" and right != 1:
            raise ExtensionError(f"{place}: {right} options are marked right; exactly one must be")
        if right == 0 or right == len(item["options"]):
            raise ExtensionError(f"{place}: {right} of {len(item['options'])} options are marked right")
        texts = [str(option["text"]) for option in item["options"]]
        if len(set(texts)) < len(texts):
            raise ExtensionError(f"{place}: two options have the same text")
    if kind == "numeric":
        if "answer" not in item and "answer_from" not in item:
            raise ExtensionError(f"{place}: give answer, answer_from or both")
        for wrong in item.get("wrong", ()):
            if "answer" in item and abs(wrong["value"] - item["answer"]) <= item.get("tolerance", 0):
                raise ExtensionError(f"{place}: {wrong['value']} is listed as wrong but counts as right")
    if kind == "parsons":
        for line in [*item["lines"], *item.get("distractors", ())]:
            spaces = len(line["text"]) - len(line["text"].lstrip(" "))
            if spaces % 4:
                raise ExtensionError(f"{place}: {line['text']!r} is indented by {spaces} spaces, not a multiple of 4")


def check_against_engine(path: Path, data: dict[str, Any]) -> None:
    """Run every ``answer_from`` and compare; fills in the answer of numeric items.

    Raises
    ------
    ExtensionError
        The engine gives another answer than the one marked right.
    """
    items = [item for item in data["items"] if "answer_from" in item]
    experiments = [
        Experiment(f"{path}, item {item['id']}", item["answer_from"], data["setup"], _given(item)) for item in items
    ]
    for item, experiment, answer in zip(items, experiments, answers(experiments), strict=True):
        problem = _mismatch(item, answer)
        if problem:
            raise ExtensionError(f"{experiment.name}: {problem}")


def _given(item: dict[str, Any]) -> dict[str, Any]:
    if item["kind"] == "code":
        return {"code": item["code"]}
    if item["kind"] == "parsons":
        return {"solution": "\n".join(line["text"] for line in item["lines"]) + "\n"}
    return {}


def _same(one: Any, other: Any) -> bool:
    """Equal as values of the same nature: 1 is not True, 1 is 1.0, 3 is not "3"."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other) or (isinstance(one, str) and isinstance(other, str) and one.strip() == other.strip())


def _value(choice: dict[str, Any]) -> Any:
    return choice.get("value", choice["text"])


def _mismatch(item: dict[str, Any], answer: Any) -> str | None:
    """What is wrong between the item and the engine's answer; None when they agree."""
    kind = item["kind"]
    if kind in ("single", "code"):
        for option in item["options"]:
            if _same(_value(option), answer) != option.get("right", False):
                verdict = "marked right" if option.get("right") else "not marked right"
                return f"the engine's answer is {answer!r}; the option {option['text']!r} is {verdict}"
        return None
    if kind == "multiple":
        if not isinstance(answer, list):
            return f"answer_from gave {answer!r}; a question with several right options needs a list or set"
        marked = [_value(option) for option in item["options"] if option.get("right")]
        unknown = [one for one in answer if not any(_same(one, value) for value in marked)]
        missing = [value for value in marked if not any(_same(one, value) for one in answer)]
        if unknown or missing:
            return f"the engine's answer is {answer!r}; marked right are {marked!r}"
        return None
    if kind == "numeric":
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            return f"answer_from gave {answer!r}, not a number"
        item.setdefault("answer", answer)
        if abs(item["answer"] - answer) > item.get("tolerance", 0):
            return f"the engine's answer is {answer!r}; the item says {item['answer']!r}"
        for wrong in item.get("wrong", ()):
            if abs(wrong["value"] - answer) <= item.get("tolerance", 0):
                return f"the engine's answer is {answer!r}, which the item lists as wrong"
        return None
    if kind == "order":
        steps = [_value(step) for step in item["steps"]]
        agree = isinstance(answer, list) and len(answer) == len(steps) and all(map(_same, steps, answer))
        return None if agree else f"the engine's order is {answer!r}; the item's is {steps!r}"
    return None if answer is True else f"the solution does not work: answer_from gave {answer!r}, not True"


def shuffled(texts: list[str], seed: str) -> list[int]:
    """Positions in an order that is the same in every build and never the given one."""
    order = sorted(range(len(texts)), key=lambda i: hashlib.sha256(f"{seed}/{i}/{texts[i]}".encode()).digest())
    if [texts[i] for i in order] == texts:
        order = order[1:] + order[:1]
    return order


def indentation(text: str) -> int:
    """How many levels of four spaces `text` is indented."""
    return len(re.match(" *", text)[0]) // 4  # type: ignore[index]
