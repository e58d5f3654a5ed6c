"""Bars, marks and their labels on one lane."""

from __future__ import annotations

from collections.abc import Callable

from lambdalab.show.glyphs import badge, mark
from lambdalab.show.lane import Bar, Lane, Mark
from lambdalab.show.look import BAR, FILL, ROW, SMALL
from lambdalab.show.svg import element, hatching, number, text_width

__all__ = ["items"]

_SIGN = 8.5
"""Half the width of a sign."""

_ROOMY = 12
"""With more bars in a lane, none has its label beside it."""


def items(lane: Lane, y: float, place: Callable[[int], float], right: float, until_ns: int | None) -> list[str]:
    """Elements of a lane.

    Parameters
    ----------
    lane
        What to draw.
    y
        Centre of its first row.
    place
        Where an instant lies.
    right
        Where labels must end.
    until_ns
        Leave out what has not happened by then.
    """
    return _Items(y, place, right, until_ns).drawn(lane)


class _Items:
    def __init__(self, y: float, place: Callable[[int], float], right: float, until_ns: int | None) -> None:
        self._y, self._place, self._right, self._until = y, place, right, until_ns
        self._taken: list[tuple[int, float, float]] = []
        self._signs: list[tuple[int, float]] = []
        self._roomy = True

    def drawn(self, lane: Lane) -> list[str]:
        bars = [bar for bar in lane.bars if self._happened(bar.start_ns)]
        # What lies within another bar is drawn after it.
        bars.sort(key=lambda bar: bar.kind == "suppressed init")
        # A wait in the queue too short to see would only push the event's label away.
        bars = [bar for bar in bars if bar.kind != "queued" or self._span(bar)[1] - self._span(bar)[0] > 14]
        spans = [self._span(bar) for bar in bars]
        self._roomy = len(bars) <= _ROOMY
        parts = [self._bar(bar, *span) for bar, span in zip(bars, spans, strict=True)]
        for bar, (left, end) in zip(bars, spans, strict=True):
            badged = self._badged(bar)
            self._taken.append((bar.row, left, end + (_SIGN if badged else 0)))
            if badged:
                self._signs.append((bar.row, end))
                parts.append(badge(bar.kind, end, self._row(bar.row)))
        placed = [(one, count, self._mark_place(one)) for one, count in self._grouped(lane.marks)]
        for one, _, x in placed:
            self._taken.append((one.row, x - _SIGN, x + _SIGN))
        parts += [self._mark(one, x) for one, _, x in placed]
        labels = [self._mark_label(one, count, x) for one, count, x in placed]
        labels += [self._bar_label(bar, *span) for bar, span in zip(bars, spans, strict=True)]
        return [*parts, *labels]

    def _happened(self, instant: int) -> bool:
        return self._until is None or instant <= self._until

    def _row(self, row: int) -> float:
        return self._y + row * ROW

    def _badged(self, bar: Bar) -> bool:
        return bar.kind in ("error", "timeout", "exit", "failed call", "failed init") and self._happened(bar.end_ns)

    def _span(self, bar: Bar) -> tuple[float, float]:
        left = self._place(bar.start_ns)
        end = self._place(bar.end_ns if self._until is None else min(bar.end_ns, self._until))
        return left, max(end, left + 3)

    def _free(self, row: int, left: float, right: float) -> bool:
        return right <= self._right and all(
            other != row or right <= begin or left >= end for other, begin, end in self._taken
        )

    def _label(self, words: str, x: float, row: int, classes: str) -> str:
        return element("text", words, x=x, y=self._row(row) + 4, class_=classes)

    def _bar(self, bar: Bar, left: float, right: float) -> str:
        y = self._row(bar.row)
        width, top = right - left, y - BAR / 2
        parts = [element("title", bar.title)]
        match bar.kind:
            case "init" | "failed init" | "suppressed init":
                parts.append(element("rect", x=left, y=top + 0.5, width=width, height=BAR - 1, rx=3.5, class_="in"))
                parts.append(element("path", d=hatching(left + 1, top + 1, width - 2, BAR - 2), class_="ha"))
            case "waiting":
                parts.append(element("rect", x=left, y=top + 0.5, width=width, height=BAR - 1, rx=8.5, class_="wa"))
            case "queued":
                parts.append(element("path", d=f"M{number(left + 9)} {number(y)}H{number(right)}", class_="qu"))
            case "call" | "failed call":
                parts.append(element("rect", x=left, y=top + 1.5, width=width, height=BAR - 3, rx=4, class_="ca"))
            case "success" | "error" | "timeout" | "exit":
                tone = FILL[bar.kind] if self._happened(bar.end_ns) else "su"
                parts.append(element("rect", x=left, y=top, width=width, height=BAR, rx=4, class_=tone))
        return element("g", parts)

    def _bar_label(self, bar: Bar, left: float, right: float) -> str:
        if not self._happened(bar.end_ns) or bar.kind in ("queued", "suppressed init"):
            return ""
        badged = self._badged(bar)
        end = right - (_SIGN if badged else 0)
        begin = max((e for row, b, e in self._taken if row == bar.row and b == left and e < right), default=left)
        for words in bar.label:
            # Text on full colour is heavier, and so wider.
            width = text_width(words, SMALL) * (1.08 if bar.kind in FILL else 1)
            if width <= end - begin - 12:
                middle = (begin + end) / 2
                if "init" in bar.kind:
                    gap = element(
                        "rect",
                        x=middle - width / 2 - 4,
                        y=self._row(bar.row) - 7,
                        width=width + 8,
                        height=14,
                        class_="ip",
                    )
                    return gap + self._label(words, middle, bar.row, "k c")
                return self._label(words, middle, bar.row, "on c" if bar.kind in FILL else "k c")
        beside = right + (_SIGN if badged else 0) + 3
        # A number alone says something only on its bar, and many labels between many bars say nothing.
        for words in bar.label if self._roomy else ():
            if words.isdigit():
                continue
            width = text_width(words, SMALL)
            if self._free(bar.row, beside, beside + width):
                self._taken.append((bar.row, beside, beside + width))
                return self._label(words, beside, bar.row, "k o")
        return ""

    def _grouped(self, marks: list[Mark]) -> list[tuple[Mark, int]]:
        """Marks of one kind that would hide each other become one, with their number."""
        groups: list[tuple[Mark, int]] = []
        for one in marks:
            if not self._happened(one.at_ns):
                continue
            for index in range(len(groups) - 1, -1, -1):
                other, count = groups[index]
                near = self._place(one.at_ns) - self._place(other.at_ns) < _SIGN
                if near and (other.kind, other.row) == (one.kind, one.row):
                    title = f"{other.title}\n{one.title}" if count < 9 else other.title
                    groups[index] = (Mark(other.at_ns, one.kind, title, (), one.row), count + 1)
                    break
            else:
                groups.append((one, 1))
        return groups

    def _mark_place(self, one: Mark) -> float:
        """The mark's own place, or right of the signs it would cover."""
        x = self._place(one.at_ns)
        for row, other in sorted(self._signs):
            if row == one.row and abs(other - x) < 2 * _SIGN - 2:
                x = other + 2 * _SIGN
        self._signs.append((one.row, x))
        return x

    def _mark(self, one: Mark, x: float) -> str:
        return element("g", (element("title", one.title), mark(one.kind, x, self._row(one.row))))

    def _mark_label(self, one: Mark, count: int, x: float) -> str:
        for words in one.label if count == 1 else (f"× {count}",):
            width = text_width(words, SMALL)
            for left, classes, anchor in ((x + 12, "k o", x + 12), (x - 12 - width, "k o r", x - 12)):
                if words and left >= self._place(0) and self._free(one.row, left, left + width):
                    self._taken.append((one.row, left, left + width))
                    return self._label(words, anchor, one.row, classes)
        return ""
