"""Diagrams: what is refused, and where lines and labels go."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from flow import parse
from flow_drawing import KINDS, Drawing, FlowError

TEXT = """
grid:
  - [client, queue, function]
  - [".", dlq, "."]
parts:
  client: {label: Your program, kind: client}
  queue: {label: Event queue, kind: queue, note: up to 6 hours}
  function: {label: Function, kind: function}
  dlq: {label: Dead-letter queue, kind: queue}
arrows:
  - client -> queue: "202"
  - queue -> function: attempts 1 to 3
  - queue --> dlq: after the last failure
"""


def draw(text: str, turned: bool = False) -> str:
    parts, arrows = parse(text)
    return Drawing([part.turned() for part in parts] if turned else parts, arrows).svg("flow-lying")


@pytest.mark.parametrize("turned", [False, True])
def test_every_part_and_arrow_is_drawn_inside_the_picture(turned: bool) -> None:
    svg = ElementTree.fromstring(draw(TEXT, turned))
    _, _, width, height = (float(number) for number in svg.attrib["viewBox"].split())
    boxes = svg.findall(".//rect")
    assert len(boxes) == 4
    for box in boxes:
        assert 0 <= float(box.attrib["x"]) <= float(box.attrib["x"]) + float(box.attrib["width"]) <= width
        assert 0 <= float(box.attrib["y"]) <= float(box.attrib["y"]) + float(box.attrib["height"]) <= height
    assert len(svg.findall(".//path[@class='flow-shaft']")) == 3
    words = " ".join(text.text or "" for text in svg.findall(".//text"))
    for label in ("Your program", "202", "attempts 1 to 3", "after the last failure", "up to 6 hours"):
        assert label in words


def test_a_dashed_arrow_is_marked_and_one_both_ways_has_two_heads() -> None:
    assert draw(TEXT).count("flow-sometimes") == 1
    assert draw(TEXT.replace("client -> queue", "client <-> queue")).count("flow-head") == 4


def test_opposite_arrows_run_side_by_side() -> None:
    svg = draw(TEXT + "  - queue -> client: answer\n")
    starts = re.findall(r'd="M[\d.]+ ([\d.]+)L', svg)
    assert starts[0] != starts[3]


def test_labels_are_escaped() -> None:
    assert "a &lt;b&gt;" in draw(TEXT.replace("attempts 1 to 3", "a <b>"))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("arrows:", "lines:", "exactly `grid`, `parts` and `arrows`"),
        ("[client, queue, function]", "[client, client, function]", "client stands in two cells"),
        ('[".", dlq, "."]', '[".", ".", "."]', "grid and parts differ in dlq"),
        ("kind: function", "kind: lambda", "part function: kind is one of"),
        ("note: up", "notes: up", "part queue: give label, kind, note"),
        ("queue -> function", "queue - function", "write `one -> other`"),
        ("queue -> function", "queue -> database", "there is no part database"),
        ("client -> queue", "client -> function", "would run through queue"),
        ("Your program", "A label of very many words that cannot fit in any box of this size", "5 fit"),
        ("grid:", "grid: [", "not YAML"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, complaint: str) -> None:
    with pytest.raises(FlowError, match=re.escape(complaint)):
        draw(TEXT.replace(old, new))


def test_an_arrow_may_cross_an_empty_cell() -> None:
    text = 'grid: [[a, ".", b]]\nparts: {a: {label: A, kind: client}, b: {label: B, kind: log}}\narrows: [a -> b]'
    assert draw(text).count("flow-shaft") == 1


def test_every_kind_has_a_glyph_on_the_field() -> None:
    for kind, path in KINDS.items():
        assert path.startswith("M"), kind
