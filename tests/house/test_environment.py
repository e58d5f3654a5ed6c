"""Setting up the environment: what it is made from, and what is said when it cannot be made."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from workshop.environment import EnvironmentFailure, digest, requirement


@pytest.fixture
def tree(root: Path, tmp_path: Path) -> Path:
    """What set-up reads of the tree, on a path with spaces and non-ASCII letters."""
    folder = tmp_path / "my Käse lab"
    folder.mkdir()
    for name in ("requirements.txt", "pyproject.toml", "Makefile"):
        shutil.copy(root / name, folder)
    shutil.copytree(root / "workshop", folder / "workshop", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_running_environment_is_in_step(root: Path) -> None:
    # GIVEN the environment the tests run in, WHEN its stamp is read, THEN it was made from this lock, here
    assert (root / ".venv" / "made-from").read_text(encoding="utf-8") == digest(root)


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_another_lock_or_package_asks_for_a_refresh(tree: Path, name: str) -> None:
    # GIVEN what an environment was made from
    before = digest(tree)
    # WHEN the lock or the package's description changes
    with (tree / name).open("a", encoding="utf-8") as text:
        text.write("\n")
    # THEN it is not in step any more
    assert digest(tree) != before


def test_a_moved_checkout_asks_for_a_new_environment(tree: Path) -> None:
    # GIVEN what an environment was made from, WHEN the checkout moves
    before = digest(tree)
    moved = tree.rename(tree.with_name("elsewhere"))
    # THEN it is not in step any more: its scripts name the old place
    assert digest(moved) != before


def test_the_first_tool_is_installed_with_its_hashes(root: Path) -> None:
    # GIVEN the lock, WHEN the entry of one package is taken from it
    entry = requirement((root / "requirements.txt").read_text(encoding="utf-8"), "uv")
    # THEN it is that entry whole
    assert entry.startswith("uv==")
    assert entry.count("--hash=sha256:") > 1
    assert not entry.rstrip().endswith("\\")


def test_a_lock_without_the_tool_is_said() -> None:
    # GIVEN a lock that lacks uv, WHEN its entry is asked for, THEN the message names it
    with pytest.raises(EnvironmentFailure, match="does not list uv"):
        requirement("six==1.17.0 \\\n    --hash=sha256:00\n", "uv")


def test_no_network_is_one_clear_message(tree: Path, tmp_path: Path) -> None:
    # GIVEN a package index that refuses connections, and an empty HOME
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    nowhere = f"http://127.0.0.1:{port}/simple"
    settings = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": nowhere,
        "PIP_RETRIES": "1",
    }
    # WHEN the environment is set up
    make = ["make", "environment", f"PYTHON={sys.executable}"]
    outcome = subprocess.run(make, cwd=tree, env=settings, capture_output=True, text=True, check=False)
    # THEN make fails with a message that says what to do, and no traceback
    assert outcome.returncode != 0
    assert "The package index does not answer" in outcome.stderr
    assert "run the same command again" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_too_old_a_python_is_said(tree: Path) -> None:
    # GIVEN a Python that claims to be 3.10
    program = "import sys; sys.version_info = (3, 10, 0); from workshop.environment import main; sys.exit(main())"
    # WHEN the environment is set up with it
    outcome = subprocess.run([sys.executable, "-c", program], cwd=tree, capture_output=True, text=True, check=False)
    # THEN the message names both versions and the way out
    assert outcome.returncode == 1
    assert "Python 3.11 or newer" in outcome.stderr
    assert "make PYTHON=" in outcome.stderr
