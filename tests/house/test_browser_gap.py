"""Without a Chromium the browser tests are left out with a word; in CI that is an error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workshop.chromium import find_chromium

TESTS = """
import pytest

@pytest.mark.browser
def test_with_a_browser(chromium):
    raise AssertionError("no browser, so this must not run")

def test_without():
    pass
"""


def run(root: Path, folder: Path, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run two tests, one of which needs a browser, on a machine without one."""
    shutil.copy(root / "tests" / "conftest.py", folder / "rules.py")
    # On macOS Chromium is not on the PATH but in a folder.
    (folder / "conftest.py").write_text("import workshop.chromium\nworkshop.chromium.MACOS = ()\nfrom rules import *\n")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser: needs one\npythonpath = .\n")
    (folder / "test_two.py").write_text(TESTS)
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "CHROMIUM")}
    environment |= {"PATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **settings}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_the_gap_is_said(root: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    # GIVEN a machine without a Chromium, WHEN the tests are run
    outcome = run(root, tmp_path, *options)
    # THEN the others pass, and the summary says how many were left out and how to get them
    assert outcome.returncode == 0, outcome.stdout
    assert "1 tests, because no Chromium was found" in outcome.stdout
    assert "apt install chromium" in outcome.stdout
    assert "1 passed" in outcome.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_ci_allows_no_gap(root: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    # GIVEN the same machine in CI, WHEN the tests are run
    outcome = run(root, tmp_path, *options, CI="true")
    # THEN the run fails and says why
    assert outcome.returncode != 0
    assert "No Chromium was found. CI allows no gap" in outcome.stdout
    assert "1 passed, 1 error" in outcome.stdout


def test_a_named_chromium_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN CHROMIUM set to something that is not a program, WHEN it is looked for, THEN that is said
    monkeypatch.setenv("CHROMIUM", "/no/such/chromium")
    with pytest.raises(FileNotFoundError, match="CHROMIUM is set to /no/such/chromium"):
        find_chromium()
