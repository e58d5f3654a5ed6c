"""The timeline shows itself wherever it is."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.lib.pretty import pretty

from lambdalab.show import ShownTimeline
from lambdalab.timeline import Attempt, LogLine
from tests.lambdalab.show.stories import arn, at, called, empty, overloaded, retried

VOID = {"br", "img", "hr", "input", "meta", "link"}


class Outline(HTMLParser):
    """Tags in order; fails on one that is closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(html: str) -> list[str]:
    parser = Outline()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.seen


def test_a_terminal_gets_text() -> None:
    timeline = retried()
    assert repr(timeline) == str(timeline) == pretty(timeline)  # type: ignore[no-untyped-call]
    assert "Waiting to retry" in repr(timeline)


def test_a_notebook_gets_text_and_html() -> None:
    # GIVEN what Jupyter asks of any object
    data, _ = DisplayFormatter().format(retried())  # type: ignore[no-untyped-call]
    # THEN there is text for the terminal and HTML for the page, and the picture is not stored a second time
    assert set(data) == {"text/plain", "text/html"}
    assert "<svg" in data["text/html"]


def test_svg_alone_is_made_when_asked_for() -> None:
    bundle = retried()._repr_mimebundle_(include=["image/svg+xml"])
    assert list(bundle) == ["image/svg+xml"]
    assert retried()._repr_mimebundle_(exclude=["text/html"]).keys() == {"text/plain"}


def test_parts_of_a_timeline_show_themselves_too() -> None:
    # GIVEN two functions on one timeline
    timeline = retried()
    for entry in called(1, 0):
        timeline.record(entry)
    # WHEN it is narrowed
    part = timeline.where(function_name="hello")
    later = timeline.since(at(60_000))
    # THEN the parts are pictures of what is left
    assert isinstance(part, ShownTimeline)
    assert isinstance(later, ShownTimeline)
    assert "orders" not in str(part)
    assert "attempt 1" not in later.narration()
    assert "t = 2026-01-01 00:01:00 UTC" in str(later)


def test_the_fragment_is_sound_and_needs_nothing() -> None:
    for timeline in (retried(), called(45, 3), empty()):
        html = timeline.html()
        seen = outline(html)
        # THEN it holds two forms of the picture, no script, and fetches nothing
        assert seen.count("svg") == 2
        assert "script" not in seen
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", html)
        assert not re.search(r"""\sid=""", html)


def test_the_story_and_the_entries_are_there_as_words() -> None:
    html = retried().html()
    assert "<summary>What happened, in words</summary>" in html
    assert "<li>Event 3f2a… was accepted at t+30 ms;" in html
    assert "<summary>Every entry as a table (16)</summary>" in html
    assert '<th scope="col">When</th>' in html
    # AND every entry has its row, log lines included
    names = re.findall(r"<tr><td>[^<]*</td><td>([a-z ]+)</td>", html)
    assert len(names) == 16
    assert set(names) == {
        "api called",
        "attempt",
        "delivery",
        "environment created",
        "environment reset",
        "environment shutdown",
        "event accepted",
        "event discarded",
        "init",
        "log line",
        "retry scheduled",
    }


def test_a_row_tells_what_the_entry_holds() -> None:
    html = retried().html()
    assert (
        "request id 3f2a77c0-01, invocation type Event, attempt 1, environment id 8c41d0e2, version $LATEST, "
        "took 96 ms, outcome error, error type ValueError, error message no such order, init 186 ms" in html
    )


def test_hostile_names_stay_text_in_the_table() -> None:
    html = retried(name="<script>", error_message="</table><script>alert(1)</script>").html()
    assert "script" not in outline(html)
    assert "&lt;/table&gt;&lt;script&gt;" in html


def test_a_long_table_is_cut_and_says_so() -> None:
    html = overloaded().html()
    assert "… and 162,800 more entries." in html
    assert len(html) < 90_000


def test_log_lines_are_the_first_to_go() -> None:
    # GIVEN 300 log lines and one story
    timeline = retried()
    for number in range(300):
        timeline.record(LogLine(at(number), arn("orders"), "3f2a77c0-01", "8c41d0e2", "g", "s", f"line {number}"))
    html = timeline.html()
    # THEN the story is there and the lines are not
    assert "<td>delivery</td>" in html
    assert "line 299" not in html
    assert "… and 301 more entries." in html


def test_the_same_story_gives_the_same_bytes() -> None:
    assert retried().html() == retried().html()
    assert retried().svg() == retried().svg()


def test_it_is_still_a_timeline() -> None:
    assert [attempt.attempt for attempt in retried().of(Attempt)] == [1, 2, 3]
    with pytest.raises(AttributeError, match="no attribute 'colour'"):
        retried().where(colour="red")


def test_what_draws_is_not_imported_before_something_is_drawn() -> None:
    # GIVEN a program that imports the timeline
    program = "import sys, lambdalab.show; print(sorted(n for n in sys.modules if n.startswith('lambdalab.show')))"
    # WHEN it never looks
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    # THEN nothing that draws was loaded
    assert done.stdout.strip() == "['lambdalab.show', 'lambdalab.show.timeline']"
