"""The picture of an alias's traffic, on timelines made by hand."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalab.clock import MINUTE
from lambdalab.errors import UsageError
from lambdalab.show import ShownTimeline
from lambdalab.timeline import AliasRouted, DeploymentStatusChanged, EventAccepted, LifecycleEventChanged
from tests.lambdalab.show.stories import START, arn, attempt
from tests.lambdalab.show.test_timeline import outline

CANARY = "d-CANARY123"


def routed(minute: float, main: str, deployment: str = "", name: str = "orders", **weights: float) -> AliasRouted:
    pairs = tuple((version.removeprefix("v"), weight) for version, weight in weights.items())
    return AliasRouted(START + round(minute * MINUTE), arn(name), "live", main, pairs, deployment)


def invoke(timeline: ShownTimeline, minute: float, version: str, qualifier: str = "live", failed: bool = False) -> None:
    """An invocation of the alias that ran `version`."""
    request_id = f"r{len(timeline)}"
    size, kind = 2, "RequestResponse"
    timeline.record(EventAccepted(START + round(minute * MINUTE), arn("orders"), request_id, kind, qualifier, size))
    entry = attempt(minute * 60_000, 5, request_id=request_id, outcome="error" if failed else "success")
    entry.version = version
    timeline.record(entry)


def canary(ended: str = "Succeeded") -> ShownTimeline:
    """Version 2 takes a tenth at minute 10 and everything at minute 15."""
    timeline = ShownTimeline(START)
    timeline.record(routed(0, "1"))
    timeline.record(
        LifecycleEventChanged(START + 10 * MINUTE, arn("orders"), CANARY, "BeforeAllowTraffic", "Succeeded", "check")
    )
    timeline.record(routed(10, "1", CANARY, v2=0.1))
    for number in range(20):
        invoke(timeline, 10 + number / 5, "2" if number % 10 == 0 else "1", failed=number == 10)
    timeline.record(routed(15, "2", CANARY))
    for number in range(5):
        invoke(timeline, 16 + number / 5, "2")
    invoke(timeline, 16, "$LATEST", qualifier="$LATEST")
    error = "" if ended == "Succeeded" else "ALARM_ACTIVE"
    timeline.record(DeploymentStatusChanged(START + 18 * MINUTE, arn("orders"), CANARY, ended, error, ""))
    return timeline


def test_what_landed_where_is_counted_by_stage() -> None:
    # GIVEN a canary WHEN its traffic is looked at
    traffic = canary().traffic("live")
    # THEN invocations of other qualifiers do not count, and each stage has its own
    assert traffic.summary == "25 invocations: 18 on version 1, 7 on version 2"
    assert [stage.shares for stage in traffic.stages] == [{"1": 1}, {"1": 0.9, "2": 0.1}, {"2": 1}]
    assert [dict(traffic.counts(stage)) for stage in traffic.stages] == [{}, {"2": 2, "1": 18}, {"2": 5}]


def test_the_words() -> None:
    assert canary("Stopped").traffic("live").sentences() == [
        "From t+0 on: version 1 100 %.",
        "From t+10 min on: version 1 90 % and version 2 10 %; 20 invocations: 18 on version 1, 2 on version 2.",
        "At t+10 min: BeforeAllowTraffic hook Succeeded.",
        "From t+15 min on: version 2 100 %; 5 invocations: 5 on version 2.",
        f"At t+18 min: Stopped (ALARM_ACTIVE): deployment {CANARY}.",
    ]


def test_a_terminal_gets_bars_in_ascii() -> None:
    text = repr(canary().traffic("live"))
    assert text.isascii()
    assert re.search(r"t\+10 min  version 1 +90 % #{18} +18 invocations\n +version 2 +10 % ## +2 invocations", text)


def test_the_picture_is_well_formed_and_tells_the_same() -> None:
    traffic = canary().traffic("live")
    document = ET.fromstring(traffic.svg())
    assert document.find("{*}desc").text == " ".join([traffic.summary + ".", *traffic.sentences()])  # type: ignore[union-attr]
    words = [element.text for element in document.iter("{http://www.w3.org/2000/svg}text")]
    assert {"orders:live", "version 1", "version 2", "7, 1 failed", "100 %"} <= set(words)
    assert traffic.svg() == canary().traffic("live").svg()


def test_a_page_gets_both_forms_and_the_words() -> None:
    html = canary().traffic("live")._repr_html_()
    tags = outline(html)
    assert tags.count("svg") == 2
    assert tags.count("li") == 5
    assert " id=" not in html
    assert "<script" not in html


def test_markup_in_names_stays_text() -> None:
    timeline = ShownTimeline(START)
    timeline.record(routed(0, "1", name="a&b<c>"))
    ET.fromstring(timeline.traffic("live").svg())


def test_which_alias_is_meant() -> None:
    timeline = canary()
    with pytest.raises(UsageError, match="no function with an alias 'dev'"):
        timeline.traffic("dev")
    timeline.record(routed(20, "1", name="other"))
    with pytest.raises(UsageError, match="functions orders, other have an alias 'live'"):
        timeline.traffic("live")
    assert timeline.traffic("live", "other").title == "other:live"


@given(
    st.lists(
        st.tuples(st.integers(0, 90), st.sampled_from(["route", "call"]), st.integers(1, 9), st.floats(0, 1)),
        max_size=40,
    )
)
def test_property_shares_add_up_and_no_invocation_is_lost(steps: list[tuple[int, str, int, float]]) -> None:
    timeline = ShownTimeline(START)
    timeline.record(routed(0, "1"))
    for minute, what, version, weight in steps:
        if what == "route":
            timeline.record(routed(minute, str(version), "", **{f"v{version + 1}": weight}))
        else:
            invoke(timeline, minute, str(version))
    traffic = timeline.traffic("live")
    for stage in traffic.stages:
        assert sum(stage.shares.values()) == pytest.approx(1)
    calls = sum(what == "call" for _, what, *_ in steps)
    assert sum(traffic.counts(stage).total() for stage in traffic.stages) == len(traffic.landed) == calls
    ET.fromstring(traffic.svg())


def test_the_story_tells_aliases_and_deployments() -> None:
    told = canary("Stopped").narration()
    assert "At t+10 min alias live began to send 10% to version 2 and the rest to version 1." in told
    assert f"At t+18 min deployment {CANARY} became Stopped (ALARM_ACTIVE)." in told
    assert f"At t+10 min check ended BeforeAllowTraffic of {CANARY}: Succeeded." in told
