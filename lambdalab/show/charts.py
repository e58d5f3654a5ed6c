"""Charts of measured numbers with matplotlib, in the colours of the timeline and right on light and dark pages.

`Chart` dresses any figure made under `house_style`; the functions draw the usual ones from a timeline.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lambdalab.clock import MILLISECOND, MINUTE, SECOND
from lambdalab.errors import UsageError
from lambdalab.show.duration import in_words
from lambdalab.show.palette import LIGHT, style
from lambdalab.show.svg import clean
from lambdalab.timeline import Attempt, Throttle, Timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

__all__ = ["Chart", "attempts_per_minute", "concurrency", "durations", "house_style"]

_STYLE = style(
    "ll-chart",
    ".ll-chart{box-sizing:border-box;max-width:100%;height:auto;display:block;padding:10px;"
    "background:$paper;border:1px solid;border-color:$edge;border-radius:10px}",
)
_NOISE = re.compile(r' id="[A-Za-z0-9.]+_\d+"|<!--.*?-->\n?', re.DOTALL)
"""Ids that number the parts of one figure, and comments."""

_LONG = re.compile(r"-?\d+\.\d{3,}")
"""Coordinates finer than anybody sees."""

_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, Inter, 'Helvetica Neue', 'DejaVu Sans'"
_OUTCOMES: tuple[tuple[str, str, str], ...] = (
    ("success", "succeeded", ""),
    ("error", "function error", "///"),
    ("timeout", "timed out", "||||"),
    ("exit", "runtime exited", "xxx"),
)


def _matplotlib() -> Any:
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise UsageError("charts need matplotlib, which is not installed; the timeline shows without it") from error
    return mpl


@contextmanager
def house_style() -> Iterator[None]:
    """Figures made inside look like the timeline. Needs matplotlib.

    Colours are those of the light page; `Chart` makes them follow the page.
    """
    colours = [LIGHT[role] for role in ("success", "error", "timeout", "exit", "init")]
    mpl = _matplotlib()
    with mpl.rc_context(
        {
            "figure.figsize": (7.6, 3.4),
            "figure.facecolor": LIGHT["paper"],
            "figure.constrained_layout.use": True,
            "font.family": "sans-serif",
            "font.sans-serif": ["DejaVu Sans"],
            "font.size": 9,
            "axes.facecolor": LIGHT["paper"],
            "axes.edgecolor": LIGHT["wait"],
            "axes.labelcolor": LIGHT["muted"],
            "axes.titlecolor": LIGHT["ink"],
            "axes.titlelocation": "left",
            "axes.titlesize": 11,
            "axes.titleweight": "bold",
            "axes.titlepad": 12,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.left": False,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "axes.axisbelow": True,
            "axes.prop_cycle": mpl.cycler(color=colours),
            "grid.color": LIGHT["rule"],
            "grid.linewidth": 1,
            "hatch.color": LIGHT["paper"],
            "hatch.linewidth": 1.2,
            "legend.frameon": False,
            "legend.labelcolor": LIGHT["muted"],
            "text.color": LIGHT["ink"],
            "xtick.color": LIGHT["muted"],
            "ytick.color": LIGHT["muted"],
            "ytick.left": False,
            "svg.fonttype": "none",
        }
    ):
        yield


class Chart:
    """A matplotlib figure that follows the page it is on.

    Parameters
    ----------
    figure
        Made under `house_style`.
    description
        The text alternative: what the chart shows, in a sentence.
    """

    def __init__(self, figure: Figure, description: str) -> None:
        self.figure = figure
        self.description = description

    def svg(self) -> str:
        """The drawing as SVG: the same bytes for the same numbers, and the colours of its surroundings."""
        mpl = _matplotlib()
        # Ids of clip paths and markers come from the salt, so that charts of one page do not share them.
        salt = hashlib.sha256(self.description.encode()).hexdigest()[:16]
        target = io.StringIO()
        with mpl.rc_context({"svg.hashsalt": salt, "svg.fonttype": "none"}):
            self.figure.savefig(target, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        drawing = target.getvalue()
        drawing = drawing[drawing.index("<svg") :]
        drawing = _NOISE.sub("", drawing)
        drawing = _LONG.sub(lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip("."), drawing)
        for role, colour in LIGHT.items():
            drawing = re.sub(f"{colour}\\b", f"var(--ll-{role},{colour})", drawing, flags=re.IGNORECASE)
        drawing = drawing.replace("'DejaVu Sans'", _FONTS)
        head = f'<svg class="ll-chart" role="img" aria-label="{clean(self.description)}"'
        return drawing.replace("<svg", head, 1).replace(">", f"><style>{_STYLE}</style>", 1)

    def png(self, dots_per_inch: int = 144) -> bytes:
        """The drawing as a bitmap in the colours of a light page, on paper of its own."""
        target = io.BytesIO()
        self.figure.savefig(target, format="png", dpi=dots_per_inch, metadata={"Software": None})
        return target.getvalue()

    def _repr_html_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        return f"Chart: {self.description}"


def durations(timeline: Timeline, bins: int = 24) -> Chart:
    """How long attempts took, init excluded: a histogram, one texture per outcome.

    Raises
    ------
    UsageError
        matplotlib is not installed, or the timeline holds no attempt.
    """
    attempts = _attempts(timeline)
    with house_style():
        figure, axes = _figure("Duration of attempts", "milliseconds", "attempts")
        shown = [one for one in _OUTCOMES if any(attempt.outcome == one[0] for attempt in attempts)]
        axes.hist(
            [
                [(a.ended_ns - a.at_ns) / MILLISECOND for a in attempts if a.outcome == outcome]
                for outcome, _, _ in shown
            ],
            bins=bins,
            stacked=True,
            color=[LIGHT[outcome] for outcome, _, _ in shown],
            hatch=[hatch for _, _, hatch in shown],
            label=[words for _, words, _ in shown],
            edgecolor=LIGHT["paper"],
            linewidth=0.8,
        )
        _finish(axes, legend=len(shown) > 1)
    spent = sorted(attempt.ended_ns - attempt.at_ns for attempt in attempts)
    median, longest = in_words(spent[len(spent) // 2]), in_words(spent[-1])
    return Chart(figure, f"Histogram of the duration of {len(spent):,} attempts: median {median}, longest {longest}.")


def concurrency(timeline: Timeline) -> Chart:
    """How many execution environments ran at once, init included.

    Raises
    ------
    UsageError
        matplotlib is not installed, or the timeline holds no attempt.
    """
    attempts = _attempts(timeline)
    changes = Counter[int]()
    for attempt in attempts:
        changes[attempt.at_ns - attempt.init_ns] += 1
        changes[attempt.ended_ns] -= 1
    instants, levels, level = [], [], 0
    for instant in sorted(changes):
        level += changes[instant]
        instants.append(instant)
        levels.append(level)
    unit, name = _unit(instants[-1] - timeline.start_ns)
    places = [(instant - timeline.start_ns) / unit for instant in instants]
    with house_style():
        figure, axes = _figure("Concurrency", f"{name} since t", "environments running")
        axes.fill_between(places, levels, step="post", color=LIGHT["success"], alpha=0.18, linewidth=0)
        axes.step(places, levels, where="post", color=LIGHT["success"], linewidth=1.6)
        _finish(axes)
    return Chart(figure, f"Concurrency over time: at most {max(levels):,} execution environments at once.")


def attempts_per_minute(timeline: Timeline) -> Chart:
    """Attempts and throttles in each minute since the start of the timeline.

    Raises
    ------
    UsageError
        matplotlib is not installed, or there was neither attempt nor throttle.
    """
    groups: list[tuple[str, str, str, Counter[int]]] = []
    for outcome, words, hatch in _OUTCOMES:
        groups.append((words, LIGHT[outcome], hatch, Counter()))
        for attempt in timeline.of(Attempt):
            if attempt.outcome == outcome:
                groups[-1][3][(attempt.at_ns - timeline.start_ns) // MINUTE] += 1
    throttles = Counter((throttle.at_ns - timeline.start_ns) // MINUTE for throttle in timeline.of(Throttle))
    groups.append(("throttled", LIGHT["wait"], "\\\\\\\\", throttles))
    groups = [group for group in groups if group[3]]
    if not groups:
        raise UsageError("the timeline holds neither an attempt nor a throttle, so there is nothing to count")
    last = max(max(counts) for _, _, _, counts in groups)
    base = [0] * (last + 1)
    with house_style():
        figure, axes = _figure("Attempts per minute", "minute since t", "attempts")
        for words, colour, hatch, counts in groups:
            heights = [counts[minute] for minute in range(last + 1)]
            axes.bar(
                range(last + 1),
                heights,
                width=0.9,
                bottom=base,
                color=colour,
                hatch=hatch,
                edgecolor=LIGHT["paper"],
                linewidth=0.8,
                label=words,
            )
            base = [below + height for below, height in zip(base, heights, strict=True)]
        axes.xaxis.set_major_locator(_whole_numbers())
        _finish(axes, legend=True)
    totals = ", ".join(f"{counts.total():,} {words}" for words, _, _, counts in groups)
    return Chart(figure, f"Attempts per minute over {last + 1:,} minutes: {totals}.")


def _attempts(timeline: Timeline) -> list[Attempt]:
    attempts = timeline.of(Attempt)
    if not attempts:
        raise UsageError("the timeline holds no attempt, so there is nothing to measure")
    return attempts


def _figure(title: str, across: str, up: str) -> tuple[Figure, Axes]:
    # Not through pyplot: no figure of ours is ever the "current" one, or shown twice.
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    return figure, axes


def _finish(axes: Axes, legend: bool = False) -> None:
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(_whole_numbers())
    figure = axes.get_figure(root=True)
    if legend and figure is not None:
        figure.legend(loc="outside lower left", ncols=5, handlelength=1.4, columnspacing=1.6)


def _whole_numbers() -> MaxNLocator:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True)


def _unit(duration_ns: int) -> tuple[int, str]:
    for unit, name in ((60 * MINUTE, "hours"), (MINUTE, "minutes"), (SECOND, "seconds")):
        if duration_ns >= 2 * unit:
            return unit, name
    return MILLISECOND, "milliseconds"
