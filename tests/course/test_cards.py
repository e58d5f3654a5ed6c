"""Flashcards: their data, and the Anki deck made of them."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import anki
import card_decks
import pytest
import yaml
from sphinx.errors import ExtensionError

CARD = {"id": "one", "front": "*Q*?", "back": "`A` < 1"}


def write(folder: Path, name: str, *cards: dict[str, Any]) -> Path:
    path = folder / f"{name}.yml"
    path.write_text(yaml.safe_dump({"cards": list(cards)}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"front": ""}, "card one"),
        ({"back": 202}, "202 is not of type 'string'"),
        ({"hint": "x"}, "'hint' was unexpected"),
        ({"experiment": "1 + 1"}, "card one: the experiment asserts nothing"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_card(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    path = write(tmp_path, "chapter", {**CARD, **change})
    with pytest.raises(ExtensionError) as refusal:
        card_decks.load(path)
    assert str(path) in str(refusal.value)
    assert complaint in str(refusal.value)


def test_an_id_is_used_once_in_the_whole_course(tmp_path: Path) -> None:
    write(tmp_path, "first", CARD)
    write(tmp_path, "second", CARD)
    with pytest.raises(ExtensionError, match=r"second\.yml, card one: first\.yml has this id already"):
        card_decks.load_all(tmp_path)


def test_a_card_that_is_not_so_stops_the_build(tmp_path: Path) -> None:
    path = write(tmp_path, "chapter", {**CARD, "experiment": "assert cloud.now.year == 1999, 'it is not'"})
    with pytest.raises(ExtensionError, match="card one: the experiment failed"):
        card_decks.try_experiments(path, card_decks.load(path))


def notes(deck: Path, folder: Path) -> list[tuple[str, str]]:
    with zipfile.ZipFile(deck) as archive:
        archive.extract("collection.anki2", folder)
    connection = sqlite3.connect(folder / "collection.anki2")
    found = connection.execute("select guid, flds from notes order by id").fetchall()
    connection.close()
    return found


def test_the_deck_holds_every_card_once_as_html(tmp_path: Path) -> None:
    decks = {"first": {"cards": [CARD]}, "second": {"cards": [{**CARD, "id": "two"}]}}
    anki.write_deck(decks, tmp_path / "deck.apkg")
    found = notes(tmp_path / "deck.apkg", tmp_path)
    assert [guid for guid, _ in found] == [anki.guid("one"), anki.guid("two")]
    assert found[0][1] == "<em>Q</em>?\x1f<code>A</code> &lt; 1\x1ffirst"


def test_a_changed_card_keeps_its_identity(tmp_path: Path) -> None:
    """GIVEN a deck in Anki WHEN a card's words change THEN the new deck updates the same note."""
    anki.write_deck({"first": {"cards": [CARD]}}, tmp_path / "old.apkg")
    anki.write_deck({"first": {"cards": [{**CARD, "front": "Other words?"}]}}, tmp_path / "new.apkg")
    (old,), (new,) = notes(tmp_path / "old.apkg", tmp_path), notes(tmp_path / "new.apkg", tmp_path)
    assert old[0] == new[0]
    assert old[1] != new[1]


def test_the_same_cards_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        anki.write_deck({"first": {"cards": [CARD]}}, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_every_deck_of_the_course_is_right(root: Path) -> None:
    """Schema and ids; the experiments run while the book is built."""
    decks = card_decks.load_all(root / "book" / "_cards")
    assert all(deck["cards"] for deck in decks.values())
