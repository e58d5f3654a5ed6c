"""Charts of measured numbers."""

from __future__ import annotations

import builtins
import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest

from lambdalab.clock import MINUTE
from lambdalab.errors import UsageError
from lambdalab.show.charts import Chart, attempts_per_minute, concurrency, durations, house_style
from tests.lambdalab.show.stories import START, called, empty, overloaded, retried


def test_durations_are_measured() -> None:
    # GIVEN attempts of 96, 300 and 260 ms
    chart = durations(retried())
    # THEN the histogram holds the three, and says so
    axes = chart.figure.axes[0]
    assert sum(bar.get_height() for group in axes.containers for bar in group) == 3
    assert chart.description == "Histogram of the duration of 3 attempts: median 260 ms, longest 300 ms."


def test_concurrency_counts_environments_that_run_together() -> None:
    # GIVEN four calls at one instant
    chart = concurrency(called(4, 0))
    # THEN four environments ran at once, init included, and none at the end
    levels = np.asarray(chart.figure.axes[0].lines[0].get_ydata()).tolist()
    assert max(levels) == 4
    assert levels[-1] == 0
    assert chart.description == "Concurrency over time: at most 4 execution environments at once."


def test_attempts_and_throttles_are_counted_per_minute() -> None:
    # GIVEN ten events throttled for an hour
    timeline = overloaded(events=10, hours=1)
    chart = attempts_per_minute(timeline)
    # THEN each minute's bar is as high as its throttles
    heights = [bar.get_height() for bar in chart.figure.axes[0].patches]  # type: ignore[attr-defined]
    expected = [0] * 60
    for entry in timeline:
        if type(entry).__name__ == "Throttle":
            expected[(entry.at_ns - START) // MINUTE] += 1
    assert heights == expected[: len(heights)]
    assert chart.description == f"Attempts per minute over {len(heights)} minutes: {sum(expected)} throttled."


def test_outcomes_differ_in_texture_and_not_only_in_colour() -> None:
    chart = attempts_per_minute(retried())
    hatches = {handle.get_hatch() for handle in chart.figure.legends[0].legend_handles}  # type: ignore[union-attr]
    assert len(hatches) == 3


def test_a_chart_follows_the_page_and_is_the_same_every_time() -> None:
    for make in (durations, concurrency, attempts_per_minute):
        svg = make(retried()).svg()
        # THEN the bytes repeat, no date is in them, and the document is sound
        assert svg == make(retried()).svg()
        assert "<dc:date>" not in svg
        root = ET.fromstring(svg)
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"] == make(retried()).description
        # AND every colour of the drawing is a role of the palette
        body = svg[svg.index("</style>") :]
        assert "var(--ll-ink,#1d2329)" in body
        assert not re.search(r"(?:fill|stroke)[:=] ?\"?#(?!000000)", body)


def test_charts_of_one_page_share_no_id() -> None:
    one, other = durations(retried()).svg(), concurrency(retried()).svg()
    assert not set(re.findall(r'\sid="([^"]+)"', one)) & set(re.findall(r'\sid="([^"]+)"', other))


def test_a_bitmap_is_the_same_every_time() -> None:
    assert durations(retried()).png() == durations(retried()).png()
    assert durations(retried()).png().startswith(b"\x89PNG")


def test_a_figure_of_ones_own_can_be_dressed() -> None:
    # GIVEN a figure made in the house style
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure()
        figure.add_subplot().plot([1, 2], [3, 4])
    # THEN it shows itself like the others, with markup in its description kept as text
    html = Chart(figure, 'Two points & a "line"')._repr_html_()
    assert ET.fromstring(html).attrib["aria-label"] == 'Two points & a "line"'


def test_nothing_to_measure_is_an_error_that_says_so() -> None:
    for make in (durations, concurrency):
        with pytest.raises(UsageError, match="holds no attempt"):
            make(empty())
    with pytest.raises(UsageError, match="neither an attempt nor a throttle"):
        attempts_per_minute(empty())


def test_without_matplotlib_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN an installation without matplotlib
    real = builtins.__import__

    def missing(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(UsageError, match="charts need matplotlib, which is not installed"):
        durations(retried())
