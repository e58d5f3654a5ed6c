"""The small book with live cells (``tests/live/pages``), and what a reader does with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from workshop.digest import digest_of
from workshop.exclusive import exclusive

__all__ = ["PATIENCE", "axe_source", "build_live_pages", "cell", "output", "run", "type_into_editor", "wait_for"]

# The machine may be busy with other tests; a pass takes seconds.
PATIENCE = 120_000


def build_live_pages(root: Path) -> Path:
    """Build the pages if they changed; their folder."""
    site = root / "_build" / "tests" / "live-pages"
    # What the pages write while they are built: a first reader has none of it.
    (root / "tests" / "live" / "pages" / "lambda_function.py").unlink(missing_ok=True)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", root / "tests" / "live" / "pages", site]
    stamp = site.with_name("live-pages-made-from")
    made_from = digest_of(root, ["book/_ext", "book/_static", "book/_templates"])
    with exclusive(root / "_build" / "book.lock", "building the pages for tests"):
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != made_from:
            command.append("-E")  # Sphinx does not notice that an extension changed
        environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONUTF8": "1"}
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not [line for line in done.stderr.splitlines() if "WARNING: " in line], done.stderr
    stamp.write_text(made_from, encoding="utf-8")
    return site


def axe_source(root: Path) -> str:
    """The source of axe-core, from the npm lock of the pages' scripts."""
    if str(root / "book" / "_ext") not in sys.path:
        sys.path.insert(0, str(root / "book" / "_ext"))
    import assets

    return str((assets.packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))


def cell(page: Page, number: int) -> Locator:
    """A live cell, counted from 1."""
    return page.locator(".live-cell").nth(number - 1)


def output(page: Page, number: int) -> Locator:
    """What a cell shows: the built output, or the one made in the page."""
    return cell(page, number).locator(".cell_output:visible")


def wait_for(page: Page, number: int, state: str) -> None:
    """Wait until a cell is in `state`, one of "done", "failed" and "stopped"."""
    found = cell(page, number)
    expect(found).to_have_attribute("data-live", re.compile("done|failed|stopped"), timeout=PATIENCE)
    assert found.get_attribute("data-live") == state, found.inner_text()


def run(page: Page, number: int, state: str = "done") -> None:
    """Press Run and wait for the end."""
    cell(page, number).get_by_role("button", name="Run").click()
    wait_for(page, number, state)


def type_into_editor(page: Page, number: int, text: str) -> None:
    """Open the editor of a cell and replace what is in it."""
    cell(page, number).get_by_role("button", name="Edit").click()
    expect(cell(page, number).locator(".cm-content")).to_be_focused(timeout=PATIENCE)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
