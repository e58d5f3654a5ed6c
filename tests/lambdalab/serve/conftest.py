"""A server in a process of its own, as a reader starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

Start = Callable[..., "Served"]


class Served:
    """A running ``python -m lambdalab serve``."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lambdalab", "serve", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        self.greeting = [self.process.stdout.readline() for _ in range(7)]
        self.endpoint = self.greeting[0].split()[4] if self.greeting[0] else ""

    def interrupt(self) -> tuple[int, str, str]:
        """Ctrl-C: exit code, what it still said, what it said on standard error."""
        self.process.send_signal(signal.SIGINT)
        said, errors = self.process.communicate(timeout=60)
        return self.process.returncode, said, errors


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[Served] = []

    def begin(*options: str) -> Served:
        running.append(Served(*options))
        return running[-1]

    yield begin
    for served in running:
        if served.process.poll() is None:
            served.process.kill()
        served.process.communicate()


@pytest.fixture
def served(start: Start) -> Served:
    return start("--port", "0", "--seed", "7")
