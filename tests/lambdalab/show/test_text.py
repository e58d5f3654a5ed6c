"""The timeline in a terminal."""

from __future__ import annotations

import io
import sys

import pytest

from lambdalab.errors import UsageError
from lambdalab.timeline import EventAccepted
from tests.lambdalab.show.stories import arn, at, attempt, called, empty, overloaded, retried


def test_every_kind_of_thing_has_its_sign_and_its_lane() -> None:
    # GIVEN a story with everything an event can meet
    text = retried().text()
    lanes = {line[:24].strip(): line[26:] for line in text.splitlines()}

    # THEN each lane shows its own
    assert {"◆", "◇"} <= set(lanes["Lambda API"])
    assert {"●", "⊠"} <= set(lanes["Asynchronous queue"])
    assert "╌" in lanes["Waiting to retry"]
    assert "▼" in lanes["DLQ failed-orders"]
    environment = lanes["orders 8c41…"]
    assert {"░", "▒", "█", "✗", "↻", "■", "X"} <= set(environment)
    assert environment.index("░") < environment.index("✗") < environment.index("↻") < environment.index("▒")
    # AND the legend explains the signs that occur, and no others
    assert "↻ environment reset" in text
    assert "throttled (429)" not in text


def test_no_line_is_longer_than_the_width() -> None:
    for timeline in (retried(), called(45, 3), overloaded(30), retried(name="a" * 64, error_message="m" * 400)):
        for width in (60, 80, 100):
            assert max(map(len, timeline.text(width).splitlines())) <= width


def test_a_width_that_cannot_hold_a_picture_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 60 columns, not 59"):
        retried().text(59)


def test_idle_minutes_are_folded_and_named() -> None:
    text = retried().text()
    assert "1 min later" in text
    assert "2 min later" in text
    assert "t+1 min 0.3 s" in text


def test_ascii_when_asked_for() -> None:
    # GIVEN a story with every sign
    for timeline in (retried(), called(45), overloaded(50)):
        text = timeline.text(ascii_only=True)
        # THEN nothing but ASCII is left, and no sign was lost on the way
        assert text.isascii()
        assert "?" not in text
    assert "::" in retried().text(ascii_only=True)


def test_ascii_when_the_terminal_speaks_no_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a terminal that only shows Latin letters
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))
    # THEN printing the timeline cannot fail
    assert str(retried()).isascii()
    assert repr(retried()) == str(retried())


def test_a_load_becomes_a_strip_with_its_numbers() -> None:
    text = overloaded().text()
    assert "1,000 accepted · 80,000 throttled · 1,000 given up" in text
    assert "80,000 waits · at most 1,000 at once" in text
    assert len(text) < 4_000


def test_environments_beyond_the_eighth_share_a_lane() -> None:
    text = called(45).text()
    assert "… and 37 more" in text
    assert "37 succeeded · at most 37 at once" in text


def test_names_cannot_take_over_the_terminal() -> None:
    # GIVEN an error message with escape sequences and a name turned round
    text = retried(name="x\u202ey", error_message="\x1b[2J\x07 gone").text()
    # THEN neither reaches the terminal
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_a_dry_run_is_a_call_and_not_an_event() -> None:
    timeline = empty()
    timeline.record(EventAccepted(at(0), arn("f"), "aaaa-1", "DryRun", "$LATEST", 1))
    assert timeline.text().splitlines()[1].startswith("Callers  ")
    assert "Asynchronous queue" not in timeline.text()


def test_nothing_happened() -> None:
    assert empty().text().splitlines()[-1] == "  Nothing has happened yet."


def test_one_instant_is_enough_for_a_picture() -> None:
    timeline = empty()
    timeline.record(attempt(0, 0))
    assert "orders 8c41…" in timeline.text()
