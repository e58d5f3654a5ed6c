"""The drawing of a scene as SVG: header, lanes, time axis, legend."""

from __future__ import annotations

import datetime

from lambdalab.clock import MILLISECOND, SECOND
from lambdalab.show.axis import Axis, Measure
from lambdalab.show.density import Density
from lambdalab.show.duration import in_words, roughly
from lambdalab.show.items import items
from lambdalab.show.lane import Lane, StripKind
from lambdalab.show.legend import legend
from lambdalab.show.look import BAR, ROW, SMALL, STYLE, WIDE, Format
from lambdalab.show.scene import Scene
from lambdalab.show.svg import element, number, text_width, truncated
from lambdalab.show.ticks import ticks

__all__ = ["Picture"]

_BIN = 4


class Picture:
    """One drawing of a scene.

    Parameters
    ----------
    scene
        What to draw.
    form
        Proportions, `lambdalab.show.look.WIDE` or ``NARROW``.
    """

    def __init__(self, scene: Scene, form: Format = WIDE) -> None:
        self._scene = scene
        self._form = form
        self._left = form.margin + form.gutter
        self._right = form.width - form.margin
        instants = scene.instants()
        length = self._right - self._left - 2 * form.inset
        self._axis = Axis(instants, scene.busy(), Measure(length, form.least, form.whole, form.fold, form.folds))
        self._last_ns = max(instants, default=scene.start_ns)
        self._densities = {
            lane.key: Density.of(lane, self._axis, int(length // _BIN), scene.start_ns)
            for lane in scene.lanes
            if lane.dense
        }
        self._header_height = 56.0 if form.gutter else 64.0 + 18 * len(self._summary_lines())
        self._tops: dict[str, float] = {}
        self._rows: dict[str, float] = {}
        y = form.margin + self._header_height - 14
        for lane in scene.lanes:
            height = self._height(lane)
            self._tops[lane.key] = y
            # Titles stand beside the rows, or in the 26 pixels above them.
            free = (height - self._rows_height(lane)) / 2 if form.gutter else 26
            self._rows[lane.key] = y + free + ROW / 2
            y += height
        self._top, self._bottom = form.margin + self._header_height - 14, y

    def svg(self, description: str, with_style: bool = True, until_ns: int | None = None) -> str:
        """The finished document.

        Parameters
        ----------
        description
            The text alternative.
        with_style
            Whether the document carries the style sheet; False when its surroundings do.
        until_ns
            Draw only what has happened by then, on the axis of the whole scene.
        """
        form, scene = self._form, self._scene
        parts = [*self._header(), *self._folds()]
        parts += self._rules()
        parts += self._lives(until_ns)
        parts += self._links(until_ns)
        for lane in scene.lanes:
            parts += self._lane_title(lane)
        for lane in scene.lanes:
            if lane.dense:
                parts += self._strip(lane, until_ns)
            else:
                parts += items(lane, self._rows[lane.key], self._x, self._right, until_ns)
        if until_ns is not None and scene.lanes:
            x = number(self._x(until_ns))
            parts.append(element("path", d=f"M{x} {number(self._top)}V{number(self._bottom + 5)}", class_="now"))
        axis, y = self._ticks()
        signs, y = legend(scene, self._strip_kinds(), form, y)
        if self._axis.widened_ns and scene.lanes:
            said = f"Stretches up to {in_words(self._axis.widened_ns)} are drawn wider than to scale."
            signs.append(element("text", said, x=form.margin, y=y + 10))
            y += 20
        height = y + form.margin - 10
        frame = element("rect", x=0.5, y=0.5, width=form.width - 1, height=height - 1, rx=10, class_="pa")
        head = [element("desc", description)]
        if with_style:
            head.append(f"<style>{STYLE}</style>")
        return element(
            "svg",
            (*head, frame, *parts, *axis, *signs),
            xmlns="http://www.w3.org/2000/svg",
            class_="ll",
            viewBox=f"0 0 {number(form.width)} {number(height)}",
            width=form.width,
            height=height,
            role="img",
            aria_label=f"Timeline of {scene.title}",
        )

    # Places ---------------------------------------------------------------------------------------------------

    def _x(self, instant: int) -> float:
        return self._left + self._form.inset + self._axis.place(instant)

    def _rows_height(self, lane: Lane) -> float:
        return 52.0 if lane.dense else lane.rows * ROW

    def _height(self, lane: Lane) -> float:
        if self._form.gutter:
            return max(46.0, self._rows_height(lane) + 16)
        return self._rows_height(lane) + 34

    # Parts ----------------------------------------------------------------------------------------------------

    def _header(self) -> list[str]:
        form, scene = self._form, self._scene
        start = datetime.datetime.fromtimestamp(scene.start_ns // SECOND, datetime.UTC)
        fraction = scene.start_ns % SECOND // MILLISECOND
        said = f"t = {start:%Y-%m-%d %H:%M:%S}" + (f".{fraction:03d}" if fraction else "") + " UTC"
        room, y = form.width - 2 * form.margin, form.margin + 10
        title = element("text", truncated(scene.title, room, 19), x=form.margin, y=y, class_="h")
        if form.gutter:
            aside = text_width(said, 12) + 24
            summary = element("text", truncated(scene.summary, room - aside, 12), x=form.margin, y=y + 20, class_="s")
            return [title, summary, element("text", said, x=self._right, y=y + 20, class_="s r")]
        lines = [*self._summary_lines(), said]
        return [
            title,
            *(element("text", one, x=form.margin, y=y + 20 + 18 * i, class_="s") for i, one in enumerate(lines)),
        ]

    def _summary_lines(self) -> list[str]:
        """The summary in lines as wide as the narrow form allows."""
        lines = [""]
        for part in self._scene.summary.split(" · "):
            longer = f"{lines[-1]} · {part}" if lines[-1] else part
            if text_width(longer, 12) > self._form.width - 2 * self._form.margin:
                lines.append(part)
            else:
                lines[-1] = longer
        return lines

    def _folds(self) -> list[str]:
        parts = []
        for fold in self._axis.folds:
            left = self._left + self._form.inset + fold.left
            right = left + fold.right - fold.left
            inset = 11.0 if self._form.gutter else 6.0
            height = self._bottom - self._top
            band = element(
                "rect", x=left + inset, y=self._top, width=right - left - 2 * inset, height=height, class_="fo"
            )
            edges = "".join(_torn(x, self._top, self._bottom) for x in (left + inset, right - inset))
            parts += [band, element("path", d=edges, class_="fe")]
        return parts

    def _rules(self) -> list[str]:
        lines = "".join(
            f"M{number(self._form.margin)} {number(top)}H{number(self._right)}" for top in self._tops.values()
        )
        return [element("path", d=lines, class_="ru")] if lines else []

    def _strip_kinds(self) -> set[StripKind]:
        kinds: set[StripKind] = set()
        if any(any(density.good) for density in self._densities.values()):
            kinds.add("good")
        if any(any(density.bad) for density in self._densities.values()):
            kinds.add("bad")
        return kinds

    def _lane_title(self, lane: Lane) -> list[str]:
        form, top = self._form, self._tops[lane.key]
        if form.gutter:
            room = form.gutter - 8
            y = top + self._height(lane) / 2 + 4 - (7 if lane.subtitle else 0)
            title = element("text", truncated(lane.title, room, 13), x=form.margin, y=y, class_="l")
            below = element("text", truncated(lane.subtitle, room, SMALL), x=form.margin, y=y + 15)
            return [title, below] if lane.subtitle else [title]
        room = form.width - 2 * form.margin
        name = truncated(lane.title, room * 0.7, 13.5)
        more = truncated(lane.subtitle, room - text_width(name, 14) - 8, SMALL) if lane.subtitle else ""
        spans = (element("tspan", name, class_="l"), element("tspan", more, dx=7))
        return [element("text", spans, x=form.margin, y=top + 18, class_="o")]

    def _lives(self, until_ns: int | None) -> list[str]:
        parts = []
        for lane in self._scene.lanes:
            if lane.life is None or lane.dense or (until_ns is not None and lane.life[0] > until_ns):
                continue
            end = lane.life[1] if until_ns is None else min(until_ns, lane.life[1])
            line = f"M{number(self._x(lane.life[0]))} {number(self._rows[lane.key])}H{number(self._x(end))}"
            parts.append(element("path", d=line, class_="li"))
        return parts

    def _links(self, until_ns: int | None) -> list[str]:
        parts = []
        for link in self._scene.links:
            if link.from_key == link.to_key or (until_ns is not None and link.to_ns > until_ns):
                continue
            x1, y1 = self._x(link.from_ns), self._rows[link.from_key] + link.from_row * ROW
            x2, y2 = self._x(link.to_ns), self._rows[link.to_key] + link.to_row * ROW
            down = 1 if y2 > y1 else -1
            y1, tip = y1 + down * BAR / 2, y2 - down * (BAR / 2 + 1)
            a, b, middle, end = number(x1), number(x2), number((y1 + tip) / 2), number(tip)
            way = f"V{end}" if abs(x1 - x2) < 0.6 else f"C{a} {middle} {b} {middle} {b} {end}"
            back = number(tip - down * 4)
            head = f"M{number(x2 - 3)} {back}L{b} {end}L{number(x2 + 3)} {back}"
            parts.append(element("path", d=f"M{a} {number(y1)}{way}{head}", class_="lk"))
        return parts

    def _strip(self, lane: Lane, until_ns: int | None) -> list[str]:
        density = self._densities[lane.key]
        left, length = self._left + self._form.inset, self._axis.width
        top = self._rows[lane.key] - ROW / 2
        words = element("text", truncated(density.words, length, SMALL), x=left, y=top + 10, class_="k o")
        # What went well rises from the line, what did not hangs from it.
        scale = 34.0 / max(1, max(density.good) + max(density.bad))
        base = top + 17 + max(density.good) * scale
        shown = len(density.good) if until_ns is None else int(self._axis.place(until_ns) // _BIN) + 1
        line = element("path", d=f"M{number(left)} {number(base)}h{number(length)}", class_="ru")
        parts = [words, line]
        for counts, direction, tone in ((density.good, -1, "su"), (density.bad, 1, "er")):
            steps = ""
            for index, count in enumerate(counts[:shown]):
                if count:
                    height = number(direction * max(1.5, count * scale))
                    steps += f"M{number(left + index * _BIN)} {number(base)}v{height}h3V{number(base)}z"
            if steps:
                parts.append(element("path", d=steps, class_=tone))
        return parts

    def _ticks(self) -> tuple[list[str], float]:
        form, top = self._form, self._bottom
        if not self._scene.lanes:
            return [element("text", "Nothing has happened yet.", x=form.margin, y=top + 10, class_="k")], top + 24
        parts = [element("path", d=f"M{number(form.margin)} {number(top)}H{number(self._right)}", class_="ru")]
        found = ticks(self._axis, self._scene.start_ns, self._last_ns, lambda text: text_width(text, SMALL) + 10)
        for place, label in found:
            x = self._left + form.inset + place
            parts.append(element("path", d=f"M{number(x)} {number(top)}v5", class_="lk"))
            parts.append(element("text", label, x=x - 2, y=top + 18))
        for fold in self._axis.folds:
            words = roughly(fold.duration_ns) + (" later" if form.gutter else "")
            middle = self._left + form.inset + (fold.left + fold.right) / 2
            parts.append(element("text", words, x=middle, y=top + 34, class_="v c"))
        return parts, top + (40 if self._axis.folds else 24)


def _torn(x: float, top: float, bottom: float) -> str:
    """A wavy edge from top to bottom."""
    path, y, side = f"M{number(x)} {number(top)}", top, 1
    while y < bottom:
        step = min(8.0, bottom - y)
        path += f"q{number(side * 3)} {number(step / 2)} 0 {number(step)}"
        y, side = y + step, -side
    return path
