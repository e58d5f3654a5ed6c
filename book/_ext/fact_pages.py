"""The appendices made from ``facts/``: ``{errata}``, ``{numbers}`` and ``{coverage}``, and what facts on pages share.

Each appendix is plain lists and tables that read well without a script; `facts.js` adds filters.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import ledger
from docutils import nodes
from elements import HtmlElement
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

__all__ = ["Hidden", "claims", "coverage", "evidence", "note_use", "quotas", "register", "verdict"]

_SIGNS = {"wrong": "✗", "outdated": "↺", "misleading": "≈", "unverifiable": "?", "correct": "✓"}


class Hidden(nodes.General, nodes.Inline, nodes.Element):
    """Content for the HTML pages alone: other builders leave it out."""


def _file(env: BuildEnvironment, name: str) -> Path:
    path = Path(env.config.facts_folder) / name
    env.note_dependency(str(path))
    return path


@functools.lru_cache(maxsize=16)
def _read(reader: Callable[[Path], Any], path: Path, changed_ns: int) -> Any:
    """What `reader` makes of the file as it was at `changed_ns`."""
    return reader(path)


def _cached(env: BuildEnvironment, name: str, reader: Callable[[Path], Any]) -> Any:
    path = _file(env, name)
    return _read(reader, path, path.stat().st_mtime_ns)


def claims(env: BuildEnvironment) -> dict[str, ledger.Claim]:
    """The ledger; the page being read depends on it from now on."""
    found: dict[str, ledger.Claim] = _cached(env, "claims.yaml", ledger.read_claims)
    return found


def quotas(env: BuildEnvironment) -> dict[str, ledger.Quota]:
    """The quotas; the page being read depends on them from now on."""
    found: dict[str, ledger.Quota] = _cached(env, "quotas.yaml", ledger.read_quotas)
    return found


def coverage(env: BuildEnvironment) -> ledger.Coverage:
    """The coverage; the page being read depends on it from now on."""
    found: ledger.Coverage = _cached(env, "coverage.yaml", ledger.read_coverage)
    return found


def verdict(name: str) -> HtmlElement:
    """The verdict as a word with a sign; colour only repeats it."""
    sign = HtmlElement.of("span", _SIGNS[name], aria_hidden="true")
    return HtmlElement.of("span", sign, f" {name}", class_=f"verdict verdict-{name}")


def evidence(claim: ledger.Claim) -> list[nodes.Node | str]:
    """Sources and date, as inline text."""
    sources = "; ".join(claim.evidence)
    date = HtmlElement.of("time", claim.checked, datetime=claim.checked)
    return [nodes.Text(f"Source: {sources}. Checked on "), date, nodes.Text(".")]


def note_use(env: BuildEnvironment, claim: str, anchor: str) -> None:
    """Remember that the page being read shows `claim` at `anchor`."""
    _uses(env).setdefault(env.docname, []).append((claim, anchor))


def _uses(env: BuildEnvironment) -> dict[str, list[tuple[str, str]]]:
    """By page, the claims it shows and where."""
    found: dict[str, list[tuple[str, str]]] = env.__dict__.setdefault("facts_uses", {})
    return found


def _appendices(env: BuildEnvironment) -> dict[str, str]:
    """Which page is the errata, which the numbers."""
    found: dict[str, str] = env.__dict__.setdefault("facts_appendices", {})
    return found


class _UsesPlaceholder(nodes.General, nodes.Inline, nodes.Element):
    """Becomes links to the pages that show a claim, once all pages are read."""


class _Appendix(SphinxDirective):
    name = ""

    def _here(self) -> None:
        known = _appendices(self.env).setdefault(self.name, self.env.docname)
        if known != self.env.docname:
            raise ExtensionError(f"{{{self.name}}} stands in {known} and in {self.env.docname}; one is enough")

    def _section(self, title: str, anchor: str, *children: nodes.Node) -> nodes.section:
        section = nodes.section("", nodes.title("", title), *children, ids=[anchor], names=[anchor])
        self.state.document.note_explicit_target(section)
        return section


def _filter(label: str, counted: str, *choices: tuple[str, str, Iterable[tuple[str, str]]]) -> HtmlElement:
    """The form `facts.js` shows and serves; without the script it stays hidden."""
    fields = []
    for name, text, options in choices:
        every = HtmlElement.of("option", "all", value="")
        made = [HtmlElement.of("option", shown, value=value) for value, shown in options]
        select = HtmlElement.of("select", every, *made, name=name)
        fields.append(HtmlElement.of("label", HtmlElement.of("span", text), select))
    words = HtmlElement.of("input", type="search", name="words", autocomplete="off")
    fields.append(HtmlElement.of("label", HtmlElement.of("span", "Words"), words))
    reset = HtmlElement.of("button", "Show all", type="reset")
    count = HtmlElement.of("p", class_="fact-filter-count", role="status", data_counted=counted)
    return HtmlElement.of(
        "form", *fields, reset, count, class_="fact-filter", role="search", aria_label=label, hidden=True
    )


class ErrataDirective(_Appendix):
    """``{errata}``: every claim of the ledger, by topic."""

    name = "errata"

    def run(self) -> list[nodes.Node]:
        self._here()
        known = claims(self.env)
        topics = coverage(self.env).topics
        verdicts = Counter(claim.verdict for claim in known.values())
        result: list[nodes.Node] = [
            _filter(
                "Filter the claims",
                "claims",
                ("topic", "Topic", topics.items()),
                ("verdict", "Verdict", [(name, f"{name} ({verdicts[name]})") for name in ledger.VERDICTS]),
            )
        ]
        for topic, title in topics.items():
            entries = [self._entry(claim) for claim in known.values() if claim.topic == topic]
            if entries:
                listed = HtmlElement.of("ul", *entries, class_="errata")
                result.append(self._section(title, f"claims-{topic}", listed))
        return result

    def _entry(self, claim: ledger.Claim) -> HtmlElement:
        anchor = claim.id.lower()
        mark = HtmlElement.of("a", claim.id, href=f"#{anchor}", class_="errata-id")
        head = HtmlElement.of(
            "p", mark, " ", verdict(claim.verdict), " ", ledger.sentence(claim.claim), class_="errata-claim"
        )
        shown = _UsesPlaceholder()
        shown["claim"] = claim.id
        parts: list[nodes.Node] = [
            head,
            HtmlElement.of("p", ledger.sentence(claim.correction), class_="errata-correction"),
        ]
        place = "Read in " + "; ".join(self._document(where) for where in claim.where) + ". "
        parts.append(HtmlElement.of("p", *evidence(claim), " ", place, shown, class_="errata-evidence"))
        return HtmlElement.of("li", *parts, id=anchor, data_topic=claim.topic, data_verdict=claim.verdict)

    def _document(self, where: str) -> str:
        """A place as the ledger has it (``003: Q12 L60``), with the document's title and whole words."""
        number, _, place = where.partition(": ")
        titles = {seed.number: seed.title for seed in coverage(self.env).seeds}
        place = re.sub(r"\bQ(?=\d)", "question ", place)
        place = re.sub(r"\bcard(?=\d)", "card ", place)
        place = re.sub(r"\bL(?=\d)", "line ", place)
        return f"“{titles.get(number, number)}”, {place}"


class NumbersDirective(_Appendix):
    """``{numbers}``: every quota with its source; where ``{quota}`` leads."""

    name = "numbers"

    def run(self) -> list[nodes.Node]:
        self._here()
        rows = []
        for quota in quotas(self.env).values():
            adjustable = {True: "yes", False: "no", None: "\N{EN DASH}"}[quota.adjustable]
            if quota.adjustable_note:
                adjustable += f" ({quota.adjustable_note})"
            text = ledger.written(quota) if quota.value is not None or quota.shown or quota.maximum else ""
            if quota.default is not None and not quota.shown:
                text += f" (default {ledger.figures(quota.default)})"
            cells = [
                HtmlElement.of("th", HtmlElement.of("code", quota.name), scope="row", role="rowheader"),
                HtmlElement.of("td", text, role="cell"),
                HtmlElement.of("td", adjustable, role="cell"),
                HtmlElement.of("td", quota.provenance(), role="cell"),
            ]
            rows.append(HtmlElement.of("tr", *cells, id=f"quota-{quota.name}", role="row"))
        titles = ("Name", "Number", "Adjustable", "Note and source")
        # The roles keep it a table where a narrow screen shows the cells below each other.
        heads = [HtmlElement.of("th", title, scope="col", role="columnheader") for title in titles]
        head = HtmlElement.of("thead", HtmlElement.of("tr", *heads, role="row"), role="rowgroup")
        body = HtmlElement.of("tbody", *rows, role="rowgroup")
        table = HtmlElement.of("table", head, body, class_="numbers table", role="table")
        scroll = HtmlElement.of(
            "div", table, class_="numbers-scroll", role="region", aria_label="The numbers", tabindex="0"
        )
        return [_filter("Filter the numbers", "numbers"), scroll]


class CoverageDirective(_Appendix):
    """``{coverage}``: every entry of the documents the course is built on, and where it is treated."""

    name = "coverage"

    def run(self) -> list[nodes.Node]:
        self._here()
        covered = coverage(self.env)
        at_item: dict[str, list[str]] = {}
        for claim in claims(self.env).values():
            for place in claim.places():
                item = covered.item_at(*place)
                if item is not None and claim.id not in at_item.setdefault(item.id, []):
                    at_item[item.id].append(claim.id)
        states = [("treated", "treated"), ("coming", "coming")]
        result: list[nodes.Node] = [
            _filter(
                "Filter the topics", "entries", ("topic", "Topic", covered.topics.items()), ("state", "State", states)
            )
        ]
        for seed in covered.seeds:
            entries = [item for item in covered.items if item.seed == seed.number]
            treated = sum(1 for item in entries if item.treated)
            count = f"{len(entries)} {seed.unit}; {treated} treated so far."
            listed = HtmlElement.of("ol", *(self._entry(item, covered, at_item) for item in entries), class_="coverage")
            title = f"{seed.number}: {seed.title}"
            result.append(self._section(title, f"seed-{seed.number}", nodes.paragraph("", count), listed))
        return result

    def _entry(self, item: ledger.Item, covered: ledger.Coverage, at_item: dict[str, list[str]]) -> HtmlElement:
        places: list[nodes.Node | str] = []
        for target in item.treated:
            page, _, anchor = target.partition("#")
            link = HtmlElement.of("a")
            link["fact_page"] = (page, anchor)
            places += [nodes.Text(", ") if places else nodes.Text(""), link]
        if item.coming:
            word = "more coming: " if places else "coming: "
            places += [nodes.Text("; ") if places else nodes.Text(""), f"{word}{covered.chapters[item.coming]}"]
        more = [HtmlElement.of("span", *places, class_="coverage-place")]
        links: list[nodes.Node | str] = []
        for claim in at_item.get(item.id, []):
            link = HtmlElement.of("a", claim)
            link["fact"] = ("errata", claim.lower())
            links += [nodes.Text(", ") if links else nodes.Text(". Claims: "), link]
        if links:
            more.append(HtmlElement.of("span", *links, class_="coverage-claims"))
        title = HtmlElement.of("span", item.title, class_="coverage-title")
        children = [title, " ", HtmlElement.of("span", *more, class_="coverage-more")]
        state = "treated" if item.treated else "coming"
        return HtmlElement.of("li", *children, id=f"item-{item.id}", data_topic=item.topic, data_state=state)


def _resolve(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Turn what is known only after reading into links: appendices, chapters, uses of a claim."""
    env = app.env
    for link in list(doctree.findall(HtmlElement)):
        if "fact" in link:
            appendix, anchor = link["fact"]
            target = _appendices(env).get(appendix)
            if target is None:
                link["tag"], link["html"] = "span", {**link["html"], "tabindex": "0"}
            else:
                link["html"] = {**link["html"], "href": _uri(app, page, target, anchor)}
        elif "fact_page" in link:
            target, anchor = link["fact_page"]
            if target not in env.titles:
                raise ExtensionError(f"facts/coverage.yaml names the page {target}, which is not in the book")
            link["html"] = {"href": _uri(app, page, target, anchor)}
            link.append(nodes.Text(_title(app, target, anchor)))
    for place in list(doctree.findall(_UsesPlaceholder)):
        links: list[nodes.Node] = []
        for shown_on, found in sorted(_uses(env).items()):
            for claim, anchor in found:
                if claim == place["claim"]:
                    href = _uri(app, page, shown_on, anchor)
                    links += [
                        nodes.Text("; " if links else "Shown in "),
                        HtmlElement.of("a", _title(app, shown_on), href=href),
                    ]
        place.replace_self([*links, nodes.Text(".")] if links else [])


def _uri(app: Sphinx, page: str, target: str, anchor: str) -> str:
    place = "" if page == target else app.builder.get_relative_uri(page, target)
    return f"{place}#{anchor}" if anchor else place


def _title(app: Sphinx, page: str, anchor: str = "") -> str:
    """The title of a page; with an anchor, also that of the section it is."""
    title = str(app.env.titles[page].astext())
    if not anchor:
        return title
    for section in app.env.get_doctree(page).findall(nodes.section):
        if anchor in section["ids"]:
            return f"{title}: {section.next_node(nodes.title).astext()}"
    raise ExtensionError(f"facts/coverage.yaml names {page}#{anchor}, but that page has no such section")


def _outdated(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """The errata and the coverage say which pages treat what: read them again when any page has changed."""
    if added or changed or removed:
        return [page for name, page in _appendices(env).items() if name != "numbers" and page in env.found_docs]
    return []


def _forget(app: Sphinx, env: BuildEnvironment, page: str) -> None:
    _uses(env).pop(page, None)
    for name in [name for name, known in _appendices(env).items() if known == page]:
        del _appendices(env)[name]


def _merge(app: Sphinx, env: BuildEnvironment, pages: set[str], other: BuildEnvironment) -> None:
    _uses(env).update({page: found for page, found in _uses(other).items() if page in pages})
    _appendices(env).update({name: page for name, page in _appendices(other).items() if page in pages})


def _keep(translator: Any, node: nodes.Node) -> None:
    """The children are written as they are."""


def _skip(translator: Any, node: nodes.Node) -> None:
    raise nodes.SkipNode


def register(app: Sphinx) -> None:
    """Add the directives of the appendices and what completes them."""
    others: dict[str, Any] = dict.fromkeys(("latex", "text", "man", "texinfo"), (_skip, None))
    app.add_node(Hidden, html=(_keep, _keep), **others)
    for directive in (ErrataDirective, NumbersDirective, CoverageDirective):
        app.add_directive(directive.name, directive)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-resolved", _resolve)
