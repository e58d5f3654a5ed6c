"""What holds for every test: no way to a real AWS account, and what becomes of browser tests without a browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from workshop.aws_cli import HOW_TO_GET_THE_CLI, find_aws_cli
from workshop.chromium import HOW_TO_GET_ONE, find_chromium

# No test asserts how long something takes, hypothesis's own checks included: a machine may be busy.
settings.register_profile("lambdalab", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lambdalab")

LEFT_OUT = pytest.StashKey[dict[str, int]]()
NEEDS = {
    "browser": (find_chromium, f"no Chromium was found. {HOW_TO_GET_ONE}"),
    "aws_cli": (find_aws_cli, f"no AWS CLI of version 2 was found. {HOW_TO_GET_THE_CLI}"),
}
"""What marked tests need: a program, or why there is none."""


def pytest_configure(config: pytest.Config) -> None:
    # Whoever runs the tests may be signed in to AWS. No test may use that.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    config.stash[LEFT_OUT] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # In CI they stay, and fail in the fixture that looks for the program.
    if os.environ.get("CI") == "true":
        return
    for mark, (find, _) in NEEDS.items():
        marked = [item for item in items if item.get_closest_marker(mark)]
        if marked and find() is None:
            config.hook.pytest_deselected(items=marked)
            items[:] = [item for item in items if item not in marked]
            config.stash[LEFT_OUT][mark] = len(marked)
    if hasattr(config, "workeroutput"):  # a worker of pytest-xdist: tell the process that prints the summary
        config.workeroutput["left_out"] = config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """By file, as ``--dist=loadfile``; what is graded for one assignment is shared by the tests of that one only."""
    from xdist.scheduler import LoadFileScheduling

    class ByFileAndAssignment(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file + nodeid.partition("[")[2] if file.endswith("test_assignments.py") else file

    return ByFileAndAssignment(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    for mark, count in getattr(node, "workeroutput", {}).get("left_out", {}).items():
        node.config.stash[LEFT_OUT][mark] = max(node.config.stash[LEFT_OUT].get(mark, 0), count)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.stash[LEFT_OUT]:
        terminalreporter.section("left out", yellow=True)
        for mark, count in config.stash[LEFT_OUT].items():
            terminalreporter.line(f"{count} tests, because {NEEDS[mark][1]}")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the tree."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium to drive. Every test that uses it must be marked ``browser``."""
    program = find_chromium()
    if program is None:
        reason = "CI allows no gap, and elsewhere the mark `browser` is missing."
        pytest.fail(f"No Chromium was found. {reason} {HOW_TO_GET_ONE}")
    return program


@pytest.fixture(scope="session")
def aws_cli() -> Path:
    """The AWS CLI, version 2. Every test that uses it must be marked ``aws_cli``."""
    program = find_aws_cli()
    if program is None:
        reason = "CI allows no gap, and elsewhere the mark `aws_cli` is missing."
        pytest.fail(f"No AWS CLI of version 2 was found. {reason} {HOW_TO_GET_THE_CLI}")
    return program
