"""`lambdalab.quotas`: the constants are the facts, and say where they come from."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from lambdalab import quotas

# What behaviours and the documentation say; the facts must not drift from it unnoticed.
EXPECTED = {
    "ACCOUNT_CONCURRENCY": 1000,
    "ALIAS_VERSIONS": 2,
    "ASYNC_BACKOFF_MAX": 300,
    "ASYNC_BACKOFF_MIN": 1,
    "ASYNC_EVENT_AGE_DEFAULT": 21600,
    "ASYNC_EVENT_AGE_MAX": 21600,
    "ASYNC_EVENT_AGE_MIN": 60,
    "ASYNC_RETRIES_DEFAULT": 2,
    "ASYNC_RETRIES_MAX": 2,
    "ASYNC_RETRIES_MIN": 0,
    "ASYNC_RETRY_WAIT_FIRST": 60,
    "ASYNC_RETRY_WAIT_SECOND": 120,
    "BILLING_GRANULARITY_MILLISECONDS": 1,
    "CLIENT_CONTEXT": 3583,
    "DLQ_ERROR_MESSAGE": 1024,
    "ENVIRONMENT_VARIABLES_TOTAL": 4096,
    "EPHEMERAL_STORAGE_DEFAULT": 512,
    "EPHEMERAL_STORAGE_MAX": 10240,
    "FREE_TIER_GB_SECONDS": 400_000,
    "FREE_TIER_REQUESTS": 1_000_000,
    "FUNCTION_NAME_MAX": 64,
    "INIT_LIMIT": 10,
    "LAYERS_PER_FUNCTION": 5,
    "LOG_TAIL": 4096,
    "MEMORY_DEFAULT": 128,
    "MEMORY_MAX": 10240,
    "MEMORY_MIN": 128,
    "PACKAGE_UNZIPPED": 262_144_000,
    "PAYLOAD_ASYNCHRONOUS": 1_048_576,
    "PAYLOAD_SYNCHRONOUS_REQUEST": 6_291_456,
    "PAYLOAD_SYNCHRONOUS_RESPONSE": 6_291_556,
    "PRICE_GB_SECOND_ARM": 0.0000133334,
    "PRICE_GB_SECOND_X86": 0.0000166667,
    "PRICE_PER_MILLION_REQUESTS": 0.2,
    "RECURSION_THRESHOLD": 16,
    "REQUESTS_PER_SECOND_FACTOR": 10,
    "RESOURCE_POLICY_SIZE": 20480,
    "SCALING_RATE_CAPACITY": 1000,
    "SCALING_RATE_REFILL_PER_SECOND": 100,
    "SNS_MESSAGE": 262_144,
    "TIMEOUT_DEFAULT": 3,
    "TIMEOUT_MAX": 900,
    "TIMEOUT_MIN": 1,
    "UNRESERVED_MINIMUM": 100,
    "ZIP_DIRECT_UPLOAD": 52_428_800,
}


def facts(root: Path) -> dict[str, dict[str, Any]]:
    text = (root / "facts" / "quotas.yaml").read_text(encoding="utf-8")
    return {quota["name"]: quota for quota in yaml.safe_load(text)}


@pytest.mark.parametrize("name", quotas.constants())
def test_a_constant_is_its_fact(root: Path, name: str) -> None:
    # GIVEN the fact the constant says it comes from
    provenance = quotas.source(name)
    fact = facts(root)[provenance.fact]

    # WHEN the number is looked up there
    number: Any = fact
    for key in provenance.field.split("."):
        number = number[key]

    # THEN it is the constant's
    assert getattr(quotas, name) == number == provenance.value
    assert provenance.name == name
    assert (provenance.unit, provenance.since, provenance.source) == (fact["unit"], fact["since"], fact["source"])
    assert provenance.note == fact.get("note")
    assert provenance.checked == fact["checked"]


@pytest.mark.parametrize(("name", "number"), EXPECTED.items())
def test_the_number_is_the_documented_one(name: str, number: float) -> None:
    assert getattr(quotas, name) == number


def test_every_number_of_the_module_has_a_source() -> None:
    names = {name for name, value in vars(quotas).items() if name.isupper() and isinstance(value, (int, float))}
    assert {name for name in names if not name.startswith("_")} == set(quotas.constants())


def test_the_waits_between_attempts() -> None:
    assert quotas.ASYNC_RETRY_WAITS == (quotas.ASYNC_RETRY_WAIT_FIRST, quotas.ASYNC_RETRY_WAIT_SECOND)


def test_an_unknown_constant_names_those_there_are() -> None:
    with pytest.raises(KeyError, match=re.escape("no constant 'MEMORY'; it has ACCOUNT_CONCURRENCY, ")):
        quotas.source("MEMORY")


def altered(root: Path, folder: Path, name: str, value: object) -> subprocess.CompletedProcess[str]:
    """Load the module beside a copy of its data in which one fact is another, and print the constants it gives."""
    package = folder / "altered"
    package.mkdir()
    shutil.copy(root / "lambdalab" / "quotas.py", package)
    data = json.loads((root / "lambdalab" / "quotas.json").read_text(encoding="utf-8"))
    data[name]["value"] = value
    (package / "quotas.json").write_text(json.dumps(data), encoding="utf-8")
    code = "import quotas; print(quotas.MEMORY_MAX, quotas.source('MEMORY_MAX').value, quotas.MEMORY_MIN)"
    return subprocess.run([sys.executable, "-c", code], cwd=package, capture_output=True, text=True, check=False)


def test_a_changed_fact_changes_the_constant(root: Path, tmp_path: Path) -> None:
    result = altered(root, tmp_path, "memory_max", 20480)
    assert result.stdout.split() == ["20480", "20480", "128"], result.stderr


def test_a_fact_that_is_no_number_is_noticed(root: Path, tmp_path: Path) -> None:
    result = altered(root, tmp_path, "memory_max", "10240")
    assert result.returncode != 0
    assert "TypeError: MEMORY_MAX: value of memory_max is '10240', not a whole number" in result.stderr
