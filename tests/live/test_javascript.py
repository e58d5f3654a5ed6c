"""The scripts of the page: unit tests under Node, and the type check of their JSDoc."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from book._bundle.node import node_program, run_node
from tests.live.running import built_runner

TESTS = sorted((Path(__file__).parent / "javascript").glob("*.test.mjs"))


@pytest.mark.parametrize("file", TESTS, ids=[file.name.removesuffix(".test.mjs") for file in TESTS])
def test_unit_tests_under_node_pass(file: Path, root: Path) -> None:
    # GIVEN Node from the environment, and Python for the tests that read what the builder wrote
    environment = {**os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(root)}
    # WHEN the tests of one script run
    command = [node_program(), "--test", "--test-reporter=spec", file]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    # THEN all pass, and there were some
    assert done.returncode == 0, done.stdout
    assert "pass 0" not in done.stdout


def test_the_scripts_are_typed(root: Path) -> None:
    # GIVEN the compiler and the types of Pyodide and CodeMirror, which the build has installed
    modules = built_runner() / "node" / "node_modules"
    # WHEN every script is checked as strictly as the compiler can
    run_node(modules / "typescript" / "bin" / "tsc", "-p", root / "book" / "_live")
    # THEN it complains about nothing (it would have raised)
