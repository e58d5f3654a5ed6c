"""The legend: only what occurs, in columns."""

from __future__ import annotations

from lambdalab.show.glyphs import badge, mark
from lambdalab.show.lane import WORDS, BarKind, MarkKind, StripKind
from lambdalab.show.look import FILL, Format
from lambdalab.show.scene import Scene
from lambdalab.show.svg import element, hatching, number

__all__ = ["legend"]

_LINE = 20.0
_STEPS = (4, 9, 11, 6)


def legend(scene: Scene, strips: set[StripKind], form: Format, top: float) -> tuple[list[str], float]:
    """Elements, and where they end; `strips` says which way strips of counts go."""
    kinds = scene.kinds() | strips
    shown = [(kind, words) for kind, words in WORDS.items() if kind in kinds]
    parts = []
    # Down the columns first, so that related signs stand together; the columns in use share the width.
    lines = -(-len(shown) // form.columns)
    width = (form.width - 2 * form.margin) / max(form.columns - 1, -(-len(shown) // max(1, lines)))
    for index, (kind, words) in enumerate(shown):
        column, line = divmod(index, lines)
        x, y = form.margin + column * width, top + 20 + line * _LINE
        parts += [*_swatch(kind, x, y), element("text", words, x=x + 34, y=y + 4)]
    bottom = top + 20 + lines * _LINE if shown else top
    if scene.counted_only:
        words = f"{scene.counted_only:,} further entries were counted, not kept."
        parts.append(element("text", words, x=form.margin, y=bottom + 8))
        bottom += 20
    return parts, bottom


def _swatch(kind: BarKind | MarkKind | StripKind, x: float, y: float) -> list[str]:
    match kind:
        case "init":
            box = element("rect", x=x, y=y - 6, width=26, height=12, rx=3, class_="in")
            return [box, element("path", d=hatching(x + 1, y - 5.5, 24, 11), class_="ha")]
        case "failed init":
            box = element("rect", x=x, y=y - 6, width=20, height=12, rx=3, class_="in")
            lines = element("path", d=hatching(x + 1, y - 5.5, 18, 11), class_="ha")
            return [box, lines, badge(kind, x + 19, y)]
        case "suppressed init":
            bar = element("rect", x=x, y=y - 6, width=26, height=12, rx=3, class_="su")
            box = element("rect", x=x, y=y - 6, width=15, height=12, rx=3, class_="in")
            return [bar, box, element("path", d=hatching(x + 1, y - 5.5, 13, 11), class_="ha")]
        case "success":
            return [element("rect", x=x, y=y - 6, width=26, height=12, rx=3, class_="su")]
        case "error" | "timeout" | "exit":
            bar = element("rect", x=x, y=y - 6, width=20, height=12, rx=3, class_=FILL[kind])
            return [bar, badge(kind, x + 19, y)]
        case "waiting":
            return [element("rect", x=x, y=y - 6, width=26, height=12, rx=6, class_="wa")]
        case "queued":
            return [element("path", d=f"M{number(x + 1)} {number(y)}h25", class_="qu")]
        case "call":
            return [element("rect", x=x, y=y - 6, width=26, height=12, rx=3, class_="ca")]
        case "failed call":
            bar = element("rect", x=x, y=y - 6, width=20, height=12, rx=3, class_="ca")
            return [bar, badge(kind, x + 19, y)]
        case "good" | "bad":
            tip = "-" if kind == "good" else ""
            base = y + 5 if kind == "good" else y - 5
            steps = "".join(
                f"M{number(x + 5 + 4 * i)} {number(base)}v{tip}{height}h3V{number(base)}z"
                for i, height in enumerate(_STEPS)
            )
            return [element("path", d=steps, class_="su" if kind == "good" else "er")]
        case _:
            return [mark(kind, x + 13, y)]
