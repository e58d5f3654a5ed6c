"""The geometry of `{flow}`: parts in a grid, arrows from border to border, labels that keep clear of both."""

from __future__ import annotations

import html
import math
import textwrap
from dataclasses import dataclass, replace

__all__ = ["KINDS", "Arrow", "Drawing", "FlowError", "Part"]

# Glyphs on a 20 × 20 field, drawn as strokes.
KINDS = {
    "client": "M3 4h14v10H3z M7 17h6 M10 14v3",
    "function": "M5 3h3l6 14h3 M9.6 9.2 5 17",
    "environment": "M3 6.5 10 3l7 3.5v7L10 17l-7-3.5z M3 6.5 10 10l7-3.5 M10 10v7",
    "queue": "M2 6h4v8H2z M8 6h4v8H8z M14 6h4v8h-4z",
    "topic": "M3 10h5 M8 10l7-6 M8 10h7 M8 10l7 6 M15 4h2 M15 10h2 M15 16h2",
    "bucket": "M3 5h14l-2 12H5z M3 5c0-2 14-2 14 0s-14 2-14 0",
    "table": "M3 4h14v12H3z M3 8h14 M3 12h14 M8 4v12",
    "stream": "M2 6c3-3 5 3 8 0s5 3 8 0 M2 11c3-3 5 3 8 0s5 3 8 0 M2 16c3-3 5 3 8 0s5 3 8 0",
    "log": "M5 2h7l4 4v12H5z M12 2v4h4 M8 10h5 M8 13.5h5",
    "role": "M10 2l7 3v5c0 4-3 7-7 8-4-1-7-4-7-8V5z M7 10l2 2 4-4",
    "schedule": "M10 2.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15z M10 6v4l3 2",
    "service": "M6 15a4 4 0 0 1-.5-8A5 5 0 0 1 15 8a3.5 3.5 0 0 1-.5 7z",
    "person": "M10 3a3.2 3.2 0 1 0 0 6.4A3.2 3.2 0 1 0 10 3z M4 17c0-7 12-7 12 0",
}
WIDTH, LEAST_HEIGHT, MOST_LINES = 164, 62, 5
_TEXT_CHARACTERS, _NOTE_CHARACTERS, _LABEL_CHARACTERS = 13, 16, 17
# Beside two upright arrows there is only half a box on either side.
_NARROW_CHARACTERS = 11
_CHARACTER = 6.9  # average width of a label's letter at 12.5 px
_LINE = 15
_MARGIN = 6
_HEAD = 8


class FlowError(ValueError):
    """A diagram that cannot be drawn as described."""


@dataclass(frozen=True)
class Part:
    """A box. `column` and `row` count from 0."""

    name: str
    label: str
    kind: str
    note: str
    column: int
    row: int

    def turned(self) -> Part:
        """The same part in the standing picture."""
        return replace(self, column=self.row, row=self.column)


@dataclass(frozen=True)
class Arrow:
    """From `start` to `end`; `style` is "always", "sometimes" (dashed) or "both"."""

    start: str
    end: str
    label: str
    style: str


class Drawing:
    """One picture.

    Raises
    ------
    FlowError
        An arrow would run through a part that is not its end.
    """

    def __init__(self, parts: list[Part], arrows: list[Arrow]) -> None:
        self.parts = {part.name: part for part in parts}
        self.arrows = arrows
        for arrow in arrows:
            self._check(arrow)
        self._texts = {part.name: _text(part) for part in parts}
        self._box = max(LEAST_HEIGHT, max(map(len, self._texts.values())) * _LINE + 22)
        self._column_gap = self._gap(0)
        self._row_gap = self._gap(1)
        columns = max(part.column for part in parts) + 1
        rows = max(part.row for part in parts) + 1
        self.width = columns * WIDTH + (columns - 1) * self._column_gap + 2 * _MARGIN
        self.height = rows * self._box + (rows - 1) * self._row_gap + 2 * _MARGIN
        # The label of an upright arrow in the last column may stick out to the right.
        for arrow in arrows:
            x, half = self._label_place(arrow)[0], self._label_width(arrow) / 2
            if arrow.label and self._upright(arrow):
                self.width = max(self.width, math.ceil(x + 2 * half + _MARGIN))

    def _check(self, arrow: Arrow) -> None:
        start, end = self.parts[arrow.start], self.parts[arrow.end]
        across, down = end.column - start.column, end.row - start.row
        steps = math.gcd(across, down)
        for step in range(1, steps):
            cell = (start.column + across // steps * step, start.row + down // steps * step)
            for part in self.parts.values():
                if (part.column, part.row) == cell:
                    raise FlowError(f"the arrow from {arrow.start} to {arrow.end} would run through {part.name}")
        if across and down and max(abs(across), abs(down)) > 1:
            raise FlowError(f"the arrow from {arrow.start} to {arrow.end} is neither straight nor between neighbours")

    def _upright(self, arrow: Arrow) -> bool:
        return self.parts[arrow.start].column == self.parts[arrow.end].column

    def _answered(self, arrow: Arrow) -> bool:
        """Whether another arrow runs the opposite way."""
        return any((other.start, other.end) == (arrow.end, arrow.start) for other in self.arrows)

    def _label_lines(self, arrow: Arrow) -> list[str]:
        narrow = self._upright(arrow) and self._answered(arrow)
        return _lines(arrow.label, _NARROW_CHARACTERS if narrow else _LABEL_CHARACTERS)

    def _gap(self, axis: int) -> int:
        """Space between columns (0) or rows (1), wide enough for the labels that stand there."""
        gap = 46
        for arrow in self.arrows:
            level = self.parts[arrow.start].row == self.parts[arrow.end].row
            if not arrow.label:
                continue
            if axis == 0 and level:
                gap = max(gap, math.ceil(self._label_width(arrow)) + 26)
            elif axis == 1 and not level:
                gap = max(gap, len(self._label_lines(arrow)) * _LINE + 26)
        return gap

    def _label_width(self, arrow: Arrow) -> float:
        return max((len(line) for line in self._label_lines(arrow)), default=0) * _CHARACTER

    def _centre(self, name: str) -> tuple[float, float]:
        part = self.parts[name]
        return (
            _MARGIN + part.column * (WIDTH + self._column_gap) + WIDTH / 2,
            _MARGIN + part.row * (self._box + self._row_gap) + self._box / 2,
        )

    def _ends(self, arrow: Arrow) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where the arrow leaves one border and meets the other; two opposite arrows run side by side."""
        (x1, y1), (x2, y2) = self._centre(arrow.start), self._centre(arrow.end)
        length = math.hypot(x2 - x1, y2 - y1)
        ux, uy = (x2 - x1) / length, (y2 - y1) / length
        reach = min(WIDTH / 2 / abs(ux) if ux else math.inf, self._box / 2 / abs(uy) if uy else math.inf) + 3
        aside = 9 if self._answered(arrow) else 0
        dx, dy = -uy * aside, ux * aside
        return (
            (x1 + ux * reach + dx, y1 + uy * reach + dy),
            (x2 - ux * reach + dx, y2 - uy * reach + dy),
        )

    def _label_place(self, arrow: Arrow) -> tuple[float, float]:
        (x1, y1), (x2, y2) = self._ends(arrow)
        return (x1 + x2) / 2, (y1 + y2) / 2

    def svg(self, class_name: str) -> str:
        """The picture. Hidden from screen readers: its figure carries the text alternative."""
        body = [*(self._arrow(arrow) for arrow in self.arrows), *(self._part(part) for part in self.parts.values())]
        size = f'viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}"'
        return f'<svg class="{class_name}" {size} aria-hidden="true" focusable="false">{"".join(body)}</svg>'

    def _part(self, part: Part) -> str:
        x, y = self._centre(part.name)
        left, top = x - WIDTH / 2, y - self._box / 2
        lines = self._texts[part.name]
        first = y - (len(lines) - 1) * _LINE / 2 + 4.5
        text = "".join(
            f'<text class="{style}" x="{left + 46:g}" y="{first + index * _LINE:g}">{html.escape(line)}</text>'
            for index, (line, style) in enumerate(lines)
        )
        return (
            f'<g class="flow-part flow-{part.kind}">'
            f'<rect x="{left:g}" y="{top:g}" width="{WIDTH}" height="{self._box}" rx="10"/>'
            f'<path class="flow-glyph" transform="translate({left + 14:g} {y - 11:g}) scale(1.1)"'
            f' d="{KINDS[part.kind]}"/>'
            f"{text}</g>"
        )

    def _arrow(self, arrow: Arrow) -> str:
        (x1, y1), (x2, y2) = self._ends(arrow)
        length = math.hypot(x2 - x1, y2 - y1)
        ux, uy = (x2 - x1) / length, (y2 - y1) / length
        heads = _head(x2, y2, ux, uy)
        if arrow.style == "both":
            heads += _head(x1, y1, -ux, -uy)
            x1, y1 = x1 + ux * _HEAD, y1 + uy * _HEAD
        # The shaft ends inside the head, which has the sharper point.
        x2, y2 = x2 - ux * _HEAD, y2 - uy * _HEAD
        shaft = f'<path class="flow-shaft" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'
        return f'<g class="flow-arrow flow-{arrow.style}">{shaft}{heads}{self._label(arrow)}</g>'

    def _label(self, arrow: Arrow) -> str:
        lines = self._label_lines(arrow)
        x, y = self._label_place(arrow)
        (_, y1), (_, y2) = self._ends(arrow)
        below = (len(lines) - 1) * _LINE
        anchor, first = "middle", y - below / 2 + 4
        if self._upright(arrow):
            # Of two opposite arrows the one that runs down is on the left.
            left = self._answered(arrow) and y2 > y1
            anchor, x = ("end", x - 9) if left else ("start", x + 9)
        elif abs(y2 - y1) < 1:
            under = self._answered(arrow) and self.parts[arrow.end].column > self.parts[arrow.start].column
            first = y + 18 if under else y - 8 - below
        return "".join(
            f'<text class="flow-says" text-anchor="{anchor}" x="{x:.1f}" y="{first + index * _LINE:.1f}">'
            f"{html.escape(line)}</text>"
            for index, line in enumerate(lines)
        )


def _text(part: Part) -> list[tuple[str, str]]:
    """The lines in a box, each with its style."""
    lines = [(line, "flow-label") for line in _lines(part.label, _TEXT_CHARACTERS)]
    lines += [(line, "flow-note") for line in _lines(part.note, _NOTE_CHARACTERS)]
    if len(lines) > MOST_LINES:
        raise FlowError(f"part {part.name}: label and note take {len(lines)} lines, {MOST_LINES} fit")
    return lines


def _lines(text: str, characters: int) -> list[str]:
    return textwrap.wrap(text, characters, break_long_words=False) if text else []


def _head(x: float, y: float, ux: float, uy: float) -> str:
    back_x, back_y = x - ux * 10, y - uy * 10
    corners = [(x, y), (back_x - uy * 4.5, back_y + ux * 4.5), (back_x + uy * 4.5, back_y - ux * 4.5)]
    return f'<polygon class="flow-head" points="{" ".join(f"{cx:.1f},{cy:.1f}" for cx, cy in corners)}"/>'
