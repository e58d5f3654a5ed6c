"""The small signs of the pictures. Each has a shape of its own: none is told apart by colour alone."""

from __future__ import annotations

from lambdalab.show.lane import BarKind, MarkKind
from lambdalab.show.svg import element, number

__all__ = ["badge", "mark"]


def badge(kind: BarKind, x: float, y: float) -> str:
    """The sign at the end of a bar that did not end well; nothing for the others."""
    tone = {"error": "e", "failed call": "e", "failed init": "e", "timeout": "t", "exit": "x"}.get(kind)
    if tone is None:
        return ""
    strokes = {
        "e": f"{_at(x - 2.6, y - 2.6)}l5.2 5.2m0 -5.2l-5.2 5.2",
        "t": f"{_at(x, y - 4)}v4.2h3",
        "x": f"{_at(x, y - 4.4)}v3.6m-2.6 -1.6a3.6 3.6 0 1 0 5.2 0",
    }[tone]
    ring = element("circle", cx=x, cy=y, r=7, class_="p")
    return element("g", (ring, element("path", d=strokes)), class_=f"b {tone}")


def mark(kind: MarkKind, x: float, y: float) -> str:
    """The sign of something that happened at an instant, centred on a point."""
    match kind:
        case "accepted":
            return element("circle", cx=x, cy=y, r=5, class_="fi")
        case "throttle":
            ring = element("circle", cx=x, cy=y, r=6, class_="p")
            return element("g", (ring, element("path", d=f"{_at(x - 4.2, y + 4.2)}l8.4 -8.4")), class_="b e")
        case "discarded":
            box = element("rect", x=x - 6.5, y=y - 6.5, width=13, height=13, rx=3, class_="p")
            return element("g", (box, element("path", d=_cross(x, y, 2.8))), class_="b e")
        case "delivered":
            return _envelope(x, y, "p", "b i")
        case "undelivered":
            cross = element("path", d=_cross(x + 8, y + 5, 3), class_="w")
            return element("g", (_envelope(x, y, "p", "b e d"), element("g", (cross,), class_="b e")))
        case "reset":
            ring = element("circle", cx=x, cy=y, r=7.5, class_="p n")
            arc = f"{_at(x + 3.8, y - 2.2)}a4.4 4.4 0 1 0 .6 2.9m.4 -6.2l-.6 3.6l-3.5 -.8"
            return element("g", (ring, element("path", d=arc)), class_="b i")
        case "shutdown":
            ring = element("circle", cx=x, cy=y, r=7, class_="p")
            stop = element("rect", x=x - 2.5, y=y - 2.5, width=5, height=5, rx=1, class_="fm n")
            return element("g", (ring, stop), class_="b m")
        case "api call":
            return element("path", d=f"{_at(x - 5, y - 4.5)}h10l-5 9z", class_="fm")
        case "api error":
            triangle = element("path", d=f"{_at(x - 6.5, y - 5.5)}h13l-6.5 11.5z", class_="p")
            return element("g", (triangle, element("path", d=f"{_at(x, y - 3)}v3.2m0 1.8v.3")), class_="b e")


def _envelope(x: float, y: float, paper: str, tone: str) -> str:
    box = element("rect", x=x - 8, y=y - 5.5, width=16, height=11, rx=2, class_=paper)
    flap = element("path", d=f"{_at(x - 7, y - 4)}l7 5l7 -5")
    return element("g", (box, flap), class_=tone)


def _cross(x: float, y: float, reach: float) -> str:
    side = number(2 * reach)
    return f"{_at(x - reach, y - reach)}l{side} {side}m0 -{side}l-{side} {side}"


def _at(x: float, y: float) -> str:
    return f"M{number(x)} {number(y)}"
