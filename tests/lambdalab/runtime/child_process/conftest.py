"""The child-process executor under test, where the shared fixtures make environments on it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator

import pytest

from lambdalab.clock import Clock
from lambdalab.runtime.child_process import ChildProcessExecutor
from lambdalab.runtime.child_process.zygote import Zygote


@functools.cache
def _zygote() -> Zygote:
    return Zygote()


@pytest.fixture
def executor(clock: Clock) -> Iterator[ChildProcessExecutor]:
    """With the runtime client a user gets, and a zygote all tests share."""
    zygote = _zygote() if sys.platform == "linux" else False
    made = ChildProcessExecutor(clock, budget_seconds=2, zygote=zygote)
    yield made
    made.close()
