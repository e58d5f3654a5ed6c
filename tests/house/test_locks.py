"""The locks: hashed, naming no index, in step with pyproject.toml and with each other."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.locks import pins
from workshop.lock import LOCKS


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_has_hashes_and_no_address(root: Path, name: str) -> None:
    # GIVEN a lock
    text = (root / name).read_text(encoding="utf-8")
    # WHEN it is split into entries
    entries = [entry for entry in re.split(r"\n(?=[A-Za-z0-9])", text) if not entry.startswith("#")]
    # THEN each has at least one hash, and no index or file address appears
    assert entries
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "index-url" not in text


def requirements(root: Path, lock: str) -> list[Requirement]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]

    def group(name: str) -> list[str]:
        members = [group(item["include-group"]) if isinstance(item, dict) else [item] for item in groups[name]]
        return [text for member in members for text in member]

    texts = list(project["project"]["dependencies"])
    for kind, name in zip(LOCKS[lock][::2], LOCKS[lock][1::2], strict=True):
        extra = kind == "--extra"
        texts += project["project"]["optional-dependencies"][name] if extra else group(name.partition(":")[2])
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_satisfies_pyproject(root: Path, name: str) -> None:
    # GIVEN a lock and what pyproject.toml asks for
    locked = pins(root / name)
    # WHEN each requirement is looked up
    wrong = [
        str(requirement)
        for requirement in requirements(root, name)
        if not any(requirement.specifier.contains(v) for v in locked.get(canonicalize_name(requirement.name), ()))
    ]
    # THEN the lock has a version that satisfies it
    assert wrong == [], "run `make lock`"


@pytest.mark.parametrize("name", [name for name in LOCKS if name != "requirements.txt"])
def test_the_smaller_locks_agree_with_the_whole_one(root: Path, name: str) -> None:
    # GIVEN a smaller lock and the one of the whole course
    small, whole = pins(root / name), pins(root / "requirements.txt")
    # THEN what both list, both pin alike, and the smaller one lists nothing more
    assert {package: versions for package, versions in small.items() if whole.get(package) != versions} == {}


def test_the_engines_lock_has_nothing_of_jupyter(root: Path) -> None:
    # GIVEN the engine's lock, WHEN its packages are read
    listed = pins(root / "requirements-engine.txt")
    # THEN none of them is Jupyter's, a plotter or CloudFormation's linter with its 300 MB
    assert [name for name in listed if re.search(r"jupyter|ipython|ipykernel|notebook|matplotlib|cfn-lint", name)] == []


def test_locks_of_scripts_name_no_host(root: Path) -> None:
    # GIVEN the npm locks in the tree
    listing = ["git", "ls-files", "*package-lock.json"]
    tracked = subprocess.run(listing, cwd=root, capture_output=True, text=True, check=True)
    # WHEN their download addresses are read
    named = [
        name for name in tracked.stdout.split() if re.search(r'"resolved": *"https?:', (root / name).read_text("utf-8"))
    ]
    # THEN there are none: whoever installs uses the index they have set up
    assert named == []
