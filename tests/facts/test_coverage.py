"""``facts/coverage.yaml``: every entry of the five seeds is there, with a place that exists or a chapter to come."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import ledger
import pytest
from docutils.nodes import make_id

from . import seed_titles
from .conftest import ROOT, parsed, problems

COUNTS = {"000": 63, "001": 47, "002": 63, "003": 100, "004": 15}


def test_the_coverage_meets_its_schema() -> None:
    assert problems("coverage", parsed("coverage")) == []


def test_an_item_without_a_place_is_noticed() -> None:
    data = copy.deepcopy(parsed("coverage"))
    for key in ("treated", "coming"):
        data["items"][0].pop(key, None)
    assert problems("coverage", data) != []


def test_every_seed_is_there_whole(coverage: ledger.Coverage) -> None:
    assert {seed.number: seed.items for seed in coverage.seeds} == COUNTS
    for seed in coverage.seeds:
        numbers = [int(item.id.partition("-")[2]) for item in coverage.items if item.seed == seed.number]
        assert numbers == list(range(1, seed.items + 1))


def test_items_stand_in_the_order_of_their_lines(coverage: ledger.Coverage) -> None:
    for seed in coverage.seeds:
        lines = [item.line for item in coverage.items if item.seed == seed.number]
        assert lines == sorted(set(lines))


@pytest.mark.parametrize("number", sorted(COUNTS))
def test_titles_are_those_of_the_seed(coverage: ledger.Coverage, number: str) -> None:
    # GIVEN the items as recorded, and the seed's own fingerprint
    items = [item for item in coverage.items if item.seed == number]
    (seed,) = [seed for seed in coverage.seeds if seed.number == number]

    # THEN no item was dropped, added or moved since they were recorded
    assert seed_titles.of_all([item.fingerprint for item in items]) == seed.fingerprint

    # AND where the seed lies beside the repository, line and title of each are still the seed's
    if seed_titles.SEEDS.is_dir():
        found = [(line, seed_titles.fingerprint(title)) for line, title in seed_titles.titles(number)]
        assert [(item.line, item.fingerprint) for item in items] == found


@pytest.mark.parametrize("number", sorted(COUNTS))
def test_titles_are_in_our_own_words(coverage: ledger.Coverage, number: str) -> None:
    for item in coverage.items:
        if item.seed == number:
            assert seed_titles.fingerprint(item.title) != item.fingerprint, item.id


def test_topics_and_chapters_have_names(coverage: ledger.Coverage) -> None:
    assert {item.topic for item in coverage.items} <= set(coverage.topics)
    assert {item.coming for item in coverage.items if item.coming} <= set(coverage.chapters)


def test_what_is_coming_is_not_there_yet(coverage: ledger.Coverage) -> None:
    there = {path.stem for path in (ROOT / "book").glob("*.md")}
    assert {item.coming for item in coverage.items if item.coming} & there == set()


def anchors(page: Path) -> set[str]:
    """Ids of the sections of a MyST page: those of its headings, and its explicit targets."""
    text = re.sub(r"^(`{3,}|:{3,}|~{3,}).*?^\1", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+\s+(.*?)\s*$", text, flags=re.MULTILINE)
    # The site sets typographic apostrophes, and an id is made of what it sets.
    plain = [re.sub(r"[`*_]|\{\w+\}", "", heading).replace("'", "’") for heading in headings]
    return {make_id(heading) for heading in plain} | {
        make_id(target) for target in re.findall(r"^\(([^)]+)\)=\s*$", text, flags=re.MULTILINE)
    }


def test_every_place_exists(coverage: ledger.Coverage) -> None:
    missing = []
    for item in coverage.items:
        for target in item.treated:
            page, _, anchor = target.partition("#")
            path = ROOT / f"{page}.md"
            if not path.is_file() or (anchor and anchor not in anchors(path)):
                missing.append((item.id, target))
    assert missing == []


def test_anchors_are_found_in_a_page(tmp_path: Path) -> None:
    # GIVEN a page with a heading, a heading inside code, and a target
    page = tmp_path / "page.md"
    page.write_text("# The page\n\n```python\n# no heading\n```\n\n(own-name)=\n## What `Lambda` *retries*\n")

    # THEN headings and targets count, code does not
    assert anchors(page) == {"the-page", "own-name", "what-lambda-retries"}


def test_an_item_reaches_to_the_next(coverage: ledger.Coverage) -> None:
    first, second = coverage.items[:2]
    assert coverage.item_at("000", second.line - 1) == first
    assert coverage.item_at("000", second.line) == second
    assert coverage.item_at("009", 1) is None
