"""Make the book: labs executed, site built, output verified, then served. ``python -m workshop.book``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from workshop.downloads import write_downloads
from workshop.exclusive import exclusive
from workshop.labs import LabFailure, execute_labs
from workshop.serving import PortsTaken, serve
from workshop.site import SiteFailure, build_site
from workshop.verification import verify

__all__ = ["BookFailure", "make_book"]

ROOT = Path(__file__).resolve().parent.parent


class BookFailure(Exception):
    """The built book is not as it must be."""


def make_book(root: Path) -> Path:
    """Execute, build and verify the book under `root`; give the folder of the site."""
    with exclusive(root / "_build" / "book.lock", "making the book"):
        return _make_book(root)


def _make_book(root: Path) -> Path:
    began = time.perf_counter()
    if (root / "book" / "_bundle").is_dir():
        _build_runner(root)
    outcome = execute_labs(root)
    print(f"Labs: {outcome.executed} executed, {outcome.reused} unchanged.", flush=True)
    site = build_site(root)
    repository = os.environ.get("COURSE_REPOSITORY") or os.environ.get("GITHUB_REPOSITORY") or ""
    write_downloads(root, site, repository)
    faults = verify(root, site)
    if faults:
        raise BookFailure("The built book has faults:\n" + "\n".join(f"  {fault}" for fault in faults))
    print(f"Book: built and verified in {time.perf_counter() - began:.1f} s, in _build/html.", flush=True)
    return site


def _build_runner(root: Path) -> None:
    """Build what the pages load to run their cells: a program of its own, since it compiles with another Python."""
    if subprocess.run([sys.executable, "-m", "book._bundle"], cwd=root, check=False).returncode:
        raise BookFailure("The in-page runner was not built; its own words are above.")


def main() -> int:
    """Make the book of this checkout and serve it."""
    parser = argparse.ArgumentParser(prog="workshop.book", description=__doc__)
    parser.add_argument("--serve", choices=("0", "1"), default="1", help="0: build only")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    try:
        site = make_book(ROOT)
        if options.serve == "1":
            serve(site, options.port)
    except (LabFailure, SiteFailure, BookFailure, PortsTaken, FileNotFoundError) as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; run the same command again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
