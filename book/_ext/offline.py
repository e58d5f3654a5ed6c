"""Drop what the theme and Jupyter Book load for features that `book/_templates/layout.html` does without.

That is some 750 kB of compressed scripts, styles and fonts, and one request to another site (sphinx-thebe).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

_UNUSED = (
    "bootstrap",
    "clipboard",
    "copybutton",
    "doctools.js",
    "documentation_options",
    "fontawesome",
    "mathjax",
    "pydata-sphinx-theme",
    "sphinx-book-theme",
    "sphinx_comments",
    "sphinx_highlight",
    "styles/theme.css",
    "thebe",
    "togglebutton",
    "toggleHint",
    "toggleOpenOnPrint",
    "DOCUMENTATION_OPTIONS",
)
# Loaded where the page's body has one of the marks.
_ON_DEMAND = {
    "sphinx-design": ("sd-",),
    "design-tabs": ("sd-tab",),
    "mystnb": ('class="cell',),
    "pygments": ('class="highlight',),
}


def _name(asset: Any) -> str:
    return str(getattr(asset, "filename", asset) or "")


def _text(asset: Any) -> str:
    attributes = getattr(asset, "attributes", None) or {}
    return _name(asset) + str(attributes.get("body") or "")


def _keep(assets: list[Any], body: str) -> list[Any]:
    kept: list[Any] = []
    seen: set[str] = set()
    for asset in assets:
        text = _text(asset)
        unused = any(word in text for word in _UNUSED)
        waiting = any(word in text and not any(mark in body for mark in marks) for word, marks in _ON_DEMAND.items())
        if unused or waiting or text in seen:
            continue
        seen.add(text)
        kept.append(asset)
    return kept


def _prune(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    body = context.get("body") or ""
    for kind in ("script_files", "css_files"):
        if context.get(kind):
            context[kind][:] = _keep(context[kind], body)


def _remove_unused_files(app: Sphinx, exception: Exception | None) -> None:
    """The theme's files are copied all the same; without them the site is 9 MB smaller."""
    if exception is None and app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        for name in ("scripts", "styles", "vendor", "locales"):
            shutil.rmtree(static / name, ignore_errors=True)
        for pattern in ("sphinx-thebe.*", "togglebutton.*", "copybutton*", "clipboard*", "*webpack-macros.html"):
            for path in static.glob(pattern):
                path.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", _prune, priority=900)
    app.connect("build-finished", _remove_unused_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
