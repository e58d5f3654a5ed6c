"""The drawing of an alias's traffic: shares as stacked areas over time, and below them where invocations went."""

from __future__ import annotations

from collections import Counter

from lambdalab.show.duration import since_start
from lambdalab.show.look import SMALL, STYLE, WIDE, Format
from lambdalab.show.svg import element, hatching, number, text_width, truncated
from lambdalab.show.traffic import Landed, Traffic, tick_step

__all__ = ["TrafficPicture"]

_PLOT = 150.0
_LANE = 46.0
_COLUMN = 5.0
_HIGHEST = 26.0
_MOST_VERSIONS = 6


class TrafficPicture:
    """One drawing.

    Parameters
    ----------
    traffic
        What to draw.
    form
        Proportions, `lambdalab.show.look.WIDE` or ``NARROW``.
    """

    def __init__(self, traffic: Traffic, form: Format = WIDE) -> None:
        self._traffic, self._form = traffic, form
        self._left = form.margin + (132 if form.gutter else 36)
        self._right = form.width - form.margin
        self._versions = traffic.versions[-_MOST_VERSIONS:]
        moments = [stage.start_ns for stage in traffic.stages[1:]]
        moments += [one.at_ns for one in traffic.landed] + [at_ns for at_ns, _ in traffic.notes]
        begin = min(moments, default=traffic.stages[0].start_ns)
        end = max([*moments, traffic.end_ns, begin + 1_000_000_000])
        margin = max((end - begin) // 20, 1)
        # What the alias was before the first change or call is worth a little room, not hours.
        self._begin = max(begin - margin, traffic.stages[0].start_ns)
        self._end = end + margin

    def svg(self, with_style: bool = True) -> str:
        """The finished document; without the style sheet when its surroundings have it."""
        form, traffic = self._form, self._traffic
        top = form.margin + (52.0 if form.gutter else 58.0)
        bottom = top + _PLOT + 12 + _LANE * len(self._versions)
        areas, labels = self._areas(top)
        parts = [*self._header(), *areas, *self._changes(top, bottom), *labels]
        y = top + _PLOT + 12
        for version in self._versions:
            parts += self._lane(version, y)
            y += _LANE
        parts += self._ticks(y)
        y += 26
        parts += self._notes(y)
        y += 18 * len(traffic.notes) + 8
        height = y + form.margin - 8
        frame = element("rect", x=0.5, y=0.5, width=form.width - 1, height=height - 1, rx=10, class_="pa")
        head = [element("desc", " ".join([traffic.summary + ".", *traffic.sentences()]))]
        if with_style:
            head.append(f"<style>{STYLE}</style>")
        return element(
            "svg",
            (*head, frame, *parts),
            xmlns="http://www.w3.org/2000/svg",
            class_="ll",
            viewBox=f"0 0 {number(form.width)} {number(height)}",
            width=form.width,
            height=height,
            role="img",
            aria_label=f"Traffic of {traffic.title} over time",
        )

    def _x(self, instant_ns: int) -> float:
        inside = min(max(instant_ns, self._begin), self._end)
        return self._left + (self._right - self._left) * (inside - self._begin) / (self._end - self._begin)

    def _header(self) -> list[str]:
        form, traffic = self._form, self._traffic
        room, y = form.width - 2 * form.margin, form.margin + 10
        return [
            element("text", truncated(traffic.title, room, 19), x=form.margin, y=y, class_="h"),
            element("text", truncated(traffic.summary, room, 12), x=form.margin, y=y + 20, class_="s"),
        ]

    def _areas(self, top: float) -> tuple[list[str], list[str]]:
        """Shares, the version that came last at the bottom, so that it grows from the ground; and its labels."""
        parts: list[str] = []
        labelled: dict[str, tuple[float, float, float]] = {}
        for stage in self._traffic.stages:
            # The last weights hold on to the edge of the picture.
            end = self._end if stage is self._traffic.stages[-1] else stage.end_ns
            left, right = self._x(stage.start_ns), self._x(end)
            if right <= left:
                continue
            base = top + _PLOT
            for version in sorted(stage.shares, key=self._rank, reverse=True):
                height = _PLOT * stage.shares[version]
                if height:
                    parts += self._area(version, left, base - height, right - left, height)
                    if (right - left) * height > labelled.get(version, (0.0, 0.0, 0.0))[0]:
                        labelled[version] = ((right - left) * height, (left + right) / 2, base - height / 2)
                base -= height
        for share in (0, 25, 50, 75, 100):
            y = top + _PLOT * (1 - share / 100)
            parts.append(element("path", d=f"M{number(self._left)} {number(y)}H{number(self._right)}", class_="ru"))
            parts.append(element("text", f"{share} %", x=self._left - 8, y=y + 4, class_="r"))
        labels = []
        for version, (_, x, y) in labelled.items():
            words = self._name(version)
            x = min(max(x, self._left + text_width(words, 12.5) / 2 + 4), self._right - text_width(words, 12.5) / 2 - 4)
            labels.append(element("text", words, x=x, y=y + 4, class_="l c o"))
        return parts, labels

    def _rank(self, version: str) -> int:
        return self._traffic.versions.index(version)

    def _area(self, version: str, x: float, y: float, width: float, height: float) -> list[str]:
        """Every second version is filled, the others are hatched: told apart without colour."""
        if self._rank(version) % 2:
            return [element("rect", x=x, y=y, width=width, height=height, class_="su")]
        return [
            element("rect", x=x, y=y, width=width, height=height, class_="ip"),
            element("path", d=hatching(x, y, width, height, 9), class_="ha"),
        ]

    def _lane(self, version: str, top: float) -> list[str]:
        """Columns of the invocations that ran this version; failed ones stand on top."""
        base = top + 34
        highest = max(Counter((one.version, self._column(one)) for one in self._traffic.landed).values(), default=1)
        mine = [one for one in self._traffic.landed if one.version == version]
        counts = Counter((self._column(one), one.failed) for one in mine)
        parts = [element("path", d=f"M{number(self._left)} {number(base)}H{number(self._right)}", class_="ru")]
        for column in sorted({column for column, _ in counts}):
            y, x = base, self._left + column * _COLUMN
            for failed in (False, True):
                if counts[column, failed]:
                    height = max(2.0, _HIGHEST * counts[column, failed] / highest)
                    y -= height
                    kind = "er" if failed else "su"
                    parts.append(element("rect", x=x, y=y, width=_COLUMN - 1, height=height, class_=kind))
        failures = sum(one.failed for one in mine)
        said = f"{len(mine):,}" + (f", {failures:,} failed" if failures else "")
        if self._form.gutter:
            parts.append(element("text", self._name(version), x=self._form.margin, y=base - 12, class_="l"))
            parts.append(element("text", said, x=self._form.margin, y=base + 3))
        else:
            words = f"{self._name(version)}: {said}"
            parts.append(element("text", words, x=self._left, y=top + 4, class_="k o"))
        return parts

    def _column(self, one: Landed) -> int:
        return int((self._x(one.at_ns) - self._left) // _COLUMN)

    def _ticks(self, bottom: float) -> list[str]:
        start = self._traffic.start_ns
        step = tick_step(self._end - self._begin, 7 if self._form.gutter else 3)
        parts, free = [], self._form.margin
        instant = start + -(-(self._begin - start) // step) * step
        while instant <= self._end:
            x, words = self._x(instant), since_start(instant, start)
            half = text_width(words, SMALL) / 2
            parts.append(element("path", d=f"M{number(x)} {number(bottom)}v5", class_="b m"))
            if x - half >= free and x + half <= self._form.width - 4:
                parts.append(element("text", words, x=x, y=bottom + 18, class_="c"))
                free = x + half + 8
            instant += step
        return parts

    def _changes(self, top: float, bottom: float) -> list[str]:
        """Upright lines: dashed where weights changed, whole where a deployment has something to say."""
        lines = [(stage.start_ns, "m d") for stage in self._traffic.stages[1:]]
        lines += sorted(((at_ns, _kind(words)) for at_ns, words in self._traffic.notes), key=lambda one: one[1] == "e")
        return [
            element("path", d=f"M{number(self._x(at_ns))} {number(top)}V{number(bottom)}", class_=f"b {kind}")
            for at_ns, kind in lines
        ]

    def _notes(self, top: float) -> list[str]:
        left, room = self._form.margin, self._right - self._form.margin
        parts = []
        for line, (at_ns, words) in enumerate(self._traffic.notes):
            y = top + 14 + 18 * line
            said = truncated(f"{since_start(at_ns, self._traffic.start_ns)}  {words}", room - 14, SMALL)
            parts.append(element("path", d=f"M{number(left + 3)} {number(y - 9)}v11", class_=f"b {_kind(words)}"))
            parts.append(element("text", said, x=left + 14, y=y, class_="k"))
        return parts

    def _name(self, version: str) -> str:
        return version if version == "$LATEST" else f"version {version}"


def _kind(words: str) -> str:
    """Class of a note's line."""
    return "e" if "Failed" in words or "Stopped" in words else "i"
