"""The picture in the README is what the engine draws today."""

from __future__ import annotations

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "book" / "_images" / "timeline.py"


def test_the_committed_picture_is_in_step_with_the_engine() -> None:
    # GIVEN the script that made it
    drawn = runpy.run_path(str(SCRIPT))["draw"]()
    # THEN it still makes the same bytes; if not: python book/_images/timeline.py
    assert SCRIPT.with_suffix(".svg").read_text(encoding="utf-8") == drawn
