"""Keep pages small and self-contained: drop what the theme and Jupyter Book load for features not used here.

Font Awesome is 1.5 MB of script and fonts for a dozen icons (`book/_static/icons.css` draws these), sphinx-thebe
asks another site for its script and throws on every page, and the theme adds some files twice.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

_UNUSED = ("sphinx-thebe", "thebe", "fontawesome", "togglebutton", "mathjax", "design-tabs", "sphinx_comments")
_NEEDED_BY = {"togglebutton": ("toggle", "dropdown"), "design-tabs": ("sd-tab",)}


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
        unused = [word for word in _UNUSED if word in text.lower()]
        needed = any(mark in body for word in unused for mark in _NEEDED_BY.get(word, ()))
        if (unused and not needed) or text in seen:
            continue
        seen.add(text)
        kept.append(asset)
    return kept


def _prune(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    body = context.get("body") or ""
    for kind in ("script_files", "css_files"):
        if context.get(kind):
            context[kind][:] = _keep(context[kind], body)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", _prune, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
