"""All flashcards as one Anki deck.

A note's identity comes from its card's id, so that importing a newer deck updates notes and keeps the
reader's reviews. The same cards make the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import genanki
from markdown_it import MarkdownIt

__all__ = ["guid", "write_deck"]

# Fixed for ever: Anki knows the deck and the note type by these numbers.
_DECK, _NOTE_TYPE = 1_760_000_117, 1_760_000_118
# Anki's modification times; any constant will do.
_TIMESTAMP = 1_767_225_600.0
_ZIP_DATE = (2026, 1, 1, 0, 0, 0)
_STYLE = """.card { font: 20px/1.5 system-ui, sans-serif; text-align: center; max-width: 36em; margin: 1em auto; }
code { font: 0.9em ui-monospace, monospace; }
.chapter { font-size: 0.7em; opacity: 0.7; }"""


def guid(card: str) -> str:
    """The identity of a card's note."""
    return hashlib.sha256(f"lambdalab/{card}".encode()).hexdigest()[:20]


def _note_type() -> genanki.Model:
    return genanki.Model(
        _NOTE_TYPE,
        "lambdalab",
        fields=[{"name": "Front"}, {"name": "Back"}, {"name": "Chapter"}],
        templates=[
            {
                "name": "Card",
                "qfmt": "{{Front}}",
                "afmt": '{{FrontSide}}<hr id="answer">{{Back}}<p class="chapter">{{Chapter}}</p>',
            }
        ],
        css=_STYLE,
    )


def write_deck(decks: dict[str, dict[str, Any]], path: Path) -> None:
    """Write the cards of `decks` (chapter → deck) to `path`, an ``.apkg`` file."""
    markdown = MarkdownIt("commonmark", {"html": False})
    deck = genanki.Deck(_DECK, "AWS Lambda, hands on")
    note_type = _note_type()
    for chapter, data in decks.items():
        for card in data["cards"]:
            fields = [markdown.renderInline(card["front"].strip()), markdown.renderInline(card["back"].strip())]
            title = chapter.replace("-", " ")
            note = genanki.Note(note_type, [*fields, title], guid=guid(card["id"]), tags=[chapter])
            deck.add_note(note)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "deck.apkg"
        genanki.Package(deck).write_to_file(written, timestamp=_TIMESTAMP)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_with_fixed_dates(written))


def _with_fixed_dates(archive: Path) -> bytes:
    """The archive again, without the moment its members were written."""
    out = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist()):
            member = zipfile.ZipInfo(name, _ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return out.getvalue()
