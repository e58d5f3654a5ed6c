"""`{cards}`: flashcards. A list of ``<details>`` that `book/_assets/cards.js` turns into spaced reviews."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anki
import card_decks
import elements
import experiments
from docutils import nodes
from elements import HtmlElement
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

DECK_FILE = "_static/lambdalab.apkg"


class Cards(SphinxDirective):
    """The cards of one file."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0].removesuffix(".yml")
        path = Path(self.env.srcdir) / card_decks.FOLDER / f"{name}.yml"
        if not path.exists():
            raise elements.failure(self, f"there is no {path}")
        self.env.note_dependency(str(path))
        deck = card_decks.load(path)
        card_decks.try_experiments(path, deck)
        experiments.note_use(self.env)
        rows = []
        for card in deck["cards"]:
            summary = HtmlElement.of("summary", *elements.inline(self, card["front"]))
            back = HtmlElement.of("div", *elements.inline(self, card["back"]), class_="card-back")
            rows.append(HtmlElement.of("li", HtmlElement.of("details", summary, back, data_card=card["id"])))
        listed = HtmlElement.of("ul", *rows, class_="cards-list")
        link = HtmlElement.of(
            "a",
            "all cards of the course as an Anki deck",
            href="../" * self.env.docname.count("/") + DECK_FILE,
            download=True,
        )
        more = HtmlElement.of("p", "Also: ", link, ".", class_="cards-more")
        return [HtmlElement.of("div", listed, more, class_="cards", data_deck=name)]


def _write_deck(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        decks = card_decks.load_all(Path(app.srcdir) / card_decks.FOLDER)
        if decks:
            anki.write_deck(decks, Path(app.outdir) / DECK_FILE)


def setup(app: Sphinx) -> dict[str, Any]:
    elements.register(app)
    app.add_directive("cards", Cards)
    app.connect("build-finished", _write_deck)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
