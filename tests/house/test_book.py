"""Making the book as a whole: an unchanged one is not made again; every kind of failure is a message."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.small_book import small_book
from workshop.book import make_book
from workshop.failures import Failure, MissingPage


def test_an_unchanged_book_is_not_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # GIVEN a book that was made and found in order
    root = small_book(tmp_path / "my Käse lab", {})
    site = make_book(root)
    made = (site / "book" / "index.html").stat().st_mtime_ns
    # WHEN it is made again
    make_book(root)
    # THEN nothing is done
    assert "unchanged" in capsys.readouterr().out
    assert (site / "book" / "index.html").stat().st_mtime_ns == made
    # WHEN a page of the site is damaged, or its source changes
    (site / "book" / "index.html").unlink()
    make_book(root)
    (root / "book" / "index.md").write_text("# Other\n")
    make_book(root)
    # THEN it is made anew
    assert "Other" in (site / "book" / "index.html").read_text(encoding="utf-8")


def test_a_book_with_faults_is_never_taken_for_made(tmp_path: Path) -> None:
    # GIVEN a page that fetches an image from another site
    root = small_book(tmp_path, {}, text='<img src="https://example.org/a.png" alt="">')
    # WHEN the book is made twice, THEN it fails twice and names the fault
    for _ in range(2):
        with pytest.raises(Failure, match=r"book/index\.html fetches https://example\.org/a\.png"):
            make_book(root)


def test_a_page_without_a_source_is_named(tmp_path: Path) -> None:
    # GIVEN a table of contents that lists a page without a source, WHEN the book is made
    root = small_book(tmp_path, {"page": "1"})
    (root / "book" / "page.md").unlink()
    # THEN the page is named
    with pytest.raises(MissingPage, match="book/page"):
        make_book(root)


def test_an_unchanged_book_loads_nothing_slow() -> None:
    # GIVEN a fresh interpreter, WHEN the module that makes books is imported
    program = (
        "import sys, workshop.book; print([name for name in ('myst_nb', 'nbformat', 'sphinx') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    # THEN what builds pages is not loaded yet
    assert answer.stdout.strip() == "[]"
