"""nbgrader's command line, run in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["run_nbgrader"]


def run_nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``nbgrader …`` for the course in `course` and wait.

    nbgrader calls ``alembic`` by name, so the folder of this Python's commands must be on the path.
    Its exit code says little (it is 0 when autograding skipped somebody): look at what it made.
    """
    commands = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": commands + os.pathsep + os.environ.get("PATH", "")}
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments, f"--course-dir={course}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=course,
        env=environment,
    )
