"""Rules of the house that a linter does not know."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

# In pieces, so that this file keeps the rule it checks.
PACKAGE_INDEXES = ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js.org", "deb." + "debian.org"]
UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", r"\bX" + r"XX\b", "HA" + r"CK\b"]))
LEFT_OUT = re.compile(r"pytest\.(mark\.)?(skip|xfail|importorskip)|unittest\.skip|\b(it|test|describe)\.(skip|todo)\b")
SWALLOWED = re.compile(r"except (Base)?Exception[^:]*:\s*\n\s*pass\b|except:\s")


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    """Every text file that git tracks or would track, but for locks and generated notebooks."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    found = {}
    for name in names:
        path = root / name
        if not path.is_file() or path.name == "package-lock.json" or path.suffix in (".png", ".ipynb", ".zip", ".gz"):
            continue
        found[name] = path.read_text(encoding="utf-8")
    return found


def of(texts: dict[str, str], *suffixes: str) -> dict[str, str]:
    return {name: text for name, text in texts.items() if name.endswith(suffixes)}


def test_no_module_is_longer_than_400_lines(texts: dict[str, str]) -> None:
    # GIVEN the modules (tests of a large API may be longer), WHEN their lines are counted
    lines = {name: text.count("\n") for name, text in of(texts, ".py", ".js", ".mjs").items()}
    # THEN each is still one room
    assert {name: count for name, count in lines.items() if count > 400 and not name.startswith("tests/")} == {}


def test_nothing_is_left_for_later(texts: dict[str, str]) -> None:
    # GIVEN the modules and scripts, WHEN notes about unfinished work are looked for, THEN there are none
    assert [
        name for name, text in of(texts, ".py", ".js", ".mjs", ".css", ".yml").items() if UNFINISHED.search(text)
    ] == []


def test_no_test_is_left_out(texts: dict[str, str]) -> None:
    # GIVEN the tests, WHEN skips and expected failures are looked for, THEN there are none
    tests = {name: text for name, text in of(texts, ".py", ".js", ".mjs").items() if name.startswith("tests/")}
    assert [name for name, text in tests.items() if LEFT_OUT.search(text) and "test_style" not in name] == []


def test_no_error_is_swallowed(texts: dict[str, str]) -> None:
    # GIVEN the modules (tests hold handlers that misbehave on purpose)
    modules = {name: text for name, text in of(texts, ".py").items() if not name.startswith("tests/")}
    # WHEN handlers that catch everything and do nothing are looked for, THEN there are none
    assert [name for name, text in modules.items() if SWALLOWED.search(text)] == []


def test_no_package_index_is_named(texts: dict[str, str]) -> None:
    # GIVEN every text in the tree, WHEN the hosts of package indexes are looked for, THEN none is named
    assert [name for name, text in texts.items() if any(host in text for host in PACKAGE_INDEXES)] == []
