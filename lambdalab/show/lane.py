"""What a picture of a timeline is made of: lanes, and on them bars, marks and the links between lanes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["WORDS", "Bar", "BarKind", "Lane", "LaneKind", "Link", "Mark", "MarkKind", "StripKind"]

LaneKind = Literal["api", "callers", "queue", "waiting", "environment", "more environments", "target", "more targets"]
BarKind = Literal[
    "init",
    "failed init",
    "suppressed init",
    "success",
    "error",
    "timeout",
    "exit",
    "queued",
    "waiting",
    "call",
    "failed call",
]
StripKind = Literal["good", "bad"]
MarkKind = Literal[
    "accepted",
    "throttle",
    "discarded",
    "delivered",
    "undelivered",
    "reset",
    "shutdown",
    "api call",
    "api error",
]

WORDS: dict[BarKind | MarkKind | StripKind, str] = {
    "init": "cold start (init)",
    "failed init": "init failed",
    "suppressed init": "init repeated (reset)",
    "success": "succeeded",
    "error": "function error",
    "timeout": "timed out",
    "exit": "runtime exited",
    "queued": "in the queue",
    "waiting": "waits for its retry",
    "call": "caller waits",
    "failed call": "caller gets an error",
    "accepted": "event accepted",
    "throttle": "throttled (429)",
    "discarded": "given up",
    "delivered": "record delivered",
    "undelivered": "delivery failed",
    "reset": "environment reset",
    "shutdown": "environment shut down",
    "api call": "API call",
    "api error": "API call refused",
    "good": "began or succeeded",
    "bad": "refused or failed",
}
"""What the legend says, in the order in which the legend shows it."""


@dataclass(slots=True)
class Bar:
    """Something that lasted.

    Attributes
    ----------
    title
        The full story, for the tooltip.
    label
        Words drawn on or beside the bar when there is room; the shorter ones come later.
    row
        Row of the lane, from 0; bars that overlap lie in different rows.
    """

    start_ns: int
    end_ns: int
    kind: BarKind
    title: str
    label: tuple[str, ...] = ()
    row: int = 0


@dataclass(slots=True)
class Mark:
    """Something that happened at an instant. ``label`` as for `Bar`."""

    at_ns: int
    kind: MarkKind
    title: str
    label: tuple[str, ...] = ()
    row: int = 0


@dataclass(slots=True)
class Lane:
    """One horizontal line of the picture.

    Attributes
    ----------
    key
        Unlike that of any other lane.
    title, subtitle
        The two lines at its left.
    life
        From when to when it existed; None when that says nothing.
    dense
        Too full to show one by one: drawn as a strip of counts.
    counted
        Things known by count only: instant, kind, how many.
    """

    key: str
    kind: LaneKind
    title: str
    subtitle: str = ""
    bars: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    life: tuple[int, int] | None = None
    rows: int = 1
    dense: bool = False
    counted: list[tuple[int, BarKind | MarkKind, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Link:
    """The way an event took from one lane to another."""

    from_key: str
    from_ns: int
    from_row: int
    to_key: str
    to_ns: int
    to_row: int
