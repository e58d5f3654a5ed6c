"""What a page carries besides its text: the chapter's head, ways to start a lab, the hero, per-page scripts."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

import assets
import elements
import experiments
from docutils import nodes
from docutils.parsers.rst import directives
from elements import HtmlElement
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective


class AtAGlance(SphinxDirective):
    """The head of a chapter: time, prerequisites, what one can do afterwards, lab and homework."""

    has_content = True
    option_spec: ClassVar = dict.fromkeys(("time", "before", "lab", "homework"), directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        if "time" not in self.options:
            raise elements.failure(self, "needs :time:")
        facts = HtmlElement.of("dl", class_="glance-facts")
        self._fact(facts, "Time", [nodes.Text(self.options["time"])])
        if "before" in self.options:
            self._fact(facts, "You should know", elements.inline(self, self.options["before"]))
        if "lab" in self.options:
            self._fact(facts, "Lab", [self._page(self.options["lab"], "open the lab")])
        if "homework" in self.options:
            self._fact(facts, "Homework", [self._homework(self.options["homework"])])
        box = HtmlElement.of("section", facts, class_="glance", aria_label="This chapter at a glance")
        if self.content:
            box.append(HtmlElement.of("p", "Afterwards you can", class_="glance-lead"))
            self.state.nested_parse(self.content, self.content_offset, box)
        return [box]

    @staticmethod
    def _fact(facts: HtmlElement, term: str, value: list[nodes.Node]) -> None:
        facts.append(HtmlElement.of("div", HtmlElement.of("dt", term), HtmlElement.of("dd", *value)))

    def _homework(self, name: str) -> nodes.Node:
        """A link to the page that holds the assignment, its name where there is no such page."""
        page = f"book/homework/{name}"
        return self._page(f"/{page}", name) if page in self.env.found_docs else nodes.literal("", name)

    def _page(self, target: str, text: str) -> nodes.Node:
        return addnodes.pending_xref(
            "",
            nodes.inline("", text),
            refdoc=self.env.docname,
            refdomain="std",
            reftype="doc",
            refexplicit=True,
            reftarget=str(PurePosixPath(target).with_suffix("")),
        )


class Start(SphinxDirective):
    """Links that open this notebook elsewhere: download, and Binder and Colab when the repository is known."""

    def run(self) -> list[nodes.Node]:
        page = self.env.docname
        up = "../" * page.count("/")
        links = [HtmlElement.of("a", "Download the notebook", href=f"{up}_sources/{page}.ipynb", download=True)]
        repository = self.config.course_repository
        if repository:
            path = f"{page}.md"
            binder = f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath=lab%2Ftree%2F{path.replace('/', '%2F')}"
            colab = f"https://colab.research.google.com/github/{repository}/blob/gh-pages/_sources/{page}.ipynb"
            links.append(HtmlElement.of("a", "Start on Binder", href=binder, class_="start-elsewhere"))
            links.append(HtmlElement.of("a", "Start on Colab", href=colab, class_="start-elsewhere"))
        items = [HtmlElement.of("li", link) for link in links]
        return [HtmlElement.of("ul", *items, class_="start-links", aria_label="Open this notebook")]


class Hero(SphinxDirective):
    """The opening of the landing page. Argument: the headline; body: the text beside the picture."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        box = HtmlElement.of("div", class_="hero")
        box.append(HtmlElement.of("p", self.arguments[0], class_="hero-line"))
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class Tiles(SphinxDirective):
    """A list whose items stand side by side."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        content = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, content)
        if len(content) != 1 or not isinstance(content[0], nodes.bullet_list):
            raise elements.failure(self, "holds one list and nothing else")
        items = [HtmlElement.of("li", *item.children) for item in content[0].children]
        return [HtmlElement.of("ul", *items, class_="tiles")]


class ScrollingTables(SphinxPostTransform):
    """A table wider than the page scrolls by itself instead of widening the page."""

    default_priority = 400
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for table in list(self.document.findall(nodes.table)):
            box = HtmlElement.of("div", class_="table-scroll")
            table.replace_self(box)
            box.append(table)


def _page_scripts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load a script only where its directive is used."""
    body = context.get("body") or ""
    for mark, script in assets.SCRIPTS.items():
        if f'class="{mark}"' in body:
            app.add_js_file(script, loading_method="defer")


def _copy_assets(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        assets.install(Path(app.outdir) / "_static")


def setup(app: Sphinx) -> dict[str, Any]:
    default = os.environ.get("COURSE_REPOSITORY") or os.environ.get("GITHUB_REPOSITORY") or ""
    app.add_config_value("course_repository", default, "env", str)
    # After the style sheets of other extensions, whose rules it settles.
    app.add_css_file("page.css", priority=600)
    app.add_js_file("page.js", loading_method="defer")
    app.add_directive("at-a-glance", AtAGlance)
    app.add_directive("start", Start)
    app.add_directive("hero", Hero)
    app.add_directive("tiles", Tiles)
    app.add_post_transform(ScrollingTables)
    elements.register(app)
    experiments.register(app)
    app.connect("html-page-context", _page_scripts)
    app.connect("build-finished", _copy_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
