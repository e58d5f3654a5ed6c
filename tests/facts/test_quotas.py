"""``facts/quotas.yaml``: the numbers hold to their schema, invent nothing, and are in step with the engine's copy."""

from __future__ import annotations

import copy
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import ledger
import pytest

from .conftest import FACTS, ROOT, parsed, problems


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """``facts/write_quotas.py``, which is a script."""
    specification = importlib.util.spec_from_file_location("write_quotas", FACTS / "write_quotas.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_quotas_meet_their_schema() -> None:
    assert problems("quotas", parsed("quotas")) == []


def test_names_are_unique() -> None:
    names = [quota["name"] for quota in parsed("quotas")]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"value": [1, 2]}, "is not of type"),
        ({"source": ""}, "is too short"),
        ({"parts": {"maximum": 3}}, "should not be valid under"),
        ({"adjustable": "yes"}, "is not of type"),
        ({"minimum": 1}, "is a dependency of"),
    ],
)
def test_the_schema_notices(change: dict[str, Any], complaint: str) -> None:
    quota = copy.deepcopy(parsed("quotas")[0]) | change
    assert any(complaint in problem for problem in problems("quotas", [quota])), problems("quotas", [quota])


def test_a_quota_without_any_number_is_noticed() -> None:
    quota = {key: value for key, value in parsed("quotas")[0].items() if key != "value"}
    assert problems("quotas", [quota]) != []


def test_bounds_and_defaults_agree(quotas: dict[str, ledger.Quota]) -> None:
    for quota in quotas.values():
        bounds = [bound for bound in (quota.minimum, quota.default, quota.maximum) if bound is not None]
        assert bounds == sorted(bounds), quota.name


def test_words_for_numbers_hold_no_other_numbers(quotas: dict[str, ledger.Quota]) -> None:
    for quota in quotas.values():
        if quota.shown is None:
            continue
        parts = [part["value"] if isinstance(part, dict) else part for part in (quota.parts or {}).values()]
        known = {str(number) for number in [quota.value, quota.minimum, quota.maximum, quota.default, *parts]}
        told = {number.replace(",", "") for number in re.findall(r"\d[\d,]*", quota.shown)}
        assert told <= known, quota.name


def test_every_quota_can_be_written(quotas: dict[str, ledger.Quota]) -> None:
    for quota in quotas.values():
        assert ledger.written(quota).strip(), quota.name


def test_the_engine_has_the_same_numbers(writer: ModuleType) -> None:
    assert (ROOT / "lambdalab" / "quotas.json").read_text(encoding="utf-8") == writer.quotas_as_json(
        (FACTS / "quotas.yaml").read_text(encoding="utf-8")
    ), "run python facts/write_quotas.py"


def test_a_changed_fact_changes_the_copy(writer: ModuleType) -> None:
    text = (FACTS / "quotas.yaml").read_text(encoding="utf-8")
    changed = text.replace("value: 10240", "value: 20480", 1)
    assert changed != text
    assert writer.quotas_as_json(changed) != writer.quotas_as_json(text)
    assert json.loads(writer.quotas_as_json(changed))["memory_max"]["value"] == 20480


def test_the_script_says_when_the_copy_is_not_in_step(tmp_path: Path) -> None:
    # GIVEN a tree whose copy is older than the facts
    (tmp_path / "facts").mkdir()
    (tmp_path / "lambdalab").mkdir()
    script = tmp_path / "facts" / "write_quotas.py"
    script.write_bytes((FACTS / "write_quotas.py").read_bytes())
    (tmp_path / "facts" / "quotas.yaml").write_bytes((FACTS / "quotas.yaml").read_bytes())
    (tmp_path / "lambdalab" / "quotas.json").write_text("{}\n")

    # WHEN it is checked, written, and checked again
    results = [
        subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)
        for arguments in (["--check"], [], ["--check"])
    ]

    # THEN the first check fails with what to do, and the last one passes
    assert [result.returncode for result in results] == [1, 0, 0]
    assert "run python facts/write_quotas.py" in results[0].stdout


@pytest.mark.parametrize(
    ("name", "field", "unit", "alone", "text"),
    [
        ("memory_max", None, None, False, "10,240\xa0MB"),
        ("memory_max", None, "GB", False, "10\xa0GB"),
        ("memory_max", None, None, True, "10,240"),
        ("timeout_max", None, "minutes", False, "15\xa0minutes"),
        ("async_event_age", None, None, False, "60–21,600\xa0s"),
        ("async_event_age", "default", "hours", False, "6\xa0hours"),
        ("async_max_retries", "default", None, False, "2\xa0attempts"),
        ("payload_async", None, "MB", False, "1\xa0MB"),
        ("price_request", None, None, False, "0.20\xa0USD"),
        ("price_gbs_x86_tier1", None, None, False, "0.0000166667\xa0USD per GB-s"),
        ("price_ephemeral", None, None, True, "0.0000000309"),
        ("per_environment_concurrency", None, None, False, "1\xa0invocation"),
        ("kafka_pollers", "throughput", None, False, "5\xa0MB/s"),
        ("stream_max_retries", "no_limit", None, False, "−1"),
        ("async_retry_waits", None, None, False, "60 s, then 120 s"),
        ("init_billed", None, None, False, "yes"),
    ],
)
def test_numbers_are_written_as_the_book_writes_them(
    quotas: dict[str, ledger.Quota], name: str, field: str | None, unit: str | None, alone: bool, text: str
) -> None:
    assert ledger.written(quotas[name], field, unit, alone) == text


@pytest.mark.parametrize(
    ("name", "field", "unit", "complaint"),
    [
        ("memory_max", "default", None, "has no 'default'; it has value"),
        ("memory_max", None, "minutes", "is in MB; that cannot be written in minutes"),
        ("xray_sampling", None, "minutes", "has several numbers; name one: first, rest"),
    ],
)
def test_what_cannot_be_written_says_why(
    quotas: dict[str, ledger.Quota], name: str, field: str | None, unit: str | None, complaint: str
) -> None:
    with pytest.raises(ledger.UnknownFact, match=re.escape(complaint)):
        ledger.written(quotas[name], field, unit)


def test_a_misspelt_name_brings_suggestions(quotas: dict[str, ledger.Quota]) -> None:
    with pytest.raises(ledger.UnknownFact, match="do you mean memory_max"):
        ledger.find(quotas, "memory_maximum", "quota")
