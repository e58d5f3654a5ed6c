"""``facts/claims.yaml``: the ledger holds to its schema, and every claim has its place."""

from __future__ import annotations

import copy
import re
from typing import Any

import ledger
import pytest

from .conftest import ROOT, parsed, problems


def test_the_ledger_meets_its_schema() -> None:
    assert problems("claims", parsed("claims")) == []


def test_ids_are_unique_and_in_order(claims: dict[str, ledger.Claim]) -> None:
    assert [entry["id"] for entry in parsed("claims")] == [f"C{number:03}" for number in range(1, len(claims) + 1)]


def test_the_ledger_has_not_shrunk(claims: dict[str, ledger.Claim]) -> None:
    assert len(claims) >= 405


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"verdict": "false"}, "is not one of"),
        ({"evidence": []}, "should be non-empty"),
        ({"evidence": ["No source found"], "verdict": "wrong"}, "should not be valid under"),
        ({"where": ["005: L1"]}, "does not match"),
        ({"where": ["003: question 7"]}, "does not match"),
        ({"checked": "yesterday"}, "does not match"),
        ({"source": "hearsay"}, "Additional properties"),
        ({"correction": " "}, "does not match"),
    ],
)
def test_the_schema_notices(change: dict[str, Any], complaint: str) -> None:
    # GIVEN the first claim, spoiled
    entry = copy.deepcopy(parsed("claims")[0]) | change

    # WHEN it is validated
    found = problems("claims", [entry])

    # THEN the schema says why
    assert any(complaint in problem for problem in found), found


def test_topics_have_names(claims: dict[str, ledger.Claim], coverage: ledger.Coverage) -> None:
    assert {claim.topic for claim in claims.values()} <= set(coverage.topics)


def test_every_claim_belongs_to_an_item_of_its_seed(claims: dict[str, ledger.Claim], coverage: ledger.Coverage) -> None:
    lost = [
        (claim.id, place) for claim in claims.values() for place in claim.places() if coverage.item_at(*place) is None
    ]
    assert lost == []
    assert all(claim.places() for claim in claims.values())


def test_cards_and_questions_named_by_claims_are_the_items_at_those_lines(
    claims: dict[str, ledger.Claim], coverage: ledger.Coverage
) -> None:
    wrong = []
    for claim in claims.values():
        for entry in claim.where:
            for number, line in re.findall(r"(?:Q|card)(\d+) L(\d+)", entry):
                item = coverage.item_at(entry[:3], int(line))
                if item is None or int(item.id.partition("-")[2]) != int(number):
                    wrong.append((claim.id, entry, item and item.id))
    assert wrong == []


def test_places_are_read_from_their_short_form() -> None:
    # GIVEN a claim heard in two seeds, in the second twice
    claim = ledger.Claim("C999", "sync", ("000: L33-34", "003: Q23 L688, Q99 L3062"), "", "wrong", "", (), "")

    # THEN each place is known by seed and line
    assert claim.places() == [("000", 33), ("003", 688), ("003", 3062)]


def test_quizzes_and_cards_name_claims_of_the_ledger(claims: dict[str, ledger.Claim]) -> None:
    named = {
        (path.name, claim)
        for folder in ("_quiz", "_cards")
        for path in (ROOT / "book" / folder).glob("*.yml")
        for claim in re.findall(r"\bC\d{3}\b", path.read_text(encoding="utf-8"))
    }
    assert {claim for _, claim in named} <= set(claims), named
