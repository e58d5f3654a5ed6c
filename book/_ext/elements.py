"""A docutils node that is written as one HTML element, so that directives can use native form controls."""

from __future__ import annotations

import html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

__all__ = ["HtmlElement", "failure", "inline", "register", "unwrapped"]

_VOID = frozenset({"br", "hr", "input"})


class HtmlElement(nodes.General, nodes.TextElement):
    """An HTML element with ordinary document content inside.

    Attributes are given with `HtmlElement.of`; a value of True writes the bare attribute, False and None none.
    It is a text element because docutils allows links in those only.
    """

    @classmethod
    def of(cls, tag: str, *children: nodes.Node | str, **attributes: Any) -> HtmlElement:
        """Make the element. Keywords are attributes: ``class_`` is ``class``, ``data_kind`` is ``data-kind``."""
        node = cls()
        node["tag"] = tag
        node["html"] = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        node.extend(nodes.Text(child) if isinstance(child, str) else child for child in children)
        return node

    def start_tag(self) -> str:
        """The opening tag, attributes escaped."""
        parts = [self["tag"]]
        for name, value in self["html"].items():
            if value is True:
                parts.append(name)
            elif value is not None and value is not False:
                parts.append(f'{name}="{html.escape(str(value))}"')
        return f"<{' '.join(parts)}>"

    def end_tag(self) -> str:
        """The closing tag; nothing for void elements."""
        return "" if self["tag"] in _VOID else f"</{self['tag']}>"


def inline(directive: SphinxDirective, text: str) -> list[nodes.Node]:
    """`text` read as inline Markdown."""
    parsed, messages = directive.state.inline_text(str(text).strip(), directive.lineno)
    return [*parsed, *messages]


def unwrapped(children: list[nodes.Node]) -> list[nodes.Node]:
    """`children` with paragraphs replaced by their content: a label or a legend holds text only."""
    flat: list[nodes.Node] = []
    for child in children:
        flat.extend(child.children if isinstance(child, nodes.paragraph) else [child])
    return flat


def failure(directive: SphinxDirective, message: str) -> ExtensionError:
    """An error that ends the build and names the place. (`Directive.error` only leaves a red box in the page.)"""
    source, line = directive.get_source_info()
    return ExtensionError(f"{source}:{line}: {{{directive.name}}} {message}")


def _visit_html(translator: Any, node: HtmlElement) -> None:
    translator.body.append(node.start_tag())


def _depart_html(translator: Any, node: HtmlElement) -> None:
    translator.body.append(node.end_tag())


def _pass(translator: Any, node: HtmlElement) -> None:
    """Other builders show the content alone."""


def register(app: Sphinx) -> None:
    """Teach the builders `HtmlElement`; calling it from several extensions is fine."""
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (_pass, _pass))
    app.add_node(HtmlElement, override=True, html=(_visit_html, _depart_html), **others)
