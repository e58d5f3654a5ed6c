"""The timeline as lines of fixed width."""

from __future__ import annotations

import datetime
import re
import textwrap
from dataclasses import dataclass

from lambdalab.clock import SECOND
from lambdalab.errors import UsageError
from lambdalab.show.axis import Axis, Measure
from lambdalab.show.density import Density
from lambdalab.show.duration import roughly
from lambdalab.show.lane import WORDS, BarKind, Lane, MarkKind
from lambdalab.show.narration import narrated
from lambdalab.show.scene import Scene
from lambdalab.show.ticks import ticks
from lambdalab.timeline import Timeline

__all__ = ["drawn"]

_GUTTER = 26
_FOLD = 14
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class _Signs:
    bars: dict[BarKind, str]
    marks: dict[MarkKind, str]
    ends: dict[BarKind, str]
    life: str
    fold: str
    levels: str
    rule: str
    tick: str


_UNICODE = _Signs(
    bars={
        "init": "░",
        "failed init": "░",
        "suppressed init": "▒",
        "success": "█",
        "error": "█",
        "timeout": "█",
        "exit": "█",
        "queued": "·",
        "waiting": "╌",
        "call": "━",
        "failed call": "━",
    },
    marks={
        "accepted": "●",
        "throttle": "⊘",
        "discarded": "⊠",
        "delivered": "▼",
        "undelivered": "∇",
        "reset": "↻",
        "shutdown": "■",
        "api call": "◆",
        "api error": "◇",
    },
    ends={"error": "✗", "timeout": "T", "exit": "X", "failed call": "✗", "failed init": "✗"},
    life="─",
    fold="┊",
    levels=" ▁▂▃▄▅▆▇█",
    rule="─",
    tick="┬",
)
_ASCII = _Signs(
    bars={
        "init": ":",
        "failed init": ":",
        "suppressed init": ";",
        "success": "#",
        "error": "#",
        "timeout": "#",
        "exit": "#",
        "queued": ".",
        "waiting": "~",
        "call": "=",
        "failed call": "=",
    },
    marks={
        "accepted": "o",
        "throttle": "%",
        "discarded": "@",
        "delivered": "V",
        "undelivered": "v",
        "reset": "R",
        "shutdown": "S",
        "api call": "+",
        "api error": "^",
    },
    ends={"error": "!", "timeout": "T", "exit": "X", "failed call": "!", "failed init": "!"},
    life="-",
    fold="|",
    levels=" .:-=+*%#",
    rule="-",
    tick="+",
)


def drawn(timeline: Timeline, width: int = 100, ascii_only: bool = False) -> str:
    """Lanes over a time axis, a legend of what occurs, then the story.

    Parameters
    ----------
    timeline
        What to draw.
    width
        Columns, at least 60.
    ascii_only
        Use no other characters.
    """
    if width < 60:
        raise UsageError(f"a timeline needs at least 60 columns, not {width}")
    text = _Drawing(Scene.of(timeline), width, _ASCII if ascii_only else _UNICODE).text()
    story = []
    for said in narrated(timeline, most=12):
        story += textwrap.wrap(_printable(said), width, initial_indent="  ", subsequent_indent="    ")
    text = "\n".join([text, *story])
    return _in_ascii(text) if ascii_only else text


class _Drawing:
    def __init__(self, scene: Scene, width: int, signs: _Signs) -> None:
        self._scene, self._width, self._signs = scene, width, signs
        self._columns = width - _GUTTER
        instants = scene.instants()
        measure = Measure(self._columns - 1, least=2, whole=4, fold=_FOLD, folds=3)
        self._axis = Axis(instants, scene.busy(), measure)
        self._last_ns = max(instants, default=scene.start_ns)

    def text(self) -> str:
        start = datetime.datetime.fromtimestamp(self._scene.start_ns // SECOND, datetime.UTC)
        caption = f"t = {start:%Y-%m-%d %H:%M:%S} UTC"
        names = _cut(_printable(self._scene.title), self._width - len(caption) - 2)
        lines = [names + caption.rjust(self._width - len(names))]
        if self._scene.summary:
            lines.append(_cut(self._scene.summary, self._width))
        if not self._scene.lanes:
            return "\n".join(lines)
        for lane in self._scene.lanes:
            lines += self._lane(lane)
        lines += self._ticks()
        legend = "   ".join(self._legend())
        lines += [line.replace("\xa0", " ") for line in textwrap.wrap(legend, self._width, break_on_hyphens=False)]
        return "\n".join([line.rstrip() for line in lines] + [""])

    def _column(self, instant: int) -> int:
        return min(self._columns - 1, int(self._axis.place(instant)))

    def _lane(self, lane: Lane) -> list[str]:
        if lane.dense:
            return self._dense(lane)
        grid = [[" "] * self._columns for _ in range(lane.rows)]
        for fold in self._axis.folds:
            for row in grid:
                row[int(fold.left) + 1] = row[int(fold.right) - 1] = self._signs.fold
        if lane.life:
            for column in range(self._column(lane.life[0]), self._column(lane.life[1]) + 1):
                grid[0][column] = self._signs.life
        # What lies within another bar is drawn after it.
        for bar in sorted(lane.bars, key=lambda bar: bar.kind == "suppressed init"):
            left, right = self._column(bar.start_ns), max(self._column(bar.start_ns) + 1, self._column(bar.end_ns))
            grid[bar.row][left:right] = [self._signs.bars[bar.kind]] * (right - left)
            if bar.kind in self._signs.ends:
                grid[bar.row][min(right, self._columns - 1)] = self._signs.ends[bar.kind]
        for one in lane.marks:
            grid[one.row][self._column(one.at_ns)] = self._signs.marks[one.kind]
        title = f"{lane.title}, {lane.subtitle}" if lane.kind == "environment" else lane.title
        if lane.kind == "target":
            title = f"{lane.title.replace('Dead-letter queue', 'DLQ').replace(' destination', '')} {lane.subtitle}"
        if lane.kind == "environment":
            title = f"{lane.title} {lane.subtitle.removeprefix('environment ')}"
        titles = [_cut(_printable(title), _GUTTER - 2).ljust(_GUTTER)] + [" " * _GUTTER] * (lane.rows - 1)
        return [name + "".join(row) for name, row in zip(titles, grid, strict=True)]

    def _dense(self, lane: Lane) -> list[str]:
        density = Density.of(lane, self._axis, self._columns, self._scene.start_ns)
        levels = self._signs.levels
        lines = []
        rows = [(lane.title, density.good)] if any(density.good) else []
        if any(density.bad):
            rows.append((lane.title if not rows else "  refused or failed", density.bad))
        for title, counts in rows:
            steps = (-(-count * (len(levels) - 1) // density.peak) for count in counts)
            lines.append(_cut(_printable(title), _GUTTER - 2).ljust(_GUTTER) + "".join(levels[step] for step in steps))
        return [*lines, " " * _GUTTER + _cut(density.words, self._columns)]

    def _ticks(self) -> list[str]:
        rule, labels, folds = [self._signs.rule] * self._columns, [" "] * self._columns, [" "] * self._columns
        for place, label in ticks(self._axis, self._scene.start_ns, self._last_ns, lambda text: len(text) + 1.0):
            rule[int(place)] = self._signs.tick
            labels[int(place) : int(place) + len(label)] = label
        for fold in self._axis.folds:
            words = roughly(fold.duration_ns)
            if len(words) + len(" later") <= _FOLD:
                words += " later"
            begin = int((fold.left + fold.right - len(words)) / 2)
            folds[begin : begin + len(words)] = words
        lines = ["".join(row[: self._columns]) for row in (rule, labels)]
        if self._axis.folds:
            lines.append("".join(folds[: self._columns]))
        return [" " * _GUTTER + line for line in lines]

    def _legend(self) -> list[str]:
        kinds, signs = self._scene.kinds(), self._signs
        shown = []
        for kind, words in WORDS.items():
            if kind not in kinds:
                continue
            # Held together while the lines are wrapped.
            sign = next(
                table[kind]  # type: ignore[index]
                for table in (signs.ends, signs.marks, signs.bars)
                if kind in table
            )
            shown.append(f"{sign} {words}".replace(" ", "\xa0"))
        return shown


def _printable(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _in_ascii(text: str) -> str:
    for character, plain in (("…", "~"), ("−", "-"), ("×", "x"), ("–", "-"), ("·", "-"), ("\xa0", " ")):
        text = text.replace(character, plain)
    return text.encode("ascii", "replace").decode("ascii")
