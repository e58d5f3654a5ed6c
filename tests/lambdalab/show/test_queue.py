"""The picture of a queue: its depth, its batches, its dead letters."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalab.clock import SECOND
from lambdalab.errors import UsageError
from lambdalab.show.look import NARROW
from lambdalab.show.queue import QueueHistory
from lambdalab.show.queue_picture import QueuePicture
from lambdalab.show.timeline import ShownTimeline
from lambdalab.source_entries import (
    BatchEnded,
    BatchPolled,
    MappingStateChanged,
    MessagesMoved,
    QueueMeasured,
    RecordsFiltered,
)
from tests.lambdalab.show.test_timeline import outline

START = 1_767_225_600 * SECOND
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:worker"
OUTCOMES = ["success", "partial failure", "function error", "throttled", "not invoked"]


def arn(queue: str) -> str:
    return f"arn:aws:sqs:us-east-1:123456789012:{queue}"


def measure(timeline: ShownTimeline, second: int, *counts: int, queue: str = "orders") -> None:
    timeline.record(QueueMeasured(START + second * SECOND, "", arn(queue), *counts))


def polled(
    timeline: ShownTimeline, second: int, batch: str, records: int, mapping: str = "m1", queue: str = "orders"
) -> None:
    timeline.record(BatchPolled(START + second * SECOND, FUNCTION, mapping, arn(queue), batch, records, 100))


def ended(
    timeline: ShownTimeline, second: int, batch: str, outcome: str, done: int, back: int, mapping: str = "m1"
) -> None:
    entry = BatchEnded(
        START + second * SECOND, FUNCTION, mapping, arn("orders"), batch, outcome, done, back  # type: ignore[arg-type]
    )  # fmt: skip
    timeline.record(entry)


def story() -> ShownTimeline:
    """Ten messages: a batch succeeds, one fails in part, one failed for good; one is filtered out."""
    timeline = ShownTimeline(START)
    timeline.record(MappingStateChanged(START + 1 * SECOND, FUNCTION, "m1", arn("orders"), "Enabled"))
    measure(timeline, 2, 9, 0, 2)
    measure(timeline, 2, 7, 2, 2)
    timeline.record(RecordsFiltered(START + 2 * SECOND, FUNCTION, "m1", arn("orders"), 1))
    polled(timeline, 2, "a", 5)
    polled(timeline, 2, "b", 3)
    ended(timeline, 4, "a", "success", 5, 0)
    ended(timeline, 5, "b", "partial failure", 2, 1)
    measure(timeline, 5, 0, 1, 2)
    polled(timeline, 36, "c", 1)
    ended(timeline, 37, "c", "function error", 0, 1)
    timeline.record(MessagesMoved(START + 70 * SECOND, "", arn("orders"), arn("dead"), 1))
    measure(timeline, 70, 0, 0, 0)
    return timeline


def test_the_figures() -> None:
    # GIVEN WHEN
    history = story().queue("orders")
    # THEN of an instant the last measurement counts
    assert [(level.visible, level.in_flight, level.delayed) for level in history.levels] == [
        (7, 2, 2), (0, 1, 2), (0, 0, 0),
    ]  # fmt: skip
    assert history.summary == (
        "7 messages processed in 3 batches · 1 failed in part · 1 failed · 1 to the dead-letter queue · 1 filtered out"
    )


def test_the_words() -> None:
    assert story().queue().sentences() == [
        "The queue held most at t+2 s: 7 visible, 2 in flight, 2 delayed.",
        "At t+2 s a batch of 5 messages began; it succeeded after 2 s.",
        (
            "At t+2 s a batch of 3 messages began; it failed in part after 3 s: 2 deleted, 1 to show again after the "
            "visibility timeout."
        ),
        "At t+36 s a batch of 1 message began; it failed after 1 s: 1 to show again after the visibility timeout.",
        "At t+1 min 10 s 1 message moved to the dead-letter queue dead.",
        "At last it was empty.",
    ]


def test_the_dead_letter_queue_tells_where_its_messages_come_from() -> None:
    history = story().queue("dead")
    assert history.summary == "no batches · 1 came as dead letters"
    assert history.sentences() == ["At t+1 min 10 s 1 message came from orders as dead letters."]
    assert "Dead letters from" in history.svg()


def test_a_terminal_gets_bars_in_ascii() -> None:
    text = repr(story().queue())
    assert re.search(r"t\+2 s  #{25}={7}\.{7} +7 +2 +2\n", text)
    assert text.partition("\n\n")[2].isascii()


@pytest.mark.parametrize("form", ["wide", "narrow"])
def test_the_picture_is_well_formed_and_tells_the_same(form: str) -> None:
    history = story().queue()
    drawn = QueuePicture(history, NARROW).svg() if form == "narrow" else history.svg()
    document = ET.fromstring(drawn)
    assert document.find("{*}desc").text == " ".join([history.summary + ".", *history.sentences()])  # type: ignore[union-attr]
    words = " ".join(element.text or "" for element in document.iter("{http://www.w3.org/2000/svg}text"))
    for said in (
        "Queue orders",
        "visible",
        "in flight",
        "delayed",
        "batch failed in part",
        "Dead-letter queue",
        "dead",
    ):
        assert said in words
    assert document.attrib["role"] == "img"


def test_a_page_gets_both_forms_and_the_words() -> None:
    html = story().queue()._repr_html_()
    tags = outline(html)
    assert (tags.count("svg"), tags.count("li")) == (2, 6)
    assert " id=" not in html
    assert "<script" not in html


def test_markup_in_names_stays_text() -> None:
    timeline = ShownTimeline(START)
    measure(timeline, 1, 1, 0, 0, queue="a&b<c>")
    ET.fromstring(timeline.queue().svg())


def test_which_queue_is_meant() -> None:
    # GIVEN two mappings of a queue, and another queue
    timeline = story()
    polled(timeline, 80, "d", 4, mapping="m2")
    # THEN a mapping's UUID leaves its own batches, a name or ARN takes all
    assert [batch.records for batch in timeline.queue("m2").batches] == [4]
    assert len(timeline.queue("m1").batches) == 3
    assert len(timeline.queue(arn("orders")).batches) == 4
    assert timeline.queue("m2").batches[0].outcome == "open"
    with pytest.raises(UsageError, match="nothing of a queue or an event source mapping 'none'"):
        timeline.queue("none")
    polled(timeline, 90, "e", 1, mapping="m3", queue="others")
    with pytest.raises(UsageError, match="which queue"):
        timeline.queue()
    with pytest.raises(UsageError, match="the queues it knows: none"):
        ShownTimeline(START).queue()


def test_many_batches_at_a_time_become_columns() -> None:
    # GIVEN more batches at a time than have rows of their own
    timeline = ShownTimeline(START)
    measure(timeline, 1, 0, 200, 0)
    for number in range(40):
        polled(timeline, 1, f"b{number}", 5)
    for number in range(40):
        ended(
            timeline,
            2 + number % 5,
            f"b{number}",
            "function error" if number % 4 == 0 else "success",
            5,
            number % 4 == 0,
        )
    # WHEN
    history = timeline.queue()
    # THEN
    assert "batches that left messages" in history.svg()
    assert history.sentences()[-2] == "… and 17 more batches and moves."


@given(
    st.lists(
        st.tuples(
            st.integers(0, 900), st.integers(0, 60), st.sampled_from(OUTCOMES), st.integers(0, 9), st.integers(0, 9)
        ),
        max_size=30,
    ),
    st.lists(st.tuples(*[st.integers(0, 2_000)] * 4), max_size=30),
)
def test_property_any_history_can_be_drawn(
    batches: list[tuple[int, int, str, int, int]], levels: list[tuple[int, int, int, int]]
) -> None:
    timeline = ShownTimeline(START)
    measure(timeline, 0, 0, 0, 0)
    for number, (second, length, outcome, done, back) in enumerate(batches):
        polled(timeline, second, str(number), done + back)
        ended(timeline, second + length, str(number), outcome, done, back)
    for second, *counts in sorted(levels):
        measure(timeline, second, *counts)
    history = QueueHistory(timeline)
    assert sum(batch.processed for batch in history.batches) == sum(done for *_, done, _ in batches)
    for drawn in (history.svg(), QueuePicture(history, NARROW).svg()):
        ET.fromstring(drawn)
        assert not re.search("nan|inf|e[+-]\\d", " ".join(re.findall(r' d="([^"]*)"', drawn)))
    assert history.text()


def test_the_story_tells_batches() -> None:
    told = story().narration()
    assert "At t+1 s the event source mapping of orders became Enabled." in told
    assert "At t+2 s filters dropped 1 message of orders." in told
    assert "A batch of 5 messages of orders began at t+2 s; it succeeded." in told
    assert "A batch of 3 messages of orders began at t+2 s; it failed in part, 1 message to show again." in told
    assert "At t+1 min 10 s 1 message of orders moved to the dead-letter queue dead." in told


def test_batches_that_went_the_same_way_share_a_sentence() -> None:
    timeline = ShownTimeline(START)
    for number in range(30):
        polled(timeline, number, f"b{number}", 10)
        ended(timeline, number + 1, f"b{number}", "success", 10, 0)
    told = timeline.narration()
    assert told == (
        "In all: 30 batches of messages. "
        "A batch of 10 messages of orders (and 29 others like it) began at t+0; it succeeded."
    )


def test_a_part_of_a_timeline_may_hold_the_end_of_a_batch_only() -> None:
    timeline = ShownTimeline(START)
    ended(timeline, 3, "a", "success", 1, 0)
    assert timeline.narration() == "A batch of orders ended at t+3 s."
