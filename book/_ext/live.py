"""Makes code cells live: builds the in-page runner, copies it into the site, attaches it to pages that have such cells.

A code cell runs in the page unless it is tagged ``notebook`` or ``local`` or does not show its code. The runner itself
is in ``book/_live``, its builder in ``book/_bundle``.
"""

from __future__ import annotations

import html
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "_live"
logger = logging.getLogger(__name__)

# What the reader is told about cells that do not run in the page.
BADGES = {
    "notebook": ("Runs in JupyterLab", "This cell needs ipywidgets or matplotlib. The page shows its built output."),
    "local": ("Runs on your machine", "This cell starts processes. The page shows its built output."),
}


def _cells(doctree: nodes.document) -> Iterator[nodes.container]:
    """The code cells of a page, as myst-nb rendered them."""
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            yield node


def _tags(cell: nodes.container) -> set[str]:
    return {name.removeprefix("tag_") for name in cell["classes"] if name.startswith("tag_")}


def _shows_code(cell: nodes.container) -> bool:
    return any(
        isinstance(child, nodes.container) and child.get("nb_element") == "cell_code_source" for child in cell.findall()
    )


def is_live(cell: nodes.container) -> bool:
    """Whether the runner attaches to `cell`; ``liveContainers`` in the page's script decides the same."""
    return _shows_code(cell) and not _tags(cell) & BADGES.keys()


def _add_badges(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Say at the head of a cell where it runs, when that is not the page."""
    if app.builder.format != "html":
        return
    for cell in list(_cells(doctree)):
        for tag in sorted(_tags(cell) & BADGES.keys()):
            label, why = BADGES[tag]
            text = f'<p class="cell-badge cell-badge-{tag}"><strong>{label}.</strong> {html.escape(why)}</p>'
            cell.insert(0, nodes.raw("", text, format="html"))


def _attach(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Load the runner on pages with something to run: one deferred script and one stylesheet, nothing else."""
    body = context.get("body")
    if doctree is None or not body or app.builder.format != "html":
        return
    # myst-nb's name for the summary of a collapsed cell hides the summary's own words from screen readers.
    body = context["body"] = body.replace(' aria-label="Toggle hidden content"', "")
    if any(is_live(cell) for cell in _cells(doctree)) or 'data-homework="' in body:
        style, script = (context["pathto"](f"{FOLDER}/{name}", 1) for name in ("live.css", "live.js"))
        context["body"] = f'<link rel="stylesheet" href="{style}">\n<script defer src="{script}"></script>\n{body}'


def _build(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from book._bundle import NodeFailure, build

    try:
        build(ROOT / "_build" / "live", lambda step: logger.info("in-page runner: %s", step))
    except NodeFailure as failure:
        raise ExtensionError(str(failure)) from failure


def _install(app: Sphinx, exception: Exception | None) -> None:
    """Copy the runner beside the pages: new files in, old ones out, unchanged ones untouched."""
    if exception is not None or app.builder.format != "html":
        return
    source, target = ROOT / "_build" / "live" / "site", Path(app.outdir) / FOLDER
    target.mkdir(exist_ok=True)
    wanted = {path.name: path for path in source.iterdir()}
    for path in target.iterdir():
        if path.is_file() and path.name not in wanted:
            path.unlink()
    for name, path in wanted.items():
        copy = target / name
        if not copy.is_file() or copy.read_bytes() != path.read_bytes():
            shutil.copyfile(path, copy)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("builder-inited", _build)
    app.connect("doctree-resolved", _add_badges)
    app.connect("html-page-context", _attach, priority=850)
    app.connect("build-finished", _install)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
