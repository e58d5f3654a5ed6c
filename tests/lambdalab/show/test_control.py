"""The control that goes back and forth in time."""

from __future__ import annotations

import builtins
import re
from typing import Any

import pytest
from ipywidgets.embed import dependency_state, embed_data

from lambdalab.errors import UsageError
from tests.lambdalab.show.stories import called, empty, overloaded, retried


def parts(control: Any) -> tuple[Any, Any]:
    chooser, frames, _ = control.children
    return chooser, frames


def test_every_instant_has_its_picture() -> None:
    # GIVEN a story of known instants
    chooser, frames = parts(retried().control())
    # THEN each is in the list with what happens then, and has a picture
    assert chooser._options_labels[:5] == (
        "1. t+1 ms · API call",
        "2. t+2 ms · API call refused",
        "3. t+30 ms · event accepted, waits in the queue",
        "4. t+40 ms · cold start begins",
        "5. t+226 ms · init ends, invocation begins",
    )
    assert len(chooser.options) == len(frames.children)
    # AND the pictures grow
    drawn = [frame.value.count("<title>") for frame in frames.children]
    assert drawn == sorted(drawn)
    assert drawn[0] == 2
    assert "RetriesExhausted" not in frames.children[3].value
    assert "RetriesExhausted" in frames.children[-1].value


def test_it_works_without_a_kernel() -> None:
    # GIVEN what a static page is given
    control = called().control()
    state = embed_data(views=[control], state=dependency_state(control))["manager_state"]["state"]
    # THEN a link in the page itself joins the list to the picture
    chooser, frames = parts(control)
    links = [model["state"] for model in state.values() if model["model_name"] == "LinkModel"]
    assert [(link["source"], link["target"]) for link in links] == [
        ([f"IPY_MODEL_{chooser.model_id}", "index"], [f"IPY_MODEL_{frames.model_id}", "selected_index"])
    ]


def test_the_list_has_a_name_and_the_frames_share_one_style_sheet() -> None:
    control = retried().control()
    chooser, frames = parts(control)
    assert chooser.description == "Until"
    assert not any("<style" in frame.value for frame in frames.children)
    assert "<style>" in control.children[-1].value


def test_many_instants_are_thinned_out() -> None:
    # GIVEN thousands of instants
    chooser, frames = parts(overloaded(events=20).control(steps=12))
    # THEN the list has as many as asked for, from the first to the last
    assert len(frames.children) == 12
    labels = chooser._options_labels
    assert labels[0].startswith("1. t+0 ·")
    assert re.match(r"12\. t\+6 h \d+ min · given up, record delivered", labels[-1])


def test_names_stay_text() -> None:
    _, frames = parts(retried(name="<script>alert(1)</script>").control())
    assert not any("<script" in frame.value for frame in frames.children)


def test_what_cannot_be_stepped_through_is_an_error_that_says_so() -> None:
    with pytest.raises(UsageError, match="nothing has happened yet"):
        empty().control()
    with pytest.raises(UsageError, match="at least 2 steps, not 1"):
        retried().control(steps=1)


def test_without_ipywidgets_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN an installation without ipywidgets
    real = builtins.__import__

    def missing(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "ipywidgets":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(UsageError, match="the control needs ipywidgets, which is not installed"):
        retried().control()
