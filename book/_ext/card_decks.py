"""The data of the flashcards: the schema of `book/_cards/*.yml`, read, checked, and tried on the engine."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from experiments import Experiment, answers
from sphinx.errors import ExtensionError

__all__ = ["FOLDER", "SCHEMA", "load", "load_all", "try_experiments"]

FOLDER = Path("book") / "_cards"  # below the top of the tree
_TEXT = {"type": "string", "minLength": 1}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["cards"],
    "additionalProperties": False,
    "properties": {
        "setup": _TEXT,
        "cards": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["id", "front", "back"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
                    "front": _TEXT,
                    "back": _TEXT,
                    "claims": {"type": "array", "items": {"type": "string", "pattern": r"^[A-Z]+\d+$"}},
                    "experiment": _TEXT,
                },
            },
        },
    },
}


def load(path: Path) -> dict[str, Any]:
    """The file's cards, checked.

    Raises
    ------
    ExtensionError
        Names the file, the card and what is wrong with it.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ExtensionError(f"{path}: {error}") from error
    for fault in jsonschema.Draft202012Validator(SCHEMA).iter_errors(data):
        steps = list(fault.absolute_path)
        place = str(path)
        if len(steps) > 1 and steps[0] == "cards":
            card = data["cards"][steps[1]]
            place += f", card {card.get('id', steps[1]) if isinstance(card, dict) else steps[1]}"
        raise ExtensionError(f"{place}: {fault.message}")
    for card in data["cards"]:
        tree = ast.parse(card.get("experiment", "assert True"))
        if not any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
            raise ExtensionError(f"{path}, card {card['id']}: the experiment asserts nothing")
    return {"setup": "", **data}


def load_all(folder: Path) -> dict[str, dict[str, Any]]:
    """Every deck of the course by name. Card ids are unique among all of them."""
    decks = {path.stem: load(path) for path in sorted(folder.glob("*.yml"))}
    owner: dict[str, str] = {}
    for name, deck in decks.items():
        for card in deck["cards"]:
            if card["id"] in owner:
                raise ExtensionError(f"{folder / name}.yml, card {card['id']}: {owner[card['id']]} has this id already")
            owner[card["id"]] = f"{name}.yml"
    return decks


def try_experiments(path: Path, deck: dict[str, Any]) -> None:
    """Run every card's experiment. Raises `ExtensionError` when what a card says is not so."""
    answers(
        [
            Experiment(f"{path}, card {card['id']}", card["experiment"], deck["setup"])
            for card in deck["cards"]
            if "experiment" in card
        ]
    )
