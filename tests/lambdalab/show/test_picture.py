"""The SVG: complete, well-formed, safe, small, the same bytes every time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from lambdalab.clock import MINUTE
from lambdalab.show import ShownTimeline
from lambdalab.show.lane import WORDS
from lambdalab.show.look import NARROW, WIDE, Format
from lambdalab.show.picture import Picture
from lambdalab.show.scene import Scene
from lambdalab.timeline import Delivery, EventAccepted, Init, Throttle
from tests.lambdalab.show.stories import (
    QUEUE,
    REASON,
    START,
    arn,
    at,
    attempt,
    called,
    empty,
    overloaded,
    retried,
)

SVG = "{http://www.w3.org/2000/svg}"
FORMS = pytest.mark.parametrize("form", [WIDE, NARROW], ids=["wide", "narrow"])


def drawn(timeline: ShownTimeline, form: Format = WIDE, until_ns: int | None = None) -> ET.Element:
    return ET.fromstring(Picture(Scene.of(timeline), form).svg("What happened.", until_ns=until_ns))


def words(root: ET.Element) -> list[str]:
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


def titles(root: ET.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}title")]


@FORMS
def test_everything_an_event_meets_is_drawn(form: Format) -> None:
    # GIVEN a story with every kind of entry an event can have
    root = drawn(retried(), form)

    # THEN each is there with its full line, in the lane's order
    assert titles(root) == [
        "t+1 ms · CreateFunction",
        "t+2 ms · GetFunction: ResourceNotFoundException",
        "t+30 ms · event 3f2a… accepted, 312 bytes",
        "t+3 min 0.9 s · event 3f2a… given up: RetriesExhausted",
        "t+322 ms · event 3f2a… waits 1 min after a function error",
        "t+1 min 0.6 s · event 3f2a… waits 2 min after a function error",
        "t+40 ms · init 186 ms",
        "t+226 ms · attempt 1 of 3f2a… took 96 ms, error: ValueError",
        "t+1 min 0.3 s · attempt 2 of 3f2a… took 300 ms, timeout: Sandbox.Timedout",
        "t+3 min 0.6 s · attempt 3 of 3f2a… took 260 ms, exit: Runtime.ExitError",
        "t+3 min 0.6 s · init 178 ms",
        "t+1 min 0.6 s · environment reset: timeout",
        "t+9 min 0.6 s · environment shut down: idle",
        "t+3 min 0.9 s · record of 3f2a… to failed-orders: RetriesExhausted",
    ]
    # AND the legend explains every kind
    for kind in ("init", "suppressed init", "error", "timeout", "exit", "waiting", "reset", "shutdown", "delivered"):
        assert WORDS[kind] in words(root)


def test_lanes_have_names_and_time_has_labels() -> None:
    said = words(drawn(retried()))
    for name in ("Lambda API", "Asynchronous queue", "Waiting to retry", "environment 8c41…", "Dead-letter queue"):
        assert name in said
    assert "t = 2026-01-01 00:00:00 UTC" in said
    assert "t+1 min 0.3 s" in said
    # AND the idle minutes are folded
    assert [one for one in said if one.endswith(" later")] == ["1 min later", "2 min later", "6 min later"]


def test_calls_throttles_and_failed_deliveries_are_drawn() -> None:
    # GIVEN three calls at one instant, two of them too many, and a record that cannot be delivered
    timeline = called(3, 2)
    timeline.record(EventAccepted(at(300), arn("hello"), "eeee-1", "Event", "$LATEST", 2))
    timeline.record(Delivery(at(301), arn("hello"), "eeee-1", "on-failure destination", QUEUE, "x", "AccessDenied"))
    root = drawn(timeline)

    # THEN the two refusals share a sign with their number
    assert "× 2" in words(root)
    assert f"t+10 ms · 0003… throttled: {REASON}\nt+10 ms · 0004… throttled: {REASON}" in titles(root)
    # AND callers and the failed delivery are told
    assert "t+10 ms · caller of 0000… waited 230 ms" in titles(root)
    assert "t+301 ms · record of eeee… to failed-orders: AccessDenied" in titles(root)
    assert WORDS["undelivered"] in words(root)


def test_a_cold_start_that_fails_is_told_apart() -> None:
    timeline = empty()
    timeline.record(Init(at(0), arn("f"), "bbbb-1", at(20), "timeout", False))
    assert WORDS["failed init"] in words(drawn(timeline))
    assert titles(drawn(timeline)) == ["t+0 · init 20 ms, timeout"]


def test_an_event_that_waited_in_the_queue_shows_how_long() -> None:
    # GIVEN an event accepted 200 ms before its only attempt
    timeline = empty()
    timeline.record(EventAccepted(at(0), arn("orders"), "3f2a77c0-01", "Event", "$LATEST", 2))
    timeline.record(attempt(200, 100))
    assert "t+0 · event 3f2a… waited 200 ms in the queue" in titles(drawn(timeline))


def test_a_timeline_narrowed_to_one_request_still_shows_its_cold_start() -> None:
    # GIVEN a filter that drops the Init entry, which belongs to no request
    narrowed = retried().where(request_id="3f2a77c0-01")
    assert isinstance(narrowed, ShownTimeline)
    assert "t+40 ms · init 186 ms" in titles(drawn(narrowed))


@FORMS
def test_hostile_names_stay_text(form: Format) -> None:
    # GIVEN names and messages that would like to be markup, or to break the document
    evil = "<script>alert('x')</script>&\"\x00\x1b\ud800"
    timeline = retried(name="<img src=x onerror=alert(1)>", error_message=evil)
    timeline.record(attempt(900, 1, name="]]><svg>", request_id=evil, environment_id=evil, error_type=evil))
    svg = Picture(Scene.of(timeline), form).svg(evil)

    # THEN the document is well-formed and holds no element that was not drawn
    root = ET.fromstring(svg)
    drawn_names = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert drawn_names <= {"svg", "desc", "style", "g", "rect", "path", "circle", "text", "tspan", "title"}
    assert root.find(f"{SVG}desc").text.startswith("<script>alert")  # type: ignore[union-attr]
    # AND nothing in it runs or fetches
    assert not re.search(r"""\son\w+\s*=\s*['"]|href|url\(|@import|javascript:""", re.sub(r"&lt;.*?&gt;", "", svg))


@FORMS
def test_the_same_story_gives_the_same_bytes(form: Format) -> None:
    for story in (retried, called, empty):
        assert Picture(Scene.of(story()), form).svg("x") == Picture(Scene.of(story()), form).svg("x")


def test_there_are_no_ids_so_pictures_may_share_a_page() -> None:
    assert not any("id" in one.attrib for one in drawn(retried()).iter())


def test_a_picture_names_itself_and_carries_its_story() -> None:
    root = ET.fromstring(retried().svg())
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "Timeline of orders"
    assert root[0].tag == f"{SVG}desc"
    assert root[0].text == retried().narration()


def test_every_sign_lies_inside_the_frame() -> None:
    # GIVEN pictures in both forms
    for form in (WIDE, NARROW):
        root = drawn(retried(), form)
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        # THEN no rectangle and no text begins outside
        for one in root.iter():
            if one.tag in (f"{SVG}rect", f"{SVG}text"):
                assert 0 <= float(one.attrib["x"]) <= width
                assert 0 <= float(one.attrib["y"]) <= height
            if one.tag == f"{SVG}rect":
                assert float(one.attrib["x"]) + float(one.attrib["width"]) <= width


def test_a_hundred_thousand_entries_make_a_small_picture() -> None:
    # GIVEN 163,000 entries over six hours
    timeline = overloaded()
    assert len(timeline) > 100_000
    picture = Picture(Scene.of(timeline), WIDE).svg("x")

    # THEN they are strips with their numbers
    assert len(picture) < 40_000
    said = words(ET.fromstring(picture))
    assert "1,000 accepted · 80,000 throttled · 1,000 given up · most around t+0" in said
    assert "80,000 waits · at most 1,000 at once" in said


def test_any_number_of_lanes_is_capped() -> None:
    # GIVEN sixty environments and thirty destinations
    timeline = called(60, 0)
    for number in range(30):
        target = f"arn:aws:sqs:us-east-1:123456789012:queue-{number}"
        timeline.record(
            Delivery(at(400), arn("hello"), f"{number:04x}-call", "on-success destination", target, "Success", None)
        )
    scene = Scene.of(timeline)

    # THEN the picture shows some of each, and says how many there are
    assert len(scene.lanes) == 1 + 8 + 1 + 4 + 1
    said = words(ET.fromstring(Picture(scene).svg("x")))
    assert "… and 52 more" in said
    assert "52 succeeded · at most 52 at once" in said
    assert "× 26" in said


def test_a_lane_with_many_things_becomes_a_strip_even_when_they_do_not_overlap() -> None:
    # GIVEN one warm environment that served 300 calls, every tenth badly
    timeline = empty()
    for number in range(300):
        outcome = "error" if number % 10 == 0 else "success"
        timeline.record(
            attempt(10 * number, 5, request_id=str(number), outcome=outcome, invocation_type="RequestResponse")  # type: ignore[arg-type]
        )
    said = words(drawn(timeline))
    assert any(one.startswith("270 succeeded · 30 failed") for one in said)
    assert len(ET.tostring(drawn(timeline))) < 40_000


def test_entries_that_were_only_counted_are_in_the_strips() -> None:
    # GIVEN a timeline that keeps 1,000 entries of many
    timeline = overloaded(events=50, detail_limit=1_000)
    said = words(drawn(timeline))

    # THEN the strips hold all throttles, and the picture says what was not kept
    assert "50 accepted · 4,000 throttled · 50 given up" in " ".join(said)
    assert f"{timeline.counted_only:,} further entries were counted, not kept." in said


def test_the_past_is_drawn_without_the_future() -> None:
    # GIVEN the instant 100 ms into the second attempt
    instant = at(422) + MINUTE
    root = drawn(retried(), until_ns=instant)

    # THEN the attempt is under way: neither its outcome nor anything later is shown
    shown = titles(root)
    assert "t+1 min 0.3 s · attempt 2 of 3f2a… took 300 ms, timeout: Sandbox.Timedout" in shown
    assert not any("attempt 3" in title or "reset" in title for title in shown)
    assert not [one for one in root.iter() if one.attrib.get("class") in ("ti", "b t") and "rx" in one.attrib][1:]
    # AND a line marks the instant, on the axis of the whole story
    assert [one for one in root.iter() if one.attrib.get("class") == "now"]
    assert root.attrib["viewBox"] == drawn(retried()).attrib["viewBox"]


def test_what_is_too_short_for_the_scale_is_widened_and_said_to_be() -> None:
    # GIVEN a cold start of 84 ms and an attempt of 1.8 ms
    timeline = empty()
    timeline.record(attempt(84, 1.8, init_ms=84))
    assert "Stretches up to 1.8 ms are drawn wider than to scale." in words(drawn(timeline))
    # AND nothing is said where everything is to scale
    even = empty()
    even.record(attempt(84, 80, init_ms=84))
    assert "wider" not in " ".join(words(drawn(even)))


def test_throttled_events_wait_in_the_queue_lane() -> None:
    timeline = empty()
    timeline.record(EventAccepted(at(0), arn("f"), "aaaa-1", "Event", "$LATEST", 1))
    timeline.record(Throttle(at(1), arn("f"), "aaaa-1", "Event", REASON))
    scene = Scene.of(timeline)
    assert [lane.key for lane in scene.lanes] == ["queue"]
    assert [mark.kind for mark in scene.lanes[0].marks] == ["accepted", "throttle"]


def test_nothing_happened() -> None:
    assert "Nothing has happened yet." in words(ET.fromstring(empty().svg()))
    assert empty().start_ns == START
