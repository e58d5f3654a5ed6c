"""The documents at the top: their programs run, their commands exist, their picture is what the program draws."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from workshop.picture import PICTURE, code_blocks, draw

DOCUMENTS = ["README.md", "CONTRIBUTING.md"]


def commands(root: Path, document: str) -> list[str]:
    blocks = code_blocks((root / document).read_text(encoding="utf-8"), "sh")
    return [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_the_readmes_program_runs(root: Path, tmp_path: Path) -> None:
    # GIVEN the program in the README
    (program,) = code_blocks((root / "README.md").read_text(encoding="utf-8"), "python")
    # WHEN it is run
    outcome = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    # THEN it succeeds and prints a timeline with the function in it
    assert outcome.returncode == 0, outcome.stderr
    assert "orders" in outcome.stdout


def test_the_readmes_picture_is_what_its_program_draws(root: Path) -> None:
    # GIVEN the picture in the tree, WHEN the README's program is run again, THEN it draws the same, byte for byte
    assert (root / PICTURE).read_text(encoding="utf-8") == draw(root), "run `make picture`"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_are_known_to_make(root: Path, document: str) -> None:
    # GIVEN the commands in a document
    found = commands(root, document)
    assert found
    for command in found:
        # WHEN make is asked what it would do for one (doing it here would run the tests within the tests)
        outcome = subprocess.run(
            f"{command} --dry-run", shell=True, cwd=root, capture_output=True, text=True, check=False
        )
        # THEN it knows
        assert outcome.returncode == 0, f"{command}: {outcome.stderr}"
        assert outcome.stdout.strip()


@pytest.mark.parametrize("document", [*DOCUMENTS, "CHANGELOG.md"])
def test_links_within_the_tree_lead_somewhere(root: Path, document: str) -> None:
    # GIVEN a document, WHEN its links to files are followed
    targets = re.findall(r"\]\(([^)#]+)\)", (root / document).read_text(encoding="utf-8"))
    # THEN each file is there
    assert [target for target in targets if "://" not in target and not (root / target).exists()] == []


def test_the_readme_fits_one_screen(root: Path) -> None:
    # GIVEN the README, WHEN its lines are counted without the program, THEN a screen holds them
    text = (root / "README.md").read_text(encoding="utf-8")
    (program,) = code_blocks(text, "python")
    assert len(text.splitlines()) - len(program.splitlines()) <= 50
