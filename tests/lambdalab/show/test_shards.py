"""The picture of a stream being read."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from lambdalab.clock import SECOND
from lambdalab.errors import UsageError
from lambdalab.show.shard_story import ShardStory
from lambdalab.show.shards import shards
from lambdalab.stream_entries import (
    ShardClosed,
    ShardOpened,
    StreamBatch,
    StreamBatchDiscarded,
    StreamBatchSplit,
    StreamRead,
)
from lambdalab.timeline import Timeline

START = 1_767_225_600 * SECOND
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
PARENT, CHILD = "shardId-000000000000", "shardId-000000000001"


def _bisected(mapping_id: str = "m") -> Timeline:
    """Four records of which the third is bad; then the shard is split."""
    timeline = Timeline(START)

    def batch(second: int, first: int, last: int, good: bool, window: int | None = None) -> StreamBatch:
        return StreamBatch(
            START + second * SECOND, ARN, mapping_id, PARENT, 0,
            ended_ns=START + second * SECOND + SECOND // 2, request_id=f"r{second}", attempt=1,
            first=str(first), last=str(last), size=last - first + 1, age_ns=SECOND,
            outcome="success" if good else "error", done=last - first + 1 if good else 0, repeated=False,
            window_start_ns=window, window_end_ns=window + 60 * SECOND if window else None, final=False,
        )  # fmt: skip

    half = SECOND // 2
    for entry in (
        ShardOpened(START + SECOND, ARN, mapping_id, PARENT, ()),
        StreamRead(START + SECOND, ARN, mapping_id, PARENT, 5, 1, 0),
        batch(1, 1, 4, False, START),
        StreamBatchSplit(START + SECOND + half, ARN, mapping_id, PARENT, 0, 2, 2, "1", "3"),
        batch(2, 1, 2, True, START),
        batch(3, 3, 4, False, START),
        StreamBatchSplit(START + 3 * SECOND + half, ARN, mapping_id, PARENT, 0, 1, 1, "3", "4"),
        batch(4, 3, 3, False, START),
        StreamBatchDiscarded(
            START + 4 * SECOND + half, ARN, mapping_id, PARENT, 0, "RetryAttemptsExhausted", "3", "3", 1, 1
        ),
        batch(5, 4, 4, True, START),
        ShardClosed(START + 6 * SECOND, ARN, mapping_id, PARENT),
        ShardOpened(START + 7 * SECOND, ARN, mapping_id, CHILD, (PARENT,)),
    ):
        timeline.record(entry)
    return timeline


def test_every_attempt_lies_over_its_records() -> None:
    # GIVEN a batch of four that is bisected down to its bad record
    story = ShardStory(_bisected())
    # THEN halves lie beside each other and below what they came from
    assert [(span.first, span.beyond) for span in story.rows[0].spans()] == [(0, 4), (0, 2), (2, 4), (2, 3), (3, 4)]
    assert story.summary == "2 shards · 5 attempts · 3 records processed · 1 given up"


def test_the_text_tells_the_story_in_order() -> None:
    lines = shards(_bisected()).text().splitlines()
    assert lines[2] == "t+1 s: shard 0: the iterator moves by 5 records, 1 filtered out."
    assert "t+1.5 s: shard 0: the batch is split into 2 and 2." in lines
    assert "t+4.5 s: shard 0: 1 record given up, RetryAttemptsExhausted." in lines
    assert lines[-1] == "t+7 s: shard 1 begins after 1 parent."


def test_a_part_of_a_timeline_shows_shards_that_were_open_before() -> None:
    # GIVEN a timeline from the third second on, when the first shard had long been opened
    part = Timeline(START)
    for entry in _bisected():
        if entry.at_ns >= START + 3 * SECOND:
            part.record(entry)
    # WHEN its story is read
    rows = ShardStory(part).rows
    # THEN both shards are in it, with what happened in that part
    assert [row.shard_id for row in rows] == [PARENT, CHILD]
    assert [batch.first for batch in rows[0].batches] == ["3", "3", "4"]


def test_the_picture_is_one_document_with_its_text_alternative_and_the_same_every_time() -> None:
    svg = shards(_bisected()).svg()
    root = ET.fromstring(svg)
    name = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert "is split into 2 and 2" in (root.findtext(f"{name}desc") or "")
    words = {text.text for text in root.iter(f"{name}text")}
    assert {"shard 0", "shard 1", "batch failed", "batch split", "records given up"} <= words
    assert " id=" not in svg
    assert svg == shards(_bisected()).svg()


def test_colours_are_roles_so_that_dark_pages_get_theirs() -> None:
    svg = shards(_bisected()).svg()
    assert "fill:var(--ll-error)" in svg
    assert 'fill="#' not in svg


def test_text_in_the_picture_stays_inside_it() -> None:
    root = ET.fromstring(shards(_bisected()).svg())
    width, height = float(root.get("width") or 0), float(root.get("height") or 0)
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 <= float(text.get("x") or 0) <= width
        assert 0 <= float(text.get("y") or 0) <= height


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Timeline(START), "no event source mapping has read a stream"),
        (lambda: _both(), "name one of a, b"),
    ],
)
def test_what_cannot_be_shown_is_said(make: Callable[[], Timeline], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        shards(make())


def test_one_of_several_mappings_can_be_named() -> None:
    assert shards(_both(), "b").text() == shards(_bisected("b")).text()


def _both() -> Timeline:
    timeline = Timeline(START)
    for name in "ab":
        for entry in _bisected(name):
            timeline.record(entry)
    return timeline
