"""A control that goes back and forth in a timeline.

Its steps are drawn in advance and linked within the page, so that it also works on a static page,
without a kernel. The instants are a list rather than a slider: the list has words for each instant,
and a name that a screen reader finds, which the slider of ipywidgets has not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdalab.errors import UsageError
from lambdalab.show.duration import since_start
from lambdalab.show.lane import WORDS, BarKind
from lambdalab.show.look import NARROW, STYLE, WIDE
from lambdalab.show.page import PAGE_STYLE
from lambdalab.show.palette import style
from lambdalab.show.picture import Picture
from lambdalab.show.scene import Scene
from lambdalab.show.svg import element
from lambdalab.timeline import Timeline

if TYPE_CHECKING:
    from ipywidgets import VBox

__all__ = ["control"]

_BEGINS: dict[BarKind, str] = {
    "init": "cold start begins",
    "failed init": "cold start begins",
    "suppressed init": "init is repeated",
    "success": "invocation begins",
    "error": "invocation begins",
    "timeout": "invocation begins",
    "exit": "invocation begins",
    "queued": "waits in the queue",
    "waiting": "waits for its retry",
    "call": "caller waits",
    "failed call": "caller waits",
}

_WIDGET_STYLE = style(
    "ll-control",
    ".ll-control .widget-label{color:$ink;width:auto}"
    ".ll-control .ll-timeline p{color:$ink;margin:.4rem 0}"
    # The picture asks how wide its place is, so the place must not ask how wide the picture is.
    ".ll-control .widget-html-content:has(>.ll-timeline){flex:1 1 100%;min-width:0}",
)


def control(timeline: Timeline, steps: int = 40) -> VBox:
    """A list of the instants of `timeline`; the picture below shows what had happened by the one chosen.

    Parameters
    ----------
    timeline
        What to show. Entries recorded later do not appear.
    steps
        Most instants in the list. Where there are more, some are passed over.

    Raises
    ------
    UsageError
        ipywidgets is not installed, or nothing has happened yet.
    """
    widgets = _ipywidgets()
    scene = Scene.of(timeline)
    instants = _chosen(sorted(scene.instants()), steps)
    if not instants:
        raise UsageError("nothing has happened yet, so there is no time to go through")
    captions = [f"{since_start(instant, scene.start_ns)} · {_happening(scene, instant)}" for instant in instants]
    pictures = (Picture(scene, WIDE), Picture(scene, NARROW))
    whole = widgets.Layout(width="100%", flex="1 1 100%")
    frames = widgets.Stack(
        [
            widgets.HTML(_frame(pictures, instant, caption), layout=whole)
            for instant, caption in zip(instants, captions, strict=True)
        ],
        selected_index=0,
        layout=widgets.Layout(width="100%"),
    )
    chooser = widgets.Select(
        # Numbered, because two instants may look alike once rounded.
        options=[(f"{number}. {caption}", number) for number, caption in enumerate(captions, 1)],
        description="Until",
        tooltip="Instants of the timeline",
        rows=min(6, len(instants)),
        layout=widgets.Layout(width="auto"),
    )
    widgets.jslink((chooser, "index"), (frames, "selected_index"))
    sheet = widgets.HTML(f"<style>{STYLE}{PAGE_STYLE}{_WIDGET_STYLE}</style>")
    box = widgets.VBox([chooser, frames, sheet])
    box.add_class("ll-control")
    return box


def _ipywidgets() -> Any:
    try:
        import ipywidgets
    except ImportError as error:
        raise UsageError(
            "the control needs ipywidgets, which is not installed; the timeline itself shows without it"
        ) from error
    return ipywidgets


def _chosen(instants: list[int], steps: int) -> list[int]:
    """At most `steps` of `instants`, evenly, the first and the last among them."""
    if steps < 2:
        raise UsageError(f"the control needs at least 2 steps, not {steps}")
    if len(instants) <= steps:
        return instants
    return [instants[index * (len(instants) - 1) // (steps - 1)] for index in range(steps)]


def _frame(pictures: tuple[Picture, Picture], instant: int, caption: str) -> str:
    wide, narrow = (picture.svg(caption, with_style=False, until_ns=instant) for picture in pictures)
    shown = (element("div", (wide,), class_="ll-wide"), element("div", (narrow,), class_="ll-narrow"))
    return element("div", (element("p", caption), *shown), class_="ll-timeline")


def _happening(scene: Scene, instant: int) -> str:
    """What ends, begins and happens at an instant, each kind of thing once."""
    ends: dict[str, None] = {}
    begins: dict[str, None] = {}
    for lane in scene.lanes:
        for bar in lane.bars:
            if bar.end_ns == instant and bar.kind not in ("waiting", "queued", "call", "failed call"):
                ends["init ends" if bar.kind in ("init", "suppressed init") else WORDS[bar.kind]] = None
            if bar.start_ns == instant:
                begins[_BEGINS[bar.kind]] = None
        for mark in lane.marks:
            if mark.at_ns == instant:
                ends[WORDS[mark.kind]] = None
    return ", ".join({**ends, **begins}) or "counted entries"
