"""The AWS CLI of version 2, where one is installed. Version 1 reads payloads in another way."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

__all__ = ["HOW_TO_GET_THE_CLI", "find_aws_cli"]

HOW_TO_GET_THE_CLI = "On Debian and Ubuntu: apt install awscli. On macOS: brew install awscli."


def find_aws_cli() -> Path | None:
    """The first ``aws`` on the path that is of version 2; a Python environment may have an older one before it."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        program = Path(folder) / "aws"
        if folder and program.is_file() and os.access(program, os.X_OK):
            told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
            if told.stdout.startswith("aws-cli/2"):
                return program
    return None
