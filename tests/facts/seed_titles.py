"""Titles of the entries of the five seeds, as `facts/coverage.yaml` fingerprints them.

The seeds are not part of this repository. Where they lie beside it (``../shared/seeds``), the tests read them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"


def fingerprint(title: str) -> str:
    """The start of the SHA-256 of the title, lower case, letters and digits only."""
    normal = " ".join(re.findall(r"[a-z0-9]+", title.lower()))
    return hashlib.sha256(normal.encode()).hexdigest()[:12]


def of_all(fingerprints: list[str]) -> str:
    """A seed's fingerprint: the SHA-256 of its items', one a line."""
    return hashlib.sha256("\n".join(fingerprints).encode()).hexdigest()


def titles(seed: str) -> list[tuple[int, str]]:
    """Line and title of every entry of a seed that lies beside the repository."""
    (path,) = SEEDS.glob(f"{seed}_*.txt")
    return list(_READERS[seed](path.read_text(encoding="utf-8").splitlines()))


def _divided_cards(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Cards between lines of ``===``; the title is the first line of a card."""
    waiting = True
    for number, line in enumerate(lines, 1):
        if line.strip() == "===":
            waiting = True
        elif waiting and line.strip():
            yield number, line.strip()
            waiting = False


def _numbered_cards(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Cards that begin with their number and ``Q``; the title is what stands before ``A``."""
    card = 1
    for number, line in enumerate(lines, 1):
        if line.strip() == str(card) and lines[number : number + 1] and lines[number].strip() == "Q":
            end = next(index for index in range(number, len(lines)) if lines[index].strip() == "A")
            yield number, " ".join(filter(None, (text.strip() for text in lines[number + 1 : end])))
            card += 1


def _headings(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        match = re.match(r"\s*#+\s+(.*)$", line)
        if match:
            yield number, match[1].strip()


def _numbered_questions(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Questions numbered in a row; lists inside the answers have numbers too, but are no questions."""
    question = 1
    for number, line in enumerate(lines, 1):
        match = re.match(rf"{question}\s*\.\s*(\S.*\?)\s*$", line)
        if match:
            yield number, match[1]
            question += 1


def _numbered_headings(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        match = re.match(r"###\s+\d+\.\s+(.*)$", line)
        if match:
            yield number, match[1].strip()


_READERS = {
    "000": _divided_cards,
    "001": _numbered_cards,
    "002": _headings,
    "003": _numbered_questions,
    "004": _numbered_headings,
}
