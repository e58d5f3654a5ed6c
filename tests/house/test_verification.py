"""Every fault a built book can have is found; a sound one has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.small_book import small_book
from workshop.verification import verify

SOUND = """<!doctype html><html><head>
<link rel="stylesheet" href="../_static/style.css"><script src="../_static/page.js?v=1"></script>
<style>body {{ background: url("../_static/dot.svg") }}</style></head>
<body><h1 id="small">Small</h1><a href="#small">up</a> <a href="https://example.org/">elsewhere</a>
<img src="data:image/gif;base64,AA" alt=""> <a href="index.html#small">here</a> <a href="#">top</a>
{more}</body></html>
"""


def built(tmp_path: Path, more: str = "") -> tuple[Path, Path]:
    root = small_book(tmp_path / "tree", {})
    site = tmp_path / "site"
    (site / "book").mkdir(parents=True)
    (site / "_static").mkdir()
    for name in ("style.css", "page.js", "dot.svg"):
        (site / "_static" / name).write_text("")
    (site / "book" / "index.html").write_text(SOUND.format(more=more))
    return root, site


def test_a_sound_book_has_no_fault(tmp_path: Path) -> None:
    # GIVEN a sound book, WHEN it is verified, THEN nothing is found
    root, site = built(tmp_path)
    assert verify(root, site) == []


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ('<script src="https://cdn.example.org/a.js"></script>', "fetches https://cdn.example.org/a.js"),
        ('<img src="//cdn.example.org/a.png">', "fetches //cdn.example.org/a.png"),
        ('<img srcset="../_static/dot.svg 1x, http://example.org/b.png 2x">', "fetches http://example.org/b.png"),
        ('<p style="background: url(https://example.org/c.png)">', "fetches https://example.org/c.png"),
        ('<style>@import "https://example.org/d.css";</style>', "fetches https://example.org/d.css"),
        ('<link rel="preload" href="https://example.org/e.woff2">', "fetches https://example.org/e.woff2"),
        ('<a href="gone.html">', "gone.html does not exist"),
        ('<a href="#nowhere">', "#nowhere names a place that is not on that page"),
        ('<a href="index.html#nowhere">', "index.html#nowhere names a place"),
        ('<img src="../_static/gone.svg">', "../_static/gone.svg does not exist"),
        ('<a href="../../outside.html">', "leads out of the site"),
        ('<div class="output traceback highlight-ipythontb">Error</div>', "1 failed cells"),
    ],
)
def test_a_fault_is_found(tmp_path: Path, more: str, fault: str) -> None:
    # GIVEN a book with one fault, WHEN it is verified
    root, site = built(tmp_path, more)
    # THEN that fault is found, and nothing else
    (found,) = verify(root, site)
    assert fault in found


def test_a_style_sheet_that_asks_another_site_is_found(tmp_path: Path) -> None:
    # GIVEN a style sheet that fetches a font from elsewhere
    root, site = built(tmp_path)
    (site / "_static" / "style.css").write_text("@font-face { src: url('https://example.org/font.woff2') }")
    # WHEN the book is verified, THEN it is named
    assert verify(root, site) == ["_static/style.css fetches https://example.org/font.woff2"]


def test_a_cell_that_is_meant_to_fail_is_no_fault(tmp_path: Path) -> None:
    # GIVEN a page with a cell tagged raises-exception, built with its traceback
    root, site = built(tmp_path, '<div class="output traceback">Error</div>')
    cell = "---\nfile_format: mystnb\n---\n# Small\n\n```{code-cell}\n:tags: [raises-exception]\n\n1 / 0\n```\n"
    (root / "book" / "index.md").write_text(cell)
    # WHEN the book is verified, THEN it is sound
    assert verify(root, site) == []
