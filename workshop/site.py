"""Run Jupyter Book over the tree, with a bar, and keep its log."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tqdm import tqdm

from workshop.digest import digest_of
from workshop.failures import SiteFailure
from workshop.labs import outputs_depend_on
from workshop.pages import TABLE_OF_CONTENTS

__all__ = ["build_site"]

PERCENT = re.compile(rb"(reading sources|copying assets|copying images|writing output)\.\.\..*?\[ *(\d+)%\]")
FAULT = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Exception): |^Extension error")
COMPLAINT = re.compile(r"(^|: )(WARNING|ERROR|SEVERE|CRITICAL): ")
PHASES = {b"reading sources": "Reading", b"writing output": "Writing"}
TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def build_site(root: Path) -> Path:
    """Build the book under `root` into ``_build/html`` and give that folder.

    Pages that did not change are kept, unless what all pages depend on changed or the last build did not finish.
    """
    build = root / "_build"
    html, doctrees, log, stamp = build / "html", build / ".doctrees", build / "book.log", build / "book-made-from"
    common = digest_of(root, ["book/_ext", "book/_static", "facts", "_config.yml", TABLE_OF_CONTENTS])
    wanted = f"{common} {outputs_depend_on(root)}"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        for folder in (html, doctrees):
            shutil.rmtree(folder, ignore_errors=True)
    # Gone until the build has finished: an interrupted or failed one may leave half a page behind.
    stamp.unlink(missing_ok=True)
    status = _run(root, log)
    words = TERMINAL_COLOUR.sub("", log.read_text(encoding="utf-8", errors="replace"))
    # A warning is a failure every time, not only in the build that happens to read the page.
    complaints = [line for line in words.splitlines() if COMPLAINT.search(line)]
    if status or complaints:
        quoted = "\n".join(complaints) or _faults(words)
        raise SiteFailure(f"Jupyter Book failed (all of its words: {log.relative_to(root)}):\n{quoted}")
    stamp.write_text(wanted, encoding="utf-8")
    return html


def _faults(words: str) -> str:
    """What went wrong, without the way through Sphinx that led there; the end of the log when nothing says so."""
    lines = words.splitlines()
    first = next((number for number, line in enumerate(lines) if FAULT.search(line)), None)
    if first is None:
        return "\n".join(lines[-30:])
    after = (number for number in range(first, len(lines)) if lines[number].startswith(("Traceback ", "The above ")))
    return "\n".join(lines[first : next(after, first + 15)]).rstrip()


def _run(root: Path, log: Path) -> int:
    program = Path(sys.executable).parent / "jupyter-book"
    command: list[str | Path] = [program, "build", ".", "--toc", TABLE_OF_CONTENTS, "--keep-going"]
    log.parent.mkdir(exist_ok=True)
    with (
        log.open("wb") as written,
        subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process,
        tqdm(total=200, desc="Book", bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}", disable=None) as bar,
    ):
        assert process.stdout is not None
        while chunk := os.read(process.stdout.fileno(), 65536):
            written.write(chunk)
            for phase, percent in PERCENT.findall(chunk):
                if phase in PHASES:
                    bar.update(max(0, int(percent) + (100 if phase == b"writing output" else 0) - bar.n))
        bar.update(200 - bar.n)
        return process.wait()
