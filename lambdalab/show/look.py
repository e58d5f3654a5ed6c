"""Proportions and style sheet of the pictures."""

from __future__ import annotations

from dataclasses import dataclass

from lambdalab.show.lane import BarKind
from lambdalab.show.palette import style

__all__ = ["BAR", "FILL", "NARROW", "ROW", "SMALL", "STYLE", "WIDE", "Format"]


@dataclass(frozen=True, slots=True)
class Format:
    """Proportions of a picture, in pixels.

    Attributes
    ----------
    width, margin
        Of the whole picture.
    gutter
        Width of the lane titles; 0 puts them above their lanes.
    inset
        Room kept free at both ends of the axis, for signs that stick out.
    fold, folds, least, whole
        As in `lambdalab.show.axis.Measure`.
    columns
        Of the legend.
    """

    width: float
    margin: float
    gutter: float
    inset: float
    fold: float
    folds: int
    least: float
    whole: float
    columns: int


WIDE = Format(width=800, margin=24, gutter=172, inset=10, fold=72, folds=5, least=12, whole=30, columns=4)
NARROW = Format(width=372, margin=16, gutter=0, inset=9, fold=46, folds=4, least=12, whole=24, columns=2)

ROW = 26.0
"""Height of one row of a lane."""

BAR = 18.0
"""Height of a bar."""

SMALL = 11.0
"""Size of all text but the headings."""

FILL: dict[BarKind, str] = {"success": "su", "error": "er", "timeout": "ti", "exit": "ex"}
"""Class of the bars drawn in full colour, on which text is light (dark, on a dark page)."""

STYLE = style(
    "ll",
    ".ll{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Inter,'Helvetica Neue',sans-serif;"
    "font-variant-numeric:tabular-nums;font-size:11px}"
    ".ll text{fill:$muted}"
    ".ll .h{font-size:18px;font-weight:650;fill:$ink;letter-spacing:-.01em}"
    ".ll .s{font-size:12px}"
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
    ".ll .ip{fill:$init-paper}"
    ".ll .ha{stroke:$init;stroke-width:1.1;fill:none}"
    ".ll .wa{fill:$paper;stroke:$wait;stroke-dasharray:4 3;stroke-width:1.25}"
    ".ll .qu{fill:none;stroke:$wait;stroke-width:1.75;stroke-dasharray:.1 4;stroke-linecap:round}"
    ".ll .ca{fill:$paper;stroke:$muted;stroke-width:1.25}"
    ".ll .lk{fill:none;stroke:$muted;stroke-width:1.2}"
    ".ll .b{fill:none;stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}"
    ".ll .e{stroke:$error}.ll .t{stroke:$timeout}.ll .x{stroke:$exit}.ll .i{stroke:$ink}.ll .m{stroke:$muted}"
    ".ll .d{stroke-dasharray:3 2.5}"
    ".ll .n{stroke:none}"
    ".ll .now{stroke:$ink;stroke-width:1.5;fill:none}",
)
"""Shared by all pictures of a page; each carries it unless told otherwise."""
