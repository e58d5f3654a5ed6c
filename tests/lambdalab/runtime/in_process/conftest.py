"""The in-process executor alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lambdalab.clock import Clock
from lambdalab.runtime.in_process import InProcessExecutor


@pytest.fixture
def executor(clock: Clock) -> Iterator[InProcessExecutor]:
    made = InProcessExecutor(clock, budget_seconds=0.3)
    yield made
    made.close()
