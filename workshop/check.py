"""What can be checked without running it: lint, format, types, imports, spelling. ``python -m workshop.check``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["CHECKS", "run_checks"]

ROOT = Path(__file__).resolve().parent.parent
TYPED = ["lambdalab", "classroom", "workshop"]
CHECKS: dict[str, list[str]] = {
    "lint": ["ruff", "check", "--quiet"],
    "format": ["ruff", "format", "--check", "--quiet"],
    "types": ["mypy", "--strict", *TYPED],
    "import direction": ["lint-imports", "--no-cache"],
    "spelling": ["codespell"],
}


def run_checks(root: Path) -> list[str]:
    """Run all of them, also after one has failed, and give the names of those that did."""
    failed = []
    programs = Path(sys.executable).parent
    for name, (program, *arguments) in CHECKS.items():
        present = [argument for argument in arguments if argument not in TYPED or (root / argument).is_dir()]
        done = subprocess.run([programs / program, *present], cwd=root, capture_output=True, text=True, check=False)
        print(f"{name}: {'failed' if done.returncode else 'passed'}", flush=True)
        if done.returncode:
            print(done.stdout + done.stderr, flush=True)
            failed.append(name)
    return failed


if __name__ == "__main__":
    sys.exit(1 if run_checks(ROOT) else 0)
