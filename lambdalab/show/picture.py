"""The drawing of a scene as SVG: header, lanes, time axis, legend."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lambdalab.clock import SECOND
from lambdalab.show.axis import Axis, Measure
from lambdalab.show.density import Density
from lambdalab.show.duration import in_words, since_start
from lambdalab.show.glyphs import badge, mark
from lambdalab.show.lane import WORDS, Bar, BarKind, Lane, Mark, MarkKind
from lambdalab.show.palette import style
from lambdalab.show.scene import Scene
from lambdalab.show.svg import element, hatching, number, text_width, truncated
from lambdalab.show.ticks import ticks

__all__ = ["NARROW", "STYLE", "WIDE", "Format", "Picture"]


@dataclass(frozen=True, slots=True)
class Format:
    """Proportions of a picture, in pixels.

    Attributes
    ----------
    gutter
        Width of the lane titles; 0 puts them above their lanes.
    """

    width: float
    margin: float
    gutter: float
    fold: float
    folds: int
    least: float


WIDE = Format(width=960, margin=28, gutter=172, fold=78, folds=6, least=11)
NARROW = Format(width=372, margin=16, gutter=0, fold=44, folds=4, least=11)

_ROW = 26.0
_BAR = 18.0
_SMALL = 11.0

STYLE = style(
    "ll",
    ".ll{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Inter,'Helvetica Neue',sans-serif;"
    "font-variant-numeric:tabular-nums;font-size:11px}"
    ".ll text{fill:$muted}"
    ".ll .h{font-size:17px;font-weight:650;fill:$ink;letter-spacing:-.01em}"
    ".ll .l{font-size:12.5px;font-weight:600;fill:$ink}"
    ".ll .k{fill:$ink}"
    ".ll .o{stroke:$paper;stroke-width:3.5px;stroke-linejoin:round;paint-order:stroke}"
    ".ll .on{fill:$on;font-weight:550}"
    ".ll .v{font-style:italic}"
    ".ll .c{text-anchor:middle}"
    ".ll .r{text-anchor:end}"
    ".ll .p{fill:$paper}"
    ".ll .pa{fill:$paper;stroke:$edge}"
    ".ll .ru{stroke:$rule;fill:none}"
    ".ll .fo{fill:$fold}"
    ".ll .fe{stroke:$wait;fill:none;stroke-width:1;opacity:.55}"
    ".ll .li{stroke:$edge;stroke-width:2;stroke-linecap:round}"
    ".ll .fi{fill:$ink}"
    ".ll .fm{fill:$muted}"
    ".ll .su{fill:$success}"
    ".ll .er{fill:$error}"
    ".ll .ti{fill:$timeout}"
    ".ll .ex{fill:$exit}"
    ".ll .in{fill:$init-paper;stroke:$init}"
    ".ll .ha{stroke:$init;stroke-width:1.1;fill:none}"
    ".ll .wa{fill:$paper;stroke:$wait;stroke-dasharray:4 3;stroke-width:1.25}"
    ".ll .qu{fill:none;stroke:$wait;stroke-width:1.5;stroke-dasharray:1 4;stroke-linecap:round}"
    ".ll .ca{fill:$paper;stroke:$muted;stroke-width:1.25}"
    ".ll .lk{fill:none;stroke:$muted;stroke-width:1.2}"
    ".ll .b{fill:none;stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}"
    ".ll .e{stroke:$error}.ll .t{stroke:$timeout}.ll .x{stroke:$exit}.ll .i{stroke:$ink}.ll .m{stroke:$muted}"
    ".ll .d{stroke-dasharray:3 2.5}"
    ".ll .n{stroke:none}"
    ".ll .now{stroke:$ink;stroke-width:1.5}",
)
"""Shared by all pictures of a page; each carries it unless told otherwise."""

_FILL: dict[BarKind, str] = {"success": "su", "error": "er", "timeout": "ti", "exit": "ex"}


class Picture:
    """One drawing of a scene.

    Parameters
    ----------
    scene
        What to draw.
    form
        Proportions, `WIDE` or `NARROW`.
    until_ns
        Draw only what has happened by then, on the axis of the whole scene.
    """

    def __init__(self, scene: Scene, form: Format = WIDE, until_ns: int | None = None) -> None:
        self._scene = scene
        self._form = form
        self._until = until_ns
        self._left = form.margin + form.gutter
        self._measure = Measure(form.width - form.margin - self._left, form.least, form.fold, form.folds)
        instants = scene.instants()
        self._axis = Axis(instants, scene.busy(), self._measure)
        self._last_ns = max(instants, default=scene.start_ns)
        self._rows: dict[str, float] = {}

    def svg(self, description: str, with_style: bool = True) -> str:
        """The finished document; `description` is its text alternative."""
        form, parts = self._form, []
        header, top = self._header()
        centre, bottoms, y = {}, [], top
        for lane in self._scene.lanes:
            height = self._height(lane)
            self._rows[lane.key] = y + height - self._rows_height(lane) - (8 if form.gutter else 6) + _ROW / 2
            if form.gutter and not lane.dense:
                self._rows[lane.key] = y + (height - lane.rows * _ROW) / 2 + _ROW / 2
            centre[lane.key] = y
            y += height
            bottoms.append(y)
        parts += self._folds(top, y)
        for lane in self._scene.lanes:
            parts += self._lane_title(lane, centre[lane.key], self._height(lane))
        parts += self._lives()
        parts += self._links()
        for lane in self._scene.lanes:
            parts += self._strip(lane) if lane.dense else self._items(lane)
        axis, y = self._ticks(y)
        parts += axis
        legend, y = self._legend(y)
        parts += legend
        if self._until is not None and self._scene.lanes:
            x = self._x(self._until)
            parts.append(element("path", d=f"M{number(x)} {number(top)}V{number(bottoms[-1])}", class_="now"))
        y += form.margin - 8
        frame = element("rect", x=0.5, y=0.5, width=form.width - 1, height=y - 1, rx=10, class_="pa")
        head = [element("desc", description)]
        if with_style:
            head.append(f"<style>{STYLE}</style>")
        return element(
            "svg",
            (*head, frame, *header, *parts),
            xmlns="http://www.w3.org/2000/svg",
            class_="ll",
            viewBox=f"0 0 {number(form.width)} {number(y)}",
            width=form.width,
            height=y,
            role="img",
            aria_label=f"Timeline of {self._title()}",
        )

    # Places ---------------------------------------------------------------------------------------------------

    def _x(self, instant: int) -> float:
        return self._left + self._axis.place(instant)

    def _rows_height(self, lane: Lane) -> float:
        return 50.0 if lane.dense else lane.rows * _ROW

    def _height(self, lane: Lane) -> float:
        if self._form.gutter:
            return max(46.0, self._rows_height(lane) + 16)
        return self._rows_height(lane) + 34

    def _happened(self, instant: int) -> bool:
        return self._until is None or instant <= self._until

    # Parts ----------------------------------------------------------------------------------------------------

    def _title(self) -> str:
        names = self._scene.functions
        if not names:
            return "AWS Lambda"
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

    def _header(self) -> tuple[list[str], float]:
        form = self._form
        start = datetime.datetime.fromtimestamp(self._scene.start_ns // SECOND, datetime.timezone.utc)
        fraction = self._scene.start_ns % SECOND // 1_000_000
        said = f"t = {start:%Y-%m-%d %H:%M:%S}" + (f".{fraction:03d}" if fraction else "") + " UTC"
        y = form.margin + 12
        if form.gutter:
            room = form.width - 2 * form.margin - text_width(said, 12) - 24
            title = element("text", truncated(self._title(), room, 18), x=form.margin, y=y, class_="h")
            caption = element("text", said, x=form.width - form.margin, y=y, class_="r")
            return [title, caption], y + 22
        title = element("text", truncated(self._title(), form.width - 2 * form.margin, 18), x=form.margin, y=y, class_="h")
        return [title, element("text", said, x=form.margin, y=y + 18)], y + 34

    def _folds(self, top: float, bottom: float) -> list[str]:
        parts = []
        for fold in self._axis.folds:
            left, right = self._left + fold.left, self._left + fold.right
            inset = min(5.0, (right - left) / 8)
            band = element("rect", x=left + inset, y=top, width=right - left - 2 * inset, height=bottom - top, class_="fo")
            edges = "".join(_wave(x, top, bottom) for x in (left + inset, right - inset))
            parts += [band, element("path", d=edges, class_="fe")]
        return parts

    def _lane_title(self, lane: Lane, top: float, height: float) -> list[str]:
        form = self._form
        rule = element("path", d=f"M{number(form.margin)} {number(top)}H{number(form.width - form.margin)}", class_="ru")
        if form.gutter:
            room = form.gutter - 16
            y = top + height / 2 + 4 - (7 if lane.subtitle else 0)
            title = element("text", truncated(lane.title, room, 12.8), x=form.margin, y=y, class_="l")
            below = element("text", truncated(lane.subtitle, room, _SMALL), x=form.margin, y=y + 15)
        else:
            room = form.width - 2 * form.margin
            title = element("text", truncated(lane.title, room, 12.8), x=form.margin, y=top + 18, class_="l o")
            offset = text_width(lane.title, 12.8) + 8
            below = element(
                "text", truncated(lane.subtitle, room - offset, _SMALL), x=form.margin + offset, y=top + 18, class_="o"
            )
        return [rule, title, below] if lane.subtitle else [rule, title]

    def _lives(self) -> list[str]:
        parts = []
        for lane in self._scene.lanes:
            if lane.life and not lane.dense and self._happened(lane.life[0]):
                end = lane.life[1] if self._until is None else min(self._until, lane.life[1])
                line = f"M{number(self._x(lane.life[0]))} {number(self._rows[lane.key])}H{number(self._x(end))}"
                parts.append(element("path", d=line, class_="li"))
        return parts

    def _links(self) -> list[str]:
        parts = []
        for link in self._scene.links:
            if not self._happened(link.to_ns) or link.from_key == link.to_key:
                continue
            x1, y1 = self._x(link.from_ns), self._rows[link.from_key] + link.from_row * _ROW
            x2, y2 = self._x(link.to_ns), self._rows[link.to_key] + link.to_row * _ROW
            down = 1 if y2 > y1 else -1
            y1, tip = y1 + down * _BAR / 2, y2 - down * (_BAR / 2 + 1)
            middle = number((y1 + tip) / 2)
            way = f"V{number(tip)}" if abs(x1 - x2) < 0.6 else f"C{number(x1)} {middle} {number(x2)} {middle} {number(x2)} {number(tip)}"
            head = f"M{number(x2 - 3)} {number(tip - down * 4)}L{number(x2)} {number(tip)}L{number(x2 + 3)} {number(tip - down * 4)}"
            parts.append(element("path", d=f"M{number(x1)} {number(y1)}{way}{head}", class_="lk"))
        return parts

    def _items(self, lane: Lane) -> list[str]:
        bars = [bar for bar in lane.bars if self._happened(bar.start_ns)]
        marks = self._grouped([one for one in lane.marks if self._happened(one.at_ns)])
        # A label beside an item may reach to the next item of its row.
        starts = sorted(
            [(bar.row, self._x(bar.start_ns)) for bar in bars] + [(one.row, self._x(one.at_ns) - 9) for one, _ in marks]
        )
        parts = [self._bar(bar, self._rows[lane.key] + bar.row * _ROW, starts) for bar in bars]
        parts += [self._mark(one, count, self._rows[lane.key] + one.row * _ROW, starts) for one, count in marks]
        return parts

    def _grouped(self, marks: list[Mark]) -> list[tuple[Mark, int]]:
        """Marks of one kind that would hide each other become one, with their number."""
        groups: list[tuple[Mark, int]] = []
        for one in marks:
            for index in range(len(groups) - 1, -1, -1):
                other, count = groups[index]
                if (other.kind, other.row) == (one.kind, one.row) and self._x(one.at_ns) - self._x(other.at_ns) < 10:
                    merged = Mark(other.at_ns, one.kind, f"{other.title}\n{one.title}" if count < 9 else other.title, (), one.row)
                    groups[index] = (merged, count + 1)
                    break
            else:
                groups.append((one, 1))
        return groups

    def _bar(self, bar: Bar, y: float, starts: list[tuple[int, float]]) -> str:
        left, finished = self._x(bar.start_ns), self._happened(bar.end_ns)
        right = self._x(bar.end_ns if finished or self._until is None else self._until)
        width, top = max(right - left, 3.0), y - _BAR / 2
        parts = [element("title", bar.title)]
        ended_badly = bar.kind in ("error", "timeout", "exit", "failed call") and finished
        match bar.kind:
            case "init" | "suppressed init":
                # Joined to the invocation that follows: hatched, so that it differs in texture as well.
                parts.append(element("rect", x=left, y=top + 0.5, width=width, height=_BAR - 1, rx=3.5, class_="in"))
                parts.append(element("path", d=hatching(left + 1, top + 1, width - 2, _BAR - 2), class_="ha"))
            case "waiting":
                parts.append(element("rect", x=left, y=top + 0.5, width=width, height=_BAR - 1, rx=9, class_="wa"))
            case "queued":
                parts.append(element("path", d=f"M{number(left)} {number(y)}H{number(right)}", class_="qu"))
            case "call" | "failed call":
                parts.append(element("rect", x=left, y=top + 2, width=width, height=_BAR - 4, rx=4, class_="ca"))
            case "success" | "error" | "timeout" | "exit":
                tone = _FILL[bar.kind] if finished else "su"
                parts.append(element("rect", x=left, y=top, width=width, height=_BAR, rx=4, class_=tone))
        if finished:
            parts.append(self._bar_label(bar, left, left + width, y, ended_badly, starts))
        if ended_badly:
            parts.append(badge(bar.kind, left + width, y))
        return element("g", parts)

    def _bar_label(
        self, bar: Bar, left: float, right: float, y: float, badged: bool, starts: list[tuple[int, float]]
    ) -> str:
        inside = right - left - 10 - (8 if badged else 0)
        for words in bar.label:
            if bar.kind != "queued" and text_width(words, _SMALL) <= inside:
                tone = "on" if bar.kind in _FILL else "k o" if "init" in bar.kind else "k"
                middle = (left + right - (8 if badged else 0)) / 2
                return element("text", words, x=middle, y=y + 4, class_=f"{tone} c")
        begin = right + (11 if badged else 5)
        following = min((x for row, x in starts if row == bar.row and x > left + 0.01), default=self._left + self._measure.width)
        for words in bar.label:
            if bar.kind != "queued" and begin + text_width(words, _SMALL) <= following - 3:
                return element("text", words, x=begin, y=y + 4, class_="k o")
        return ""

    def _mark(self, one: Mark, count: int, y: float, starts: list[tuple[int, float]]) -> str:
        x = self._x(one.at_ns)
        parts = [element("title", one.title), mark(one.kind, x, y)]
        following = min((other for row, other in starts if row == one.row and other > x - 8), default=self._left + self._measure.width)
        for words in one.label if count == 1 else (f"× {count}",):
            if words and x + 11 + text_width(words, _SMALL) <= following - 3:
                parts.append(element("text", words, x=x + 11, y=y + 4, class_="k o"))
                break
            if words and following > self._left + self._measure.width - 1:
                begin = x - 11 - text_width(words, _SMALL)
                if not any(row == one.row and begin - 12 < other < x - 12 for row, other in starts):
                    parts.append(element("text", words, x=x - 11, y=y + 4, class_="k o r"))
                    break
        return element("g", parts)

    def _strip(self, lane: Lane) -> list[str]:
        width = self._measure.width
        bins = int(width // 4)
        density = Density.of(lane, self._axis, bins)
        top = self._rows[lane.key] - _ROW / 2
        said = f"{density.total:,}"
        if density.total_bad and density.total_bad < density.total:
            said += f", of which {density.total_bad:,} refused or failed"
        elif density.total_bad:
            said += " refused or failed"
        said += f" · at most {density.peak:,} at {since_start(density.peak_ns, self._scene.start_ns)}"
        text = element("text", truncated(said, width, _SMALL), x=self._left, y=top + 10, class_="k o")
        if not density.peak:
            return [text]
        up, down = max(density.good), max(density.bad)
        scale = 32.0 / (up + down)
        base = top + 16 + up * scale
        good, bad = [], []
        shown = bins if self._until is None else int((self._x(self._until) - self._left) // 4)
        for index in range(shown):
            x = number(self._left + index * 4)
            if density.good[index]:
                good.append(f"M{x} {number(base)}v-{number(max(1.0, density.good[index] * scale))}h3V{number(base)}z")
            if density.bad[index]:
                bad.append(f"M{x} {number(base)}v{number(max(1.0, density.bad[index] * scale))}h3V{number(base)}z")
        line = element("path", d=f"M{number(self._left)} {number(base)}h{number(width)}", class_="ru")
        parts = [text, line]
        if good:
            parts.append(element("path", d="".join(good), class_="su"))
        if bad:
            parts.append(element("path", d="".join(bad), class_="er"))
        return parts

    def _ticks(self, top: float) -> tuple[list[str], float]:
        form = self._form
        if not self._scene.lanes:
            text = element("text", "Nothing has happened yet.", x=form.margin, y=top + 20, class_="k")
            return [text], top + 30
        parts = [element("path", d=f"M{number(form.margin)} {number(top)}H{number(form.width - form.margin)}", class_="ru")]
        found = ticks(self._axis, self._scene.start_ns, self._last_ns, lambda text: text_width(text, _SMALL) + 10)
        for place, label in found:
            x = self._left + place
            parts.append(element("path", d=f"M{number(x)} {number(top)}v5", class_="lk"))
            parts.append(element("text", label, x=x - 2, y=top + 18))
        y = top + 24
        for fold in self._axis.folds:
            words = f"{in_words(fold.duration_ns)} later" if form.gutter else in_words(fold.duration_ns)
            if text_width(words, _SMALL) <= fold.right - fold.left + 40:
                middle = self._left + (fold.left + fold.right) / 2
                parts.append(element("text", words, x=middle, y=y + 10, class_="v c"))
        return parts, y + (20 if self._axis.folds else 4)

    def _legend(self, top: float) -> tuple[list[str], float]:
        form, parts = self._form, []
        kinds = self._scene.kinds()
        x, y = form.margin, top + 18
        for kind, words in WORDS.items():
            if kind not in kinds:
                continue
            width = 34 + text_width(words, _SMALL) + 16
            if x > form.margin and x + width - 16 > form.width - form.margin:
                x, y = form.margin, y + 20
            parts += _swatch(kind, x, y)
            parts.append(element("text", words, x=x + 34, y=y + 4))
            x += width
        if self._scene.counted_only:
            y += 22
            words = f"{self._scene.counted_only:,} further entries were counted, not kept."
            parts.append(element("text", words, x=form.margin, y=y + 4))
        return parts, y + 10


def _swatch(kind: BarKind | MarkKind, x: float, y: float) -> list[str]:
    match kind:
        case "init" | "suppressed init":
            box = element("rect", x=x, y=y - 6, width=26, height=12, rx=3, class_="in")
            return [box, element("path", d=hatching(x + 1, y - 5.5, 24, 11), class_="ha")]
        case "success":
            return [element("rect", x=x, y=y - 6, width=26, height=12, rx=3, class_="su")]
        case "error" | "timeout" | "exit":
            return [element("rect", x=x, y=y - 6, width=20, height=12, rx=3, class_=_FILL[kind]), badge(kind, x + 20, y)]
        case "waiting":
            return [element("rect", x=x, y=y - 6, width=26, height=12, rx=6, class_="wa")]
        case "queued":
            return [element("path", d=f"M{number(x)} {number(y)}h26", class_="qu")]
        case "call":
            return [element("rect", x=x, y=y - 6, width=26, height=12, rx=3, class_="ca")]
        case "failed call":
            return [element("rect", x=x, y=y - 6, width=20, height=12, rx=3, class_="ca"), badge(kind, x + 20, y)]
        case _:
            return [mark(kind, x + 13, y)]


def _wave(x: float, top: float, bottom: float) -> str:
    """A torn edge from top to bottom."""
    path, y, side = f"M{number(x)} {number(top)}", top, 1
    while y < bottom:
        step = min(8.0, bottom - y)
        path += f"q{number(side * 3)} {number(step / 2)} 0 {number(step)}"
        y, side = y + step, -side
    return path
