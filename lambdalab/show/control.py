"""A control that goes back and forth in a timeline.

Its steps are drawn in advance and joined by links that work in the page itself, so that it also
works on a static page, without a kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdalab.errors import UsageError
from lambdalab.show.duration import since_start
from lambdalab.show.lane import WORDS, BarKind
from lambdalab.show.look import NARROW, STYLE, WIDE
from lambdalab.show.page import PAGE_STYLE
from lambdalab.show.picture import Picture
from lambdalab.show.scene import Scene
from lambdalab.show.svg import element
from lambdalab.timeline import Timeline

if TYPE_CHECKING:
    from ipywidgets import VBox

__all__ = ["time_slider"]

_BEGINS: dict[BarKind, str] = {
    "init": "cold start begins",
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


def time_slider(timeline: Timeline, steps: int = 32) -> VBox:
    """A slider and a play button over the instants of `timeline`; the picture shows what had happened by then.

    Parameters
    ----------
    timeline
        What to show. Entries recorded later do not appear.
    steps
        Most positions of the slider. With more instants than that, some are passed over.

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
    pictures = (Picture(scene, WIDE), Picture(scene, NARROW))
    frames = widgets.Stack([widgets.HTML(_frame(scene, pictures, instant)) for instant in instants], selected_index=0)
    play = widgets.Play(min=0, max=len(instants) - 1, interval=700, description="Play the timeline")
    slider = widgets.IntSlider(
        min=0,
        max=len(instants) - 1,
        description="Time",
        readout=False,
        layout=widgets.Layout(flex="1 1 auto", width="auto"),
    )
    widgets.jslink((play, "value"), (slider, "value"))
    widgets.jslink((slider, "value"), (frames, "selected_index"))
    style = widgets.HTML(f"<style>{STYLE}{PAGE_STYLE}</style>")
    return widgets.VBox([widgets.HBox([play, slider]), frames, style])


def _ipywidgets() -> Any:
    try:
        import ipywidgets
    except ImportError as error:
        raise UsageError(
            "the time slider needs ipywidgets, which is not installed; the timeline itself shows without it"
        ) from error
    return ipywidgets


def _chosen(instants: list[int], steps: int) -> list[int]:
    """At most `steps` of `instants`, evenly, the first and the last among them."""
    if steps < 2:
        raise UsageError(f"a slider needs at least 2 steps, not {steps}")
    if len(instants) <= steps:
        return instants
    return [instants[index * (len(instants) - 1) // (steps - 1)] for index in range(steps)]


def _frame(scene: Scene, pictures: tuple[Picture, Picture], instant: int) -> str:
    caption = f"{since_start(instant, scene.start_ns)} · {_happening(scene, instant)}"
    wide, narrow = (picture.svg(caption, with_style=False, until_ns=instant) for picture in pictures)
    return element(
        "div",
        (
            element("p", caption),
            element("div", (wide,), class_="ll-wide"),
            element("div", (narrow,), class_="ll-narrow"),
        ),
        class_="ll-timeline",
    )


def _happening(scene: Scene, instant: int) -> str:
    """What happens at an instant, each kind of thing once."""
    said: dict[str, None] = {}
    for lane in scene.lanes:
        for bar in lane.bars:
            if bar.end_ns == instant and bar.kind not in ("waiting", "queued", "call", "failed call"):
                said["init ends" if "init" in bar.kind else WORDS[bar.kind]] = None
            if bar.start_ns == instant:
                said[_BEGINS[bar.kind]] = None
        for mark in lane.marks:
            if mark.at_ns == instant:
                said[WORDS[mark.kind]] = None
    return ", ".join(said) or "counted entries"
