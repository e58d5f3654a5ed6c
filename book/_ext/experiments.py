"""Snippets run on the engine while the site is built; their answers are what the pages state.

All snippets of a data file run in one child process (`experiment_process.py`), so that moto never patches
botocore inside Sphinx. Answers are kept in ``_build/experiments`` under a key made of the snippet, the
engine, the facts and the versions of boto3 and moto.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

__all__ = ["Experiment", "answers", "engine_fingerprint", "note_use", "register"]

ROOT = Path(__file__).resolve().parents[2]
_PROCESS = Path(__file__).with_name("experiment_process.py")
# One snippet takes milliseconds; a hang in one must not hang the build.
_SECONDS_FOR_ALL = 300


@dataclass(frozen=True)
class Experiment:
    """One snippet.

    Attributes
    ----------
    name
        Where it is written, for messages: file and item.
    source
        Python; the value of its last expression is the answer.
    setup
        Python that runs before it.
    given
        Further names and their values (JSON).
    shows
        "value" for the value itself, "picture" for its SVG or HTML.
    """

    name: str
    source: str
    setup: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    shows: Literal["value", "picture"] = "value"


@lru_cache(maxsize=1)
def engine_fingerprint() -> str:
    """A digest of everything an answer depends on besides the snippet."""
    digest = hashlib.sha256()
    sources = sorted([*(ROOT / "lambdalab").rglob("*.py"), *(ROOT / "lambdalab").rglob("*.json"), _PROCESS])
    for path in [*sources, *sorted((ROOT / "facts").glob("*.yaml"))]:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    for distribution in ("boto3", "moto"):
        digest.update(importlib.metadata.version(distribution).encode())
    return digest.hexdigest()


def _key(experiment: Experiment) -> str:
    described = {**asdict(experiment), "name": "", "engine": engine_fingerprint()}
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def answers(experiments: list[Experiment], store: Path | None = None) -> list[Any]:
    """The answer of each experiment, in order; runs those whose answer is not kept yet.

    Raises
    ------
    ExtensionError
        A snippet failed. The message names it and carries its traceback.
    """
    store = store or ROOT / "_build" / "experiments"
    paths = [store / f"{_key(experiment)}.json" for experiment in experiments]
    missing = [index for index, path in enumerate(paths) if not path.exists()]
    if missing:
        store.mkdir(parents=True, exist_ok=True)
        results = _run([experiments[index] for index in missing])
        for index, result in zip(missing, results, strict=True):
            if "error" in result:
                raise ExtensionError(f"{experiments[index].name}: the experiment failed\n{result['error']}")
            temporary = paths[index].with_suffix(".part")
            temporary.write_text(json.dumps(result), encoding="utf-8")
            temporary.replace(paths[index])
    return [json.loads(path.read_text(encoding="utf-8"))["value"] for path in paths]


def _run(experiments: list[Experiment]) -> list[dict[str, Any]]:
    try:
        process = subprocess.run(
            [sys.executable, str(_PROCESS), str(ROOT)],
            input=json.dumps([asdict(experiment) for experiment in experiments]),
            capture_output=True,
            text=True,
            timeout=_SECONDS_FOR_ALL,
            check=False,
        )
    except subprocess.TimeoutExpired as timeout:
        names = ", ".join(experiment.name for experiment in experiments)
        raise ExtensionError(f"experiments took longer than {_SECONDS_FOR_ALL} s: {names}") from timeout
    if process.returncode != 0:
        raise ExtensionError(f"{experiments[0].name}: experiments could not run\n{process.stderr.strip()}")
    results: list[dict[str, Any]] = json.loads(process.stdout)
    return results


def note_use(environment: BuildEnvironment) -> None:
    """The page being read shows an answer: read it again when the engine has changed."""
    pages: dict[str, str] = environment.__dict__.setdefault("lambdalab_experiments", {})
    pages[environment.docname] = engine_fingerprint()


def _outdated(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    pages: dict[str, str] = env.__dict__.get("lambdalab_experiments", {})
    return [page for page, seen in pages.items() if seen != engine_fingerprint() and page in env.found_docs]


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    env.__dict__.get("lambdalab_experiments", {}).pop(docname, None)


def register(app: Sphinx) -> None:
    """Connect the events above; called by the one extension that comes first (`furniture`)."""
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _purge)
