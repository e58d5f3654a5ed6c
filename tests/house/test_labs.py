"""Executing the labs: once, again only when something they depend on changed, and with the error's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.small_book import small_book
from workshop.failures import LabFailure
from workshop.labs import Outcome, execute_labs

# Each run leaves a mark outside the notebook's own folder, so that runs can be counted.
MARKING = "with open({path!r}, 'a') as runs: runs.write('{name} ')\nprint('{name} ran')"


def test_a_lab_runs_again_only_when_it_or_the_engine_changed(tmp_path: Path) -> None:
    # GIVEN a book on a path with spaces and non-ASCII letters, with two notebooks
    runs = tmp_path / "runs"
    code = {name: MARKING.format(path=str(runs), name=name) for name in ("one", "two")}
    root = small_book(tmp_path / "my Käse lab", code)
    (root / "lambdalab").mkdir()
    # WHEN they are executed
    first = execute_labs(root)
    # THEN both ran, in folders of their own
    assert first == Outcome(executed=2, reused=0)
    assert sorted(runs.read_text().split()) == ["one", "two"]
    # WHEN nothing, then one of them, then the engine changes
    again = execute_labs(root)
    text = root.joinpath("book/two.md")
    text.write_text(text.read_text().replace("print(", "print(1, "))
    changed = execute_labs(root)
    (root / "lambdalab" / "cloud.py").write_text("")
    other_engine = execute_labs(root)
    # THEN none, one, and both ran
    assert again == Outcome(executed=0, reused=2)
    assert changed == Outcome(executed=1, reused=1)
    assert other_engine == Outcome(executed=2, reused=0)


def test_a_failing_cell_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    # GIVEN a notebook that raises and one that does not
    root = small_book(tmp_path, {"good": "1 + 1", "bad": "raise RuntimeError('the lab is broken')"})
    # WHEN they are executed
    with pytest.raises(LabFailure) as failure:
        execute_labs(root)
    # THEN the message names the page and shows the error, and only the failed one is tried again
    assert "book/bad.md" in str(failure.value)
    assert "the lab is broken" in str(failure.value)
    root.joinpath("book/bad.md").write_text(root.joinpath("book/bad.md").read_text().replace("raise", "str #"))
    assert execute_labs(root) == Outcome(executed=1, reused=1)
