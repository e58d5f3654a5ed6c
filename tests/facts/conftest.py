"""The facts, read as the pages read them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FACTS = ROOT / "facts"
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import ledger  # noqa: E402  (the extensions of the book are not installed)

from .small_book import Book  # noqa: E402


def parsed(name: str) -> Any:
    """A file of ``facts/``."""
    return yaml.safe_load((FACTS / f"{name}.yaml").read_text(encoding="utf-8"))


def problems(name: str, data: Any) -> list[str]:
    """What the schema of that file says against `data`."""
    schema = json.loads((FACTS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return [f"{list(problem.absolute_path)}: {problem.message}" for problem in validator.iter_errors(data)]


@pytest.fixture(scope="session")
def claims() -> dict[str, ledger.Claim]:
    return ledger.read_claims(FACTS / "claims.yaml")


@pytest.fixture(scope="session")
def quotas() -> dict[str, ledger.Quota]:
    return ledger.read_quotas(FACTS / "quotas.yaml")


@pytest.fixture(scope="session")
def coverage() -> ledger.Coverage:
    return ledger.read_coverage(FACTS / "coverage.yaml")


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A small book that uses every directive, built once."""
    made = Book(tmp_path_factory.mktemp("book"))
    result = made.build()
    assert result.returncode == 0, result.stderr
    return made
