"""The workflows and Binder's start: they name commands and files that exist."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

WORKFLOWS = ["publish.yml", "test.yml"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_a_workflow_runs_exists(root: Path, name: str) -> None:
    # GIVEN a workflow
    workflow = yaml.safe_load((root / ".github/workflows" / name).read_text(encoding="utf-8"))
    steps = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    # WHEN its make targets and scripts are looked up
    targets = {target for step in steps for target in re.findall(r"\bmake (\w+)", step)}
    scripts = {script for step in steps for script in re.findall(r"^\.\S+", step)}
    # THEN make knows the targets, and the scripts can be run
    assert targets | scripts
    for target in targets:
        subprocess.run(["make", "--dry-run", target], cwd=root, check=True, capture_output=True)
    assert all(os.access(root / script, os.X_OK) for script in scripts)


def test_the_book_is_published_from_where_make_puts_it(root: Path) -> None:
    # GIVEN the publishing workflow, WHEN its folders are read, THEN they are where `make book` builds
    text = (root / ".github/workflows/publish.yml").read_text(encoding="utf-8")
    assert "SERVE=0 make book" in text
    assert set(re.findall(r"(?:path|working-directory): (\S+)", text)) == {"_build/html"}


def test_binder_installs_a_lock_and_opens_labs_as_notebooks(root: Path) -> None:
    # GIVEN Binder's files
    (line,) = (root / "binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    # WHEN what they name is looked up
    lock = root / "binder" / line.removeprefix("-r ")
    settings = re.search(r"workshop/\S+\.json", (root / "binder" / "postBuild").read_text(encoding="utf-8"))
    # THEN the lock has JupyterLab and Jupytext, and Markdown opens as a notebook
    assert {"jupyterlab", "jupytext"} <= set(re.findall(r"^([a-z]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    assert settings is not None
    viewers = json.loads((root / settings.group()).read_text(encoding="utf-8"))
    assert viewers["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]["markdown"] == "Jupytext Notebook"
