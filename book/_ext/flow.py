"""`{flow}`: AWS parts and the arrows between them, as inline SVG in the page's own colours.

The picture is drawn twice, lying and standing; the style sheet shows the one that fits the screen.
"""

from __future__ import annotations

from typing import Any, ClassVar

import elements
import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from elements import HtmlElement
from flow_drawing import KINDS, Arrow, Drawing, FlowError, Part
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

_DIRECTIONS = {"<->": "both", "-->": "sometimes", "->": "always"}


def parse(text: str) -> tuple[list[Part], list[Arrow]]:
    """Parts, each with its place in the grid, and arrows.

    Raises
    ------
    FlowError
        What is wrong and in which part or arrow.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise FlowError(f"the body is not YAML: {error}") from error
    if not isinstance(data, dict) or set(data) != {"grid", "parts", "arrows"}:
        raise FlowError("the body needs exactly `grid`, `parts` and `arrows`")
    places: dict[str, tuple[int, int]] = {}
    for row, names in enumerate(data["grid"]):
        for column, name in enumerate(names):
            if name == ".":
                continue
            if name in places:
                raise FlowError(f"grid: {name} stands in two cells")
            places[str(name)] = (column, row)
    if set(places) != set(data["parts"]):
        raise FlowError(f"grid and parts differ in {', '.join(sorted(set(places) ^ set(data['parts'])))}")
    parts = []
    for name, described in data["parts"].items():
        unknown = set(described) - {"label", "kind", "note"}
        if unknown or "label" not in described:
            raise FlowError(f"part {name}: give label, kind, note and nothing else")
        if described.get("kind") not in KINDS:
            raise FlowError(f"part {name}: kind is one of {', '.join(sorted(KINDS))}")
        parts.append(Part(name, described["label"], described["kind"], described.get("note", ""), *places[name]))
    return parts, [_arrow(line, places) for line in data["arrows"]]


def _arrow(line: str | dict[str, Any], places: dict[str, tuple[int, int]]) -> Arrow:
    route, label = next(iter(line.items())) if isinstance(line, dict) else (line, "")
    sign = next((sign for sign in _DIRECTIONS if f" {sign} " in route), None)
    if sign is None:
        raise FlowError(f"arrow {route!r}: write `one -> other`, `one --> other` or `one <-> other`")
    start, end = (name.strip() for name in route.split(f" {sign} "))
    for name in (start, end):
        if name not in places:
            raise FlowError(f"arrow {route!r}: there is no part {name}")
    return Arrow(start, end, str(label), _DIRECTIONS[sign])


class Flow(SphinxDirective):
    """A diagram with a text alternative and, if given, a caption."""

    has_content = True
    option_spec: ClassVar = {"alt": directives.unchanged_required, "caption": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        if not self.options.get("alt"):
            raise elements.failure(self, "needs :alt:, a text that says what the picture says")
        try:
            parts, arrows = parse("\n".join(self.content))
            lying, standing = Drawing(parts, arrows), Drawing([part.turned() for part in parts], arrows)
            drawings = [
                nodes.raw("", drawing.svg(class_name), format="html")
                for drawing, class_name in ((lying, "flow-lying"), (standing, "flow-standing"))
            ]
        except FlowError as error:
            raise elements.failure(self, str(error)) from error
        image = HtmlElement.of("div", *drawings, class_="flow-drawn", role="img", aria_label=self.options["alt"])
        figure = HtmlElement.of("figure", image, class_="flow")
        if "caption" in self.options:
            figure.append(HtmlElement.of("figcaption", *elements.inline(self, self.options["caption"])))
        return [figure]


def setup(app: Sphinx) -> dict[str, Any]:
    elements.register(app)
    app.add_directive("flow", Flow)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
