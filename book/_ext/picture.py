"""`{picture}`: what the engine draws, drawn while the site is built."""

from __future__ import annotations

from typing import Any, ClassVar

import elements
import experiments
from docutils import nodes
from docutils.parsers.rst import directives
from elements import HtmlElement
from experiments import Experiment
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Picture(SphinxDirective):
    """Runs its body on the engine and shows its last value as a figure."""

    has_content = True
    option_spec: ClassVar = {"alt": directives.unchanged_required, "caption": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        if not self.options.get("alt"):
            raise elements.failure(self, "needs :alt:, a text that says what the picture says")
        source, _ = self.get_source_info()
        experiment = Experiment(f"{source}:{self.lineno}", "\n".join(self.content), shows="picture")
        experiments.note_use(self.env)
        (drawn,) = experiments.answers([experiment])
        image = HtmlElement.of("div", nodes.raw("", drawn, format="html"), class_="picture-drawn")
        figure = HtmlElement.of("figure", image, class_="picture")
        if drawn.lstrip().startswith("<svg"):
            image["html"].update({"role": "img", "aria-label": self.options["alt"]})
        else:
            # A timeline's HTML has words and a table of its own, which an image's role would hide.
            figure["html"]["aria-label"] = self.options["alt"]
        if "caption" in self.options:
            figure.append(HtmlElement.of("figcaption", *elements.inline(self, self.options["caption"])))
        return [figure]


def setup(app: Sphinx) -> dict[str, Any]:
    elements.register(app)
    app.add_directive("picture", Picture)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
