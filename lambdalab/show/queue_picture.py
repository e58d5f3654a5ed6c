"""The drawing of a queue: its depth as stacked areas over time, below it batches, and what left for elsewhere."""

from __future__ import annotations

from collections import Counter

from lambdalab.show.axis import Axis, Measure
from lambdalab.show.duration import roughly
from lambdalab.show.glyphs import badge, mark
from lambdalab.show.look import SMALL, STYLE, WIDE, Format
from lambdalab.show.queue import Batch, Level, Move, QueueHistory
from lambdalab.show.svg import element, hatching, number, text_width, truncated
from lambdalab.show.ticks import ticks

__all__ = ["QueuePicture"]

_PLOT = 140.0
_ROW = 17.0
_BAR = 12.0
_MOST_ROWS = 8
_COLUMN, _HIGHEST = 5.0, 40.0
_FILL = {"success": "su", "function error": "er", "throttled": "wa", "not invoked": "wa", "open": "ca"}
_STANDINGS = (("visible", "visible"), ("in flight", "in flight: received, not deleted"), ("delayed", "delayed"))
_OUTCOMES = (
    ("success", "batch succeeded"),
    ("partial failure", "batch failed in part"),
    ("function error", "batch failed"),
    ("throttled", "batch throttled"),
    ("not invoked", "batch not invoked"),
    ("open", "batch not ended"),
)


class QueuePicture:
    """One drawing.

    Parameters
    ----------
    history
        What to draw.
    form
        Proportions, `lambdalab.show.look.WIDE` or ``NARROW``.
    """

    def __init__(self, history: QueueHistory, form: Format = WIDE) -> None:
        self._history, self._form = history, form
        self._left = form.margin + (132 if form.gutter else 30)
        self._right = form.width - form.margin
        instants = [level.at_ns for level in history.levels] + [one.at_ns for one in history.moves]
        busy = []
        for batch in history.batches:
            instants += [batch.start_ns, batch.end_ns]
            busy.append((batch.start_ns, max(batch.end_ns, batch.start_ns + 1)))
        length = self._right - self._left - 2 * form.inset
        self._last_ns = max(instants, default=history.start_ns)
        self._axis = Axis(instants or [history.start_ns], busy, Measure(length, 1, 6, form.fold, form.folds))
        self._rows = self._placed()

    def svg(self, with_style: bool = True) -> str:
        """The finished document; without the style sheet when its surroundings have it."""
        form, history = self._form, self._history
        room, top = form.width - 2 * form.margin, form.margin + 10
        parts = [
            element("text", truncated(f"Queue {history.name}", room, 19), x=form.margin, y=top, class_="h"),
            element("text", truncated(history.summary, room, 12), x=form.margin, y=top + 20, class_="s"),
        ]
        top += 42
        lower, bottom = self._lower(top + _PLOT + 10)
        parts += self._folds(top, bottom)
        parts += self._areas(top) + lower + self._ticks(bottom)
        legend, height = self._legend(bottom + (42 if self._axis.folds else 28))
        frame = element("rect", x=0.5, y=0.5, width=form.width - 1, height=height - 1, rx=10, class_="pa")
        head = [element("desc", " ".join([history.summary + ".", *history.sentences()]))]
        if with_style:
            head.append(f"<style>{STYLE}</style>")
        return element(
            "svg",
            (*head, frame, *parts, *legend),
            xmlns="http://www.w3.org/2000/svg",
            class_="ll",
            viewBox=f"0 0 {number(form.width)} {number(height)}",
            width=form.width,
            height=height,
            role="img",
            aria_label=f"Queue {history.name} over time",
        )

    def _x(self, instant_ns: int) -> float:
        return self._left + self._form.inset + self._axis.place(instant_ns)

    def _title(self, words: str, y: float, name: str = "") -> list[str]:
        """Beside a lane, or above it where there is no room beside."""
        x = self._form.margin
        if not self._form.gutter:
            said = truncated(f"{words} {name}".rstrip(), self._form.width - 2 * x, SMALL)
            return [element("text", said, x=x, y=y - 12, class_="k o")]
        parts = [element("text", truncated(words, 128, 12.5), x=x, y=y + (-2 if name else 4), class_="l")]
        return [*parts, element("text", truncated(name, 128, SMALL), x=x, y=y + 12)] if name else parts

    # -- depth ----------------------------------------------------------------------------------------------------

    def _areas(self, top: float) -> list[str]:
        base = top + _PLOT
        levels = self._thinned()
        highest = _rounded_up(max((level.total for level in levels), default=1))
        parts = []
        for share in (0, 0.5, 1):
            y = base - _PLOT * share
            parts.append(element("path", d=f"M{number(self._left)} {number(y)}H{number(self._right)}", class_="ru"))
            if float(highest * share).is_integer():
                parts.append(element("text", f"{int(highest * share):,}", x=self._left - 6, y=y + 4, class_="r"))
        if self._form.gutter:
            parts += self._title("Messages", top + 12)
        if not levels:
            return parts
        scale = _PLOT / highest
        upper = [[base] * len(levels)]
        for kind, get in (("visible", _visible), ("in flight", _in_flight), ("delayed", _delayed)):
            lower = upper[-1]
            tops = [y - get(level) * scale for y, level in zip(lower, levels, strict=True)]
            upper.append(tops)
            if any(map(get, levels)):
                outline = self._outline(levels, lower, tops)
                parts.append(element("path", d=outline, class_={"visible": "su", "in flight": "ip"}.get(kind, "fo")))
                edge = {"visible": "b i", "in flight": "ha"}.get(kind, "b m d")
                parts.append(element("path", d=self._edge(levels, tops, [get(one) for one in levels]), class_=edge))
                if kind == "in flight":
                    parts += self._hatched(levels, lower, tops)
        return parts

    def _steps(self, levels: list[Level], tops: list[float]) -> str:
        """A line that stays until the next measurement, to the end of the picture."""
        drawn = [f"M{number(self._x(levels[0].at_ns))} {number(tops[0])}"]
        for level, y in zip(levels[1:], tops[1:], strict=True):
            drawn.append(f"H{number(self._x(level.at_ns))}V{number(y)}")
        return "".join(drawn) + f"H{number(self._x(self._last_ns))}"

    def _edge(self, levels: list[Level], tops: list[float], counts: list[int]) -> str:
        """The steps, where there is something below them."""
        drawn = ""
        before = 0
        ends = [*(level.at_ns for level in levels[1:]), self._last_ns]
        for level, y, count, end_ns in zip(levels, tops, counts, ends, strict=True):
            if count:
                drawn += f"V{number(y)}" if before else f"M{number(self._x(level.at_ns))} {number(y)}"
                drawn += f"H{number(self._x(end_ns))}"
            before = count
        return drawn

    def _outline(self, levels: list[Level], lower: list[float], tops: list[float]) -> str:
        back = [f"V{number(lower[-1])}"]
        for level, y in zip(reversed(levels), [*reversed(lower[:-1]), None], strict=True):
            back.append(f"H{number(self._x(level.at_ns))}" + (f"V{number(y)}" if y is not None else ""))
        return self._steps(levels, tops) + "".join(back) + "Z"

    def _hatched(self, levels: list[Level], lower: list[float], tops: list[float]) -> list[str]:
        """Strokes in every stretch wide enough to hold some: told apart without colour."""
        ends = [self._x(level.at_ns) for level in levels[1:]] + [self._x(self._last_ns)]
        strokes = ""
        for level, end, floor, y in zip(levels, ends, lower, tops, strict=True):
            left = self._x(level.at_ns)
            if end - left >= 1.5 and floor - y >= 1.5:
                strokes += hatching(left, y, end - left, floor - y, 7)
        return [element("path", d=strokes, class_="ha")] if strokes else []

    def _thinned(self) -> list[Level]:
        """At most two levels a pixel: the highest and the last."""
        kept: list[Level] = []
        column, peak = -1, -1
        for level in self._history.levels:
            here = int(self._x(level.at_ns))
            if here != column:
                column, peak = here, level.total
                kept += [level, level]
            else:
                if level.total > peak:
                    peak, kept[-2] = level.total, level
                kept[-1] = level
        return [level for place, level in enumerate(kept) if not place or level is not kept[place - 1]]

    # -- batches and moves ----------------------------------------------------------------------------------------

    def _placed(self) -> list[tuple[int, Batch]] | None:
        """Batches with their rows, so that none covers another; None when that takes too many rows."""
        ends: list[float] = []
        placed = []
        for batch in sorted(self._history.batches, key=lambda one: one.start_ns):
            left = self._x(batch.start_ns)
            row = next((place for place, end in enumerate(ends) if end <= left), len(ends))
            if row == _MOST_ROWS:
                return None
            ends[row : row + 1] = [max(self._x(batch.end_ns), left + 4) + (10 if _failed(batch) else 1)]
            placed.append((row, batch))
        return placed

    def _lower(self, top: float) -> tuple[list[str], float]:
        """Lanes below the depth, and where they end."""
        parts: list[str] = []
        above = 0.0 if self._form.gutter else 18.0
        if self._history.batches:
            top += above
            parts += self._title("Batches", top + _ROW / 2)
            if self._rows is None:
                parts += self._columns(top)
                top += _HIGHEST + 10
            else:
                for row, batch in self._rows:
                    parts += self._batch(batch, top + row * _ROW + _ROW / 2)
                top += (1 + max(row for row, _ in self._rows)) * _ROW + 6
        for (title, name), moves in self._lanes().items():
            top += above
            middle = top + (15 if self._form.gutter else 11)
            parts.append(element("path", d=f"M{number(self._left)} {number(top)}H{number(self._right)}", class_="ru"))
            parts += self._title(title, middle, name)
            parts += self._moves(moves, middle)
            top += 32 if self._form.gutter else 24
        return parts, top

    def _batch(self, batch: Batch, y: float) -> list[str]:
        left = self._x(batch.start_ns)
        width, top = max(self._x(batch.end_ns) - left, 4.0), y - _BAR / 2
        title = f"{self._history.when(batch.start_ns)} · {batch.records:,} messages, {batch.outcome}"
        parts = [element("title", title)]
        if batch.outcome == "partial failure":
            done = width * batch.processed / max(batch.processed + batch.returned, 1)
            parts.append(element("rect", x=left, y=top, width=done, height=_BAR, class_="su"))
            parts.append(element("rect", x=left + done, y=top, width=width - done, height=_BAR, class_="er"))
        else:
            parts.append(element("rect", x=left, y=top, width=width, height=_BAR, rx=2, class_=_FILL[batch.outcome]))
        if _failed(batch):
            parts.append(badge("error" if batch.outcome == "function error" else "timeout", left + width, y))
        return [element("g", parts)]

    def _columns(self, top: float) -> list[str]:
        """How many batches ended when, those that left messages behind on top."""
        base, parts = top + _HIGHEST, []
        counts: Counter[tuple[int, bool]] = Counter()
        for batch in self._history.batches:
            counts[int((self._x(batch.end_ns) - self._left) // _COLUMN), batch.returned > 0] += 1
        columns = {column for column, _ in counts}
        highest = max(counts[column, False] + counts[column, True] for column in columns)
        for column in sorted(columns):
            y, x = base, self._left + column * _COLUMN
            for returned in (False, True):
                if count := counts[column, returned]:
                    height = max(2.0, _HIGHEST * count / highest)
                    y -= height
                    kind = "er" if returned else "su"
                    parts.append(element("rect", x=x, y=y, width=_COLUMN - 1, height=height, class_=kind))
        return parts

    def _lanes(self) -> dict[tuple[str, str], list[Move]]:
        lanes: dict[tuple[str, str], list[Move]] = {}
        for move in self._history.moves:
            if move.source:
                title = ("Dead letters from", move.source)
            else:
                title = ("Dead-letter queue", move.target) if move.target else ("Expired", "")
            lanes.setdefault(title, []).append(move)
        return lanes

    def _moves(self, moves: list[Move], y: float) -> list[str]:
        """A sign with its count; those that would lie on each other share one."""
        groups: list[tuple[float, list[Move]]] = []
        for move in moves:
            x = self._x(move.at_ns)
            if groups and x - groups[-1][0] < 40:
                groups[-1][1].append(move)
            else:
                groups.append((x, [move]))
        parts = []
        for x, together in groups:
            said = [
                element("title", "; ".join(f"{self._history.when(one.at_ns)} · {one.words}" for one in together[:9]))
            ]
            parts.append(element("g", (*said, mark("delivered" if together[0].target else "discarded", x, y))))
            words = f"{sum(one.messages for one in together):,}"
            before = x + 12 + text_width(words, SMALL) > self._form.width - 4
            parts.append(
                element("text", words, x=x - 12 if before else x + 12, y=y + 4, class_="k r" if before else "k")
            )
        return parts

    # -- around ---------------------------------------------------------------------------------------------------

    def _folds(self, top: float, bottom: float) -> list[str]:
        inset, left = (8.0 if self._form.gutter else 5.0), self._left + self._form.inset
        return [
            element(
                "rect", x=left + fold.left + inset, y=top, width=fold.right - fold.left - 2 * inset,
                height=bottom - top, class_="fo",
            )
            for fold in self._axis.folds
        ]  # fmt: skip

    def _ticks(self, bottom: float) -> list[str]:
        left = self._left + self._form.inset
        parts = [element("path", d=f"M{number(self._left)} {number(bottom)}H{number(self._right)}", class_="ru")]
        before = ""
        last_ns = self._last_ns
        for place, label in ticks(
            self._axis, self._history.start_ns, last_ns, lambda said: text_width(said, SMALL) + 12
        ):
            parts.append(element("path", d=f"M{number(left + place)} {number(bottom)}v5", class_="lk"))
            if label != before:  # instants closer together than a label can tell
                parts.append(element("text", label, x=left + place, y=bottom + 17))
            before = label
        for fold in self._axis.folds:
            middle = left + (fold.left + fold.right) / 2
            parts.append(element("text", roughly(fold.duration_ns), x=middle, y=bottom + 30, class_="c v"))
        return parts

    def _legend(self, top: float) -> tuple[list[str], float]:
        history = self._history
        standing = {
            "visible": any(map(_visible, history.levels)),
            "in flight": any(map(_in_flight, history.levels)),
            "delayed": any(map(_delayed, history.levels)),
        }
        shown = [(kind, words) for kind, words in _STANDINGS if standing[kind]]
        occurring = {batch.outcome for batch in history.batches}
        if self._rows is None:
            shown += [("success", "batches that succeeded")] if "success" in occurring else []
            shown += [("returned", "batches that left messages")] if any(b.returned for b in history.batches) else []
        else:
            shown += [(kind, words) for kind, words in _OUTCOMES if kind in occurring]
        columns = 3 if self._form.gutter else 1
        width = (self._form.width - 2 * self._form.margin) / columns
        parts = []
        for place, (kind, words) in enumerate(shown):
            line, column = divmod(place, columns)
            x, y = self._form.margin + column * width, top + 12 + line * 20
            parts += [*_swatch(kind, x, y), element("text", words, x=x + 36, y=y + 4)]
        return parts, top + 12 + -(-len(shown) // columns) * 20 + 8


def _swatch(kind: str, x: float, y: float) -> list[str]:
    top = y - 6
    match kind:
        case "visible":
            box = element("rect", x=x, y=top, width=26, height=12, class_="su")
            return [box, element("path", d=f"M{number(x)} {number(top)}h26", class_="b i")]
        case "in flight":
            box = element("rect", x=x, y=top, width=26, height=12, class_="ip")
            return [box, element("path", d=hatching(x, top, 26, 12, 7), class_="ha")]
        case "delayed":
            box = element("rect", x=x, y=top, width=26, height=12, class_="fo")
            return [box, element("path", d=f"M{number(x)} {number(top)}h26", class_="b m d")]
        case "partial failure":
            first = element("rect", x=x, y=top, width=13, height=12, class_="su")
            second = element("rect", x=x + 13, y=top, width=9, height=12, class_="er")
            return [first, second, badge("timeout", x + 22, y)]
        case "function error":
            return [element("rect", x=x, y=top, width=22, height=12, rx=2, class_="er"), badge("error", x + 22, y)]
        case "returned":
            return [element("rect", x=x, y=top, width=26, height=12, class_="er")]
    return [element("rect", x=x, y=top, width=26, height=12, rx=2, class_=_FILL[kind])]


def _failed(batch: Batch) -> bool:
    return batch.outcome in ("function error", "partial failure")


def _visible(level: Level) -> int:
    return level.visible


def _in_flight(level: Level) -> int:
    return level.in_flight


def _delayed(level: Level) -> int:
    return level.delayed


def _rounded_up(count: int) -> int:
    """The next round number, an even one where halves would be odd to read."""
    power = 1
    while True:
        for factor in (2, 4, 6, 10, 14):
            if count <= factor * power:
                return factor * power
        power *= 10
