"""A call's path, or what stops it, that shows itself."""

from __future__ import annotations

from dataclasses import dataclass

from lambdalab.network.path import Hop, Obstacle, Path

__all__ = ["ShownPath"]

_WIDTH, _LINE, _TOP = 640.0, 46.0, 58.0


@dataclass(frozen=True, slots=True)
class ShownPath:
    """What `explain` answers: text in a terminal, a picture in a notebook or on a page.

    Attributes
    ----------
    function, target
        Who calls what.
    hops
        The places the call passes.
    obstacle
        The first thing that stops it; None when it arrives and its answer returns.
    """

    function: str
    target: str
    hops: tuple[Hop, ...]
    obstacle: Obstacle | None

    @classmethod
    def of(cls, path: Path) -> ShownPath:
        """`path`, to be shown."""
        return cls(path.function, path.target, path.hops, path.obstacle)

    @property
    def reachable(self) -> bool:
        """Whether the call arrives and its answer comes back."""
        return self.obstacle is None

    @property
    def remedy(self) -> str:
        """What would clear the obstacle; "" when there is none."""
        return "" if self.obstacle is None else self.obstacle.remedy

    def text(self) -> str:
        """The path as lines of text."""
        verdict = "reaches" if self.reachable else "does not reach"
        lines = [f"{self.function} {verdict} {self.target}"]
        lines += [f"  {'└─' if place else '  '} {hop.name}: {hop.text}" for place, hop in enumerate(self.hops)]
        if self.obstacle is not None:
            effect = "The call hangs until its own or the function's timeout." if self.obstacle.hangs else ""
            lines += [
                f"  ✗  {self.obstacle.kind} ({self.obstacle.where})",
                f"     {self.obstacle.text} {effect}".rstrip(),
            ]
            lines.append(f"     What clears it: {self.obstacle.remedy}")
        return "\n".join(lines)

    def svg(self) -> str:
        """The picture as one SVG document."""
        from lambdalab.show.look import STYLE
        from lambdalab.show.svg import element, number, truncated

        rows = len(self.hops) + (self.obstacle is not None)
        height = _TOP + rows * _LINE + 14
        verdict = "reaches" if self.reachable else "does not reach"
        heading = truncated(f"{self.function} {verdict} {self.target}", _WIDTH - 40, 18)
        last = _TOP + (rows - 1) * _LINE + 10
        parts = [
            element("style", (STYLE,)),
            element("title", heading),
            element("desc", self.text()),
            element("rect", class_="pa", x=0.5, y=0.5, width=_WIDTH - 1, height=height - 1, rx=8),
            element("text", heading, class_="h", x=20, y=34),
            element("path", class_="lk", d=f"M30 {number(_TOP + 10)}V{number(last)}"),
        ]
        for place, hop in enumerate(self.hops):
            middle = _TOP + place * _LINE + 10
            parts += [
                element("circle", class_="su", cx=30, cy=middle, r=6),
                element("text", truncated(hop.name, _WIDTH - 70, 12.5), class_="l", x=48, y=middle),
                element("text", truncated(hop.text, _WIDTH - 70, 11), x=48, y=middle + 16),
            ]
        if self.obstacle is not None:
            left, right, up, down = 24, 36, last - 6, last + 6
            parts += [
                element("rect", class_="p", x=20, y=last - 10, width=20, height=20),
                element(
                    "path",
                    class_="b e",
                    d=f"M{left} {number(up)}L{right} {number(down)}M{right} {number(up)}L{left} {number(down)}",
                ),
                element(
                    "text",
                    truncated(f"{self.obstacle.kind}: {self.obstacle.where}", _WIDTH - 70, 12.5),
                    class_="l",
                    x=48,
                    y=last,
                ),
                element("text", truncated(self.obstacle.text, _WIDTH - 70, 11), x=48, y=last + 16),
            ]
        return element(
            "svg",
            parts,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {number(_WIDTH)} {number(height)}",
            class_="ll",
            role="img",
            aria_label=heading,
        )

    def html(self) -> str:
        """Picture, and the obstacle in words, as an HTML fragment."""
        from lambdalab.show.svg import element

        picture = element("div", (self.svg(),), style="max-width:640px")
        if self.obstacle is None:
            return element("div", (picture,), class_="ll-network")
        words = element("p", f"{self.obstacle.text}")
        remedy = element("p", ("What clears it: ", element("code", self.obstacle.remedy)))
        return element("div", (picture, words, remedy), class_="ll-network")

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.html()
