"""Snippets run while the site is built: isolation, answers, failures, and what is kept."""

from __future__ import annotations

from pathlib import Path

import experiments
import pytest
from experiments import Experiment, answers
from sphinx.errors import ExtensionError


def test_each_snippet_has_a_fresh_cloud_and_an_empty_folder(tmp_path: Path) -> None:
    """GIVEN a snippet that leaves a function and a file WHEN the next one runs THEN it finds neither."""
    leaves = Experiment("first", "deploy('def lambda_handler(event, context): pass')\nopen('left', 'w').close()\n1")
    looks = Experiment("second", "import os\n[len(client.list_functions()['Functions']), os.listdir()]")
    assert answers([leaves, looks], tmp_path) == [1, [0, []]]


def test_the_value_is_that_of_the_last_expression(tmp_path: Path) -> None:
    sources = ["(1, 2)", "{3, 1}", "'a'", "x = 1", "", "None", "{'a': (1,)}"]
    expected = [[1, 2], [1, 3], "a", None, None, None, {"a": [1]}]
    assert answers([Experiment(source, source) for source in sources], tmp_path) == expected


def test_what_a_handler_prints_does_not_mix_with_the_answers(tmp_path: Path) -> None:
    source = (
        "deploy('def lambda_handler(event, context): print(1)')\nclient.invoke(FunctionName='example')\nprint(2)\n3"
    )
    assert answers([Experiment("noisy", source)], tmp_path) == [3]


def test_a_failing_snippet_is_named_with_its_traceback(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError) as failure:
        answers([Experiment("quiz.yml, item one", "1 / 0")], tmp_path)
    assert "quiz.yml, item one: the experiment failed" in str(failure.value)
    assert "ZeroDivisionError" in str(failure.value)


def test_a_value_that_is_no_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError, match="an answer is a number"):
        answers([Experiment("object", "object()")], tmp_path)


def test_a_snippet_that_ends_the_process_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError, match="quitter: experiments could not run"):
        answers([Experiment("quitter", "import os; os._exit(3)")], tmp_path)


def test_an_answer_is_kept_until_the_snippet_or_the_engine_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GIVEN a kept answer WHEN it is asked again THEN nothing runs; with another engine it runs again."""
    one, changed = Experiment("one", "40 + 2"), Experiment("one", "40 + 3")
    answers([one], tmp_path)

    def never(_: list[Experiment]) -> list[dict[str, object]]:
        raise AssertionError("it ran again")

    monkeypatch.setattr(experiments, "_run", never)
    assert answers([one], tmp_path) == [42]
    assert answers([Experiment("moved to another place", "40 + 2")], tmp_path) == [42]
    for asked in (
        changed,
        Experiment("one", "40 + 2", given={"code": "x"}),
        Experiment("one", "40 + 2", setup="x = 1"),
    ):
        with pytest.raises(AssertionError, match="it ran again"):
            answers([asked], tmp_path)
    monkeypatch.setattr(experiments, "engine_fingerprint", lambda: "another engine")
    with pytest.raises(AssertionError, match="it ran again"):
        answers([one], tmp_path)


def test_a_picture_is_what_the_value_draws(tmp_path: Path) -> None:
    source = "deploy('def lambda_handler(event, context): pass')\nclient.invoke(FunctionName='example')\ncloud.timeline"
    (drawn,) = answers([Experiment("picture", source, shows="picture")], tmp_path)
    assert "<svg" in drawn
    with pytest.raises(ExtensionError, match="int shows itself neither as SVG nor as HTML"):
        answers([Experiment("number", "1", shows="picture")], tmp_path)
