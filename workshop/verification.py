"""Check a built book by what is in it: the builder's own success says little about its pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from workshop.pages import pages

__all__ = ["Contents", "verify"]

# Attributes whose target a browser fetches by itself.
FETCHED = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
FETCHED_RELATIONS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "prefetch", "apple-touch-icon"}
STYLE_TARGET = re.compile(r"""url\(\s*['"]?([^'")]+)['"]?\s*\)|@import\s+['"]([^'"]+)['"]""")


@dataclass
class Contents:
    """What a page names: targets it fetches, targets it links to, the names that links can point at, failed cells."""

    fetched: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    failed_cells: int = 0


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.contents = Contents()
        self._style = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        for name in ("id", "name"):
            if values.get(name):
                self.contents.names.add(values[name])
        if {"output", "traceback"} <= set(values.get("class", "").split()):
            self.contents.failed_cells += 1
        for name in FETCHED.get(tag, ()):
            self.contents.fetched.update(_targets(name, values.get(name, "")))
        if tag == "link" and FETCHED_RELATIONS & set(values.get("rel", "").lower().split()):
            self.contents.fetched.add(values.get("href", ""))
        if tag in ("a", "area") and "href" in values:
            self.contents.links.add(values["href"])
        self.contents.fetched.update(_style_targets(values.get("style", "")))
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if self._style:
            self.contents.fetched.update(_style_targets(data))


def _targets(attribute: str, value: str) -> set[str]:
    if attribute == "srcset":
        return {candidate.split()[0] for candidate in value.split(",") if candidate.split()}
    return {value} if value else set()


def _style_targets(style: str) -> set[str]:
    return {first or second for first, second in STYLE_TARGET.findall(style)}


def verify(root: Path, site: Path) -> list[str]:
    """Everything wrong with the book at `site`, built from the tree at `root`; an empty list when all is well."""
    faults = []
    contents: dict[Path, Contents] = {}
    for path in sorted(site.rglob("*.html")):
        if path.name.endswith("webpack-macros.html"):
            continue  # a template that the theme leaves among its static files: no page
        reader = _Reader()
        reader.feed(path.read_text(encoding="utf-8"))
        reader.close()
        contents[path.resolve()] = reader.contents
    for page in pages(root):
        built = (site / f"{page.name}.html").resolve()
        if built not in contents:
            faults.append(f"{page.name} is in the table of contents, but {page.name}.html was not built")
            continue
        expected = _cells_that_may_fail(page.read()) if page.notebook else 0
        if contents[built].failed_cells > expected:
            faults.append(
                f"{page.name}.html shows {contents[built].failed_cells} failed cells, {expected} are meant to"
            )
    for path, found in contents.items():
        where = path.relative_to(site.resolve()).as_posix()
        faults += [f"{where} fetches {target}" for target in sorted(found.fetched) if _is_external(target)]
        faults += [f"{where}: {fault}" for fault in _dead(site.resolve(), path, found, contents)]
    for path in sorted(site.rglob("*.css")):
        where = path.relative_to(site).as_posix()
        for target in sorted(_style_targets(path.read_text(encoding="utf-8"))):
            if _is_external(target):
                faults.append(f"{where} fetches {target}")
    return faults


def _cells_that_may_fail(notebook: object) -> int:
    cells = notebook["cells"]  # type: ignore[index]
    return sum("raises-exception" in cell["metadata"].get("tags", []) for cell in cells)


def _is_external(target: str) -> bool:
    parts = urlsplit(target)
    return bool(parts.netloc) or parts.scheme not in ("", "data", "blob", "about", "javascript")


def _dead(site: Path, path: Path, found: Contents, contents: dict[Path, Contents]) -> Iterator[str]:
    """Links and assets of one page that lead nowhere within the site."""
    for target in sorted(found.links | found.fetched):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        at = (site / parts.path.lstrip("/")) if parts.path.startswith("/") else path.parent / unquote(parts.path)
        at = (at if parts.path else path).resolve()
        if at.is_dir():
            at = at / "index.html"
        if not at.is_relative_to(site):
            yield f"{target} leads out of the site"
        elif not at.is_file():
            yield f"{target} does not exist"
        elif parts.fragment and at in contents and not _names(contents[at].names, parts.fragment):
            yield f"{target} names a place that is not on that page"


def _names(names: Iterable[str], fragment: str) -> bool:
    return fragment == "top" or unquote(fragment) in names or fragment in names
