"""The timeline as an HTML fragment: picture, text alternative, table."""

from __future__ import annotations

from collections.abc import Iterable

from lambdalab.show.look import NARROW, WIDE
from lambdalab.show.narration import narrated
from lambdalab.show.palette import style
from lambdalab.show.picture import Picture
from lambdalab.show.scene import Scene
from lambdalab.show.svg import element
from lambdalab.show.table import HEADINGS, rows
from lambdalab.timeline import Timeline

__all__ = ["PAGE_STYLE", "fragment", "picture_and_words"]

PAGE_STYLE = style(
    "ll-timeline",
    ".ll-timeline{margin:.5rem 0 1rem;width:100%;container-type:inline-size}"
    ".ll-timeline svg{display:block;width:100%;height:auto;max-width:960px}"
    ".ll-timeline .ll-narrow{display:none}"
    "@container(max-width:559px){.ll-timeline .ll-wide{display:none}.ll-timeline .ll-narrow{display:block}}"
    ".ll-timeline details{margin-top:.4rem;font-size:.85rem}"
    ".ll-timeline summary{cursor:pointer;padding:.25rem 0}"
    ".ll-timeline .ll-scroll{overflow-x:auto;max-height:26rem;overflow-y:auto}"
    ".ll-timeline table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
    ".ll-timeline th,.ll-timeline td{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;"
    "border-bottom:1px solid $rule}"
    ".ll-timeline td:first-child{white-space:nowrap}",
)


def picture_and_words(wide: str, narrow: str, summary: str, sentences: Iterable[str], *more: str) -> str:
    """Self-contained HTML: no script, no id, nothing fetched.

    Both pictures are there and the width of the place decides; the hidden one is hidden from screen readers too.
    """
    words = element("ul", (element("li", said) for said in sentences))
    parts = (
        f"<style>{PAGE_STYLE}</style>",
        element("div", (wide,), class_="ll-wide"),
        element("div", (narrow,), class_="ll-narrow"),
        element("details", (element("summary", summary), words)),
        *more,
    )
    return element("div", parts, class_="ll-timeline")


def fragment(timeline: Timeline) -> str:
    """A timeline's picture, what happened in words, and every entry in a table."""
    told = narrated(timeline)
    scene = Scene.of(timeline)
    description = " ".join(told)
    wide = Picture(scene, WIDE).svg(description)
    narrow = Picture(scene, NARROW).svg(description, with_style=False)
    tables = []
    shown, left_out = rows(timeline)
    if shown:
        head = element("tr", (element("th", words, scope="col") for words in HEADINGS))
        body = (element("tr", (element("td", cell) for cell in row)) for row in shown)
        table = element("table", (element("thead", (head,)), element("tbody", body)))
        more = (element("p", f"… and {left_out:,} more entries."),) if left_out else ()
        summary = element("summary", f"Every entry as a table ({len(timeline):,})")
        scroll = element("div", (table,), class_="ll-scroll", tabindex="0", role="group", aria_label="Timeline entries")
        tables.append(element("details", (summary, scroll, *more)))
    return picture_and_words(wide, narrow, "What happened, in words", told, *tables)
