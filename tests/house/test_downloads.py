"""Notebooks to download: the page's cells, the same bytes each time, and on Colab the engine first."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.house.small_book import small_book
from workshop.downloads import write_downloads

START = "# Page\n\n:::{start}\n:::\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = small_book(tmp_path / "tree", {"page": "print('hello')"})
    page = root / "book" / "page.md"
    page.write_text(page.read_text().replace("# Page\n", START))
    return root


def test_a_page_with_cells_can_be_downloaded(book: Path, tmp_path: Path) -> None:
    # GIVEN a book with one page with a cell, WHEN its downloads are written twice
    for folder in ("first", "second"):
        write_downloads(book, tmp_path / folder)
    # THEN there is one valid notebook, without links to itself and without outputs, the same bytes each time
    (written,) = (tmp_path / "first").rglob("*.ipynb")
    notebook = nbformat.read(written, as_version=4)
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells] == ["# Page", "print('hello')"]
    assert written.read_bytes() == (tmp_path / "second" / "_sources" / "book" / "page.ipynb").read_bytes()


def test_from_a_repository_the_first_cell_installs_the_engine(book: Path, tmp_path: Path) -> None:
    # GIVEN a book published from a repository, WHEN its downloads are written
    write_downloads(book, tmp_path / "site", "owner/name")
    # THEN the first cell installs the engine from there
    notebook = nbformat.read(tmp_path / "site" / "_sources" / "book" / "page.ipynb", as_version=4)
    assert notebook.cells[0].source.endswith('"lambdalab[notebook] @ git+https://github.com/owner/name"')
