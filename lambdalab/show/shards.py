"""The picture of a stream being read: shards and iterators over time, windows, and batches being split."""

from __future__ import annotations

from lambdalab.show.axis import Axis, Measure
from lambdalab.show.duration import roughly
from lambdalab.show.look import BAR, STYLE, WIDE
from lambdalab.show.shard_story import ShardRow, ShardStory
from lambdalab.show.svg import element, hatching, number, text_width, truncated
from lambdalab.show.ticks import ticks
from lambdalab.stream_entries import StreamBatch
from lambdalab.timeline import Timeline

__all__ = ["ShardPicture", "shards"]

_FILL = {"success": "su", "error": "er", "partial": "ti", "throttle": "wa"}
_ROW, _MIDDLE = 54.0, 31.0
"""Height of a lane in the upper part, and where in it the batches lie: signs stand above them, polls below."""
_STEP = 12.0
"""Height of one attempt in the lower part."""
_MOST = 48
"""Attempts shown in the lower part of a lane."""
_FAILED = ("error", "partial")
_LEGEND = (
    ("success", "batch succeeded"),
    ("error", "batch failed"),
    ("partial", "some records reported as failed"),
    ("throttle", "throttled"),
    ("window", "tumbling window, Σ its final invocation"),
    ("split", "batch split"),
    ("discarded", "records given up"),
    ("read", "poll that moved the iterator"),
)


def shards(timeline: Timeline, mapping_id: str | None = None) -> ShardPicture:
    """How a mapping read its stream.

    Parameters
    ----------
    timeline
        A cloud's timeline, or a part of one.
    mapping_id
        UUID of the mapping; needed only when several read streams.
    """
    return ShardPicture(ShardStory(timeline, mapping_id))


class ShardPicture:
    """Drawn as SVG on pages, as text in terminals."""

    def __init__(self, story: ShardStory) -> None:
        self._story = story
        form = WIDE
        self._left, self._right = form.margin + 118, form.width - form.margin
        instants = [story.start_ns]
        busy = []
        for row in story.rows:
            instants += [row.opened_ns, *([row.closed_ns] if row.closed_ns else [])]
            instants += [entry.at_ns for entry in (*row.splits, *row.discards, *row.reads)]
            instants += [edge for batch in row.batches for edge in _edges(batch) if story.start_ns < edge]
            busy += [(batch.at_ns, max(batch.ended_ns, batch.at_ns + 1)) for batch in row.batches]
        length = self._right - self._left - 2 * form.inset
        self._axis = Axis(instants, busy, Measure(length, 6, 22, 48, 5))
        self._last_ns = max([*instants, *(end for _, end in busy)])
        self._used: set[str] = set()

    # -- answers --------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The story as lines."""
        story = self._story
        return "\n".join([f"Shards read for {story.function_name}: {story.summary}", *story.sentences()])

    def svg(self) -> str:
        """One SVG document with its text alternative."""
        story, form = self._story, WIDE
        self._used = set()
        y = form.margin + 10
        parts = [
            element("text", truncated(f"Shards read for {story.function_name}", 740, 19), x=24, y=y, class_="h"),
            element("text", story.summary, x=24, y=y + 20, class_="s"),
        ]
        top = y + 34
        middles: dict[str, float] = {}
        tops = top
        for row in story.rows:
            middles.setdefault(row.shard_id, tops + _MIDDLE)
            tops += _ROW
        bottom = tops
        parts += self._folds(top, bottom)
        for place, row in enumerate(story.rows):
            parts += self._row(row, top + place * _ROW)
        parts += self._descent(middles)
        parts += self._ticks(bottom)
        y = bottom + (46 if self._axis.folds else 32)
        for row in story.rows:
            if row.troubled:
                drawn, y = self._attempts(row, y)
                parts += drawn
        signs, y = self._legend(y)
        frame = element("rect", x=0.5, y=0.5, width=form.width - 1, height=y - 1, rx=10, class_="pa")
        head = [element("desc", " ".join(story.sentences())), f"<style>{STYLE}</style>"]
        return element(
            "svg",
            (*head, frame, *parts, *signs),
            xmlns="http://www.w3.org/2000/svg",
            class_="ll",
            viewBox=f"0 0 {number(form.width)} {number(y)}",
            width=form.width,
            height=y,
            role="img",
            aria_label=f"Shards read for {story.function_name}: {story.summary}",
        )

    def _repr_html_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        return self.text()

    # -- over time ------------------------------------------------------------------------------------------------

    def _x(self, instant_ns: int) -> float:
        return self._left + WIDE.inset + self._axis.place(instant_ns)

    def _folds(self, top: float, bottom: float) -> list[str]:
        return [
            element(
                "rect",
                x=self._left + WIDE.inset + fold.left + 8,
                y=top,
                width=fold.right - fold.left - 16,
                height=bottom - top,
                class_="fo",
            )
            for fold in self._axis.folds
        ]

    def _row(self, row: ShardRow, top: float) -> list[str]:
        middle = top + _MIDDLE
        title = row.name if row.lanes == 1 else f"{row.name}, lane {row.lane}"
        parts = [
            element("path", d=f"M24 {number(top)}H{number(self._right)}", class_="ru"),
            element("text", truncated(title, 112, 13), x=24, y=middle + 4, class_="l"),
        ]
        parts += self._windows(row, middle)
        end_ns = row.closed_ns if row.closed_ns is not None else self._last_ns
        life = f"M{number(self._x(row.opened_ns))} {number(middle)}H{number(self._x(end_ns))}"
        parts.append(element("path", d=life, class_="li"))
        if row.closed_ns is not None:
            parts.append(element("path", d=f"M{number(self._x(end_ns))} {number(middle - 7)}v14", class_="b m"))
        if row.lane == 0 or row.lanes == 1:
            for read in row.reads:
                self._used.add("read")
                parts.append(element("circle", cx=self._x(read.at_ns), cy=middle + 17, r=2, class_="fm"))
        for batch in row.batches:
            parts += self._batch(batch, middle)
        for split in row.splits:
            self._used.add("split")
            parts.append(_fork(self._x(split.at_ns), middle - 18))
        for discard in row.discards:
            self._used.add("discarded")
            parts.append(_cross(self._x(discard.at_ns), middle - 18))
        return parts

    def _windows(self, row: ShardRow, middle: float) -> list[str]:
        spans = {
            (batch.window_start_ns, batch.window_end_ns)
            for batch in row.batches
            if batch.window_start_ns is not None and batch.window_end_ns is not None
        }
        parts = []
        for start_ns, end_ns in sorted(spans):
            self._used.add("window")
            left, right = self._x(max(start_ns, row.opened_ns)), self._x(min(end_ns, self._last_ns))
            parts.append(
                element("rect", x=left, y=middle - 13, width=max(right - left, 2), height=26, rx=4, class_="in")
            )
        return parts

    def _batch(self, batch: StreamBatch, middle: float) -> list[str]:
        self._used.add(batch.outcome)
        left = self._x(batch.at_ns)
        width = max(self._x(batch.ended_ns) - left, 4.0)
        box = element("rect", x=left, y=middle - BAR / 2, width=width, height=BAR, rx=3, class_=_FILL[batch.outcome])
        if batch.outcome in _FAILED:
            box += element("path", d=hatching(left, middle + BAR / 2 - 5, width, 5), class_="ru")
        label = "Σ" if batch.final else str(batch.size)
        if text_width(label, 11) + 4 > width:
            return [box]
        shade = "c" if batch.outcome == "throttle" else "c on"
        return [box, element("text", label, x=left + width / 2, y=middle + 4, class_=shade)]

    def _descent(self, middles: dict[str, float]) -> list[str]:
        """From the end of each parent to the beginning of its children."""
        closed = {row.shard_id: row.closed_ns for row in self._story.rows}
        parts, seen = [], set()
        for row in self._story.rows:
            for parent in row.parents:
                ended = closed.get(parent)
                if ended is None or (parent, row.shard_id) in seen:
                    continue
                seen.add((parent, row.shard_id))
                x1, y1, x2, y2 = self._x(ended), middles[parent], self._x(row.opened_ns), middles[row.shard_id]
                bend = number((y1 + y2) / 2)
                d = f"M{number(x1)} {number(y1)}C{number(x1)} {bend} {number(x2)} {bend} {number(x2)} {number(y2)}"
                parts.append(element("path", d=d, class_="lk"))
        return parts

    def _ticks(self, bottom: float) -> list[str]:
        marks = ticks(self._axis, self._story.start_ns, self._last_ns, lambda label: text_width(label, 11) + 12)
        left = self._left + WIDE.inset
        parts = [element("path", d=f"M24 {number(bottom)}H{number(self._right)}", class_="ru")]
        before = ""
        for place, label in marks:
            parts.append(element("path", d=f"M{number(left + place)} {number(bottom)}v5", class_="lk"))
            if label != before:  # instants closer together than a label can tell
                parts.append(element("text", label, x=left + place, y=bottom + 17))
            before = label
        for fold in self._axis.folds:
            middle = left + (fold.left + fold.right) / 2
            parts.append(element("text", roughly(fold.duration_ns), x=middle, y=bottom + 32, class_="c v"))
        return parts

    # -- over records ---------------------------------------------------------------------------------------------

    def _attempts(self, row: ShardRow, top: float) -> tuple[list[str], float]:
        """One line an attempt, each over the records it held: a split is seen as halves side by side."""
        spans = row.spans()
        shown = spans[:_MOST]
        total = max((span.beyond for span in shown), default=1)
        left = self._left + WIDE.inset
        scale = (self._right - left - WIDE.inset) / total
        said = f"{row.name}: records of each attempt, in order"
        parts = [element("text", said, x=24, y=top + 12, class_="l")]
        y = top + 20
        for span in shown:
            batch = span.batch
            height = _STEP - 3
            x = left + span.first * scale
            width = max(span.batch.size * scale - 1, 2)
            if batch.outcome == "partial" and batch.done:
                done = batch.done * scale
                parts.append(element("rect", x=x, y=y, width=done, height=height, rx=2, class_="su"))
                x, width = x + done, max(width - done, 2)
            parts.append(element("rect", x=x, y=y, width=width, height=height, rx=2, class_=_FILL[batch.outcome]))
            if batch.outcome == "error":
                parts.append(element("path", d=hatching(x, y, width, height), class_="ru"))
            parts.append(element("text", str(batch.size), x=left - 8, y=y + 9, class_="r"))
            y += _STEP
        if len(spans) > _MOST:
            parts.append(element("text", f"and {len(spans) - _MOST:,} more", x=left, y=y + 10))
            y += 14
        return parts, y + 8

    def _legend(self, top: float) -> tuple[list[str], float]:
        shown = [(kind, words) for kind, words in _LEGEND if kind in self._used]
        parts = []
        for place, (kind, words) in enumerate(shown):
            line, column = divmod(place, 3)
            x, y = 24 + column * 254.0, top + 18 + line * 20
            parts += [_swatch(kind, x, y), element("text", words, x=x + 34, y=y + 4)]
        lines = -(-len(shown) // 3)
        return parts, top + 18 + lines * 20 + 8


def _edges(batch: StreamBatch) -> list[int]:
    return [edge for edge in (batch.window_start_ns, batch.window_end_ns) if edge is not None]


def _swatch(kind: str, x: float, y: float) -> str:
    match kind:
        case "split":
            return _fork(x + 13, y)
        case "discarded":
            return _cross(x + 13, y)
        case "read":
            return element("circle", cx=x + 13, cy=y, r=2, class_="fm")
        case "window":
            return element("rect", x=x, y=y - 7, width=26, height=14, rx=4, class_="in")
    box = element("rect", x=x, y=y - 6, width=26, height=12, rx=3, class_=_FILL[kind])
    return box + (element("path", d=hatching(x, y + 1, 26, 5), class_="ru") if kind in _FAILED else "")


def _fork(x: float, y: float) -> str:
    ring = element("circle", cx=x, cy=y, r=7, class_="p n")
    lines = element("path", d=f"M{number(x - 5)} {number(y)}h4l5 -4m-5 4l5 4")
    return element("g", (ring, lines), class_="b i")


def _cross(x: float, y: float) -> str:
    box = element("rect", x=x - 6.5, y=y - 6.5, width=13, height=13, rx=3, class_="p")
    lines = element("path", d=f"M{number(x - 2.8)} {number(y - 2.8)}l5.6 5.6m0 -5.6l-5.6 5.6")
    return element("g", (box, lines), class_="b e")
