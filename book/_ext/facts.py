"""What the pages take from ``facts/``: the ``{quota}`` role and the ``{claim}`` and ``{myth}`` directives.

The lists in full (errata, numbers, coverage) are in `fact_pages`. Every use of a fact makes the page depend on
its file, so that a changed fact rebuilds the page; an unknown name stops the build.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import elements
import fact_pages
import ledger
from docutils import nodes
from elements import HtmlElement
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole

BOOK = Path(__file__).resolve().parent.parent
_QUOTA = re.compile(r"(?P<name>\w+)(?:\.(?P<field>\w+))?(?:\s+(?:in\s+(?P<unit>\w+)|(?P<alone>alone)))?")


class QuotaRole(SphinxRole):
    """``{quota}`memory_max```: a number of ``facts/quotas.yaml``, with its source for whoever points at it.

    ``name.field`` takes one number of several (``async_event_age.default``), ``name in minutes`` converts,
    ``name alone`` leaves the unit away.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        match = _QUOTA.fullmatch(self.text.strip())
        if match is None:
            raise ExtensionError(
                f"{self.get_location()}: {self.text!r} is not of the form name[.field] [in unit | alone]"
            )
        try:
            quota = ledger.find(fact_pages.quotas(self.env), match["name"], "quota")
            text = ledger.written(quota, match["field"], match["unit"], alone=bool(match["alone"]))
        except ledger.UnknownFact as problem:
            raise ExtensionError(f"{self.get_location()}: {problem}") from problem
        tip = f"quota-tip-{self.env.new_serialno('quota')}"
        link = HtmlElement.of("a", text, class_="quota-value", aria_describedby=tip)
        link["fact"] = ("numbers", f"quota-{quota.name}")
        source = HtmlElement.of("span", quota.provenance(), class_="quota-source", role="tooltip", id=tip)
        return [HtmlElement.of("span", link, fact_pages.Hidden("", source), class_="quota")], []


class ClaimDirective(SphinxDirective):
    """A claim of the ledger, its verdict, what is so, and the evidence; the body explains."""

    required_arguments = 1
    has_content = True
    kind = "claim"

    def run(self) -> list[nodes.Node]:
        try:
            claim = ledger.find(fact_pages.claims(self.env), self.arguments[0].strip(), "claim")
        except ledger.UnknownFact as problem:
            raise ExtensionError(f"{self.get_location()}: {problem}") from problem
        if self.kind == "myth" and claim.verdict == "correct":
            raise ExtensionError(f"{self.get_location()}: {claim.id} is correct, so it is no myth; use {{claim}}")
        if self.kind == "myth" and claim.demonstration is None:
            raise ExtensionError(f"{self.get_location()}: the ledger knows no run that shows {claim.id}; use {{claim}}")
        anchor = f"{self.kind}-{claim.id.lower()}"
        fact_pages.note_use(self.env, claim.id, anchor)
        heard = "People say" if claim.verdict != "correct" else "Rightly said"
        title = HtmlElement.of(
            "p",
            HtmlElement.of("span", heard, class_="myth-heard"),
            " ",
            fact_pages.verdict(claim.verdict),
            class_="myth-head",
            id=f"{anchor}-head",
        )
        so = ledger.sentence(claim.correction)
        box = HtmlElement.of(
            "div",
            title,
            HtmlElement.of("blockquote", HtmlElement.of("p", ledger.sentence(claim.claim)), class_="myth-claim"),
            HtmlElement.of("p", HtmlElement.of("strong", "What is so: "), so, class_="myth-correction"),
            class_=f"myth myth-{claim.verdict}",
            id=anchor,
            role="note",
            aria_labelledby=f"{anchor}-head",
        )
        body = HtmlElement.of("div", class_="myth-explanation")
        self.state.nested_parse(self.content, self.content_offset, body)
        if body.children:
            box.append(body)
        link = HtmlElement.of("a", f"{claim.id} in the errata")
        link["fact"] = ("errata", claim.id.lower())
        box.append(HtmlElement.of("p", *fact_pages.evidence(claim), " ", link, ".", class_="myth-evidence"))
        return [box]


class MythDirective(ClaimDirective):
    """A claim that is not correct and can be shown to be so, beside the run that shows it."""

    kind = "myth"


def _static_files(app: Sphinx, config: Config) -> None:
    """The stylesheet and the filter's script are copied with the book's static files, in any project."""
    mine = str(BOOK / "_static")
    known = {str((Path(app.confdir) / path).resolve()) for path in config.html_static_path}
    if mine not in known:
        config.html_static_path.append(mine)


def _page_files(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Style and script only where facts are shown."""
    body = context.get("body") or ""
    if any(f'class="{mark}' in body for mark in ("quota", "myth ", "errata", "coverage", "numbers")):
        app.add_css_file("facts.css")
        app.add_js_file("facts.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("facts_folder", str(BOOK.parent / "facts"), "env", str)
    app.add_role("quota", QuotaRole())
    app.add_directive("claim", ClaimDirective)
    app.add_directive("myth", MythDirective)
    elements.register(app)
    fact_pages.register(app)
    app.connect("config-inited", _static_files)
    app.connect("html-page-context", _page_files)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
