"""Make the book: labs executed, site built, output verified, then served. ``python -m workshop.book``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from workshop.exclusive import exclusive
from workshop.failures import Failure
from workshop.freshness import forget, is_fresh, remember

__all__ = ["make_book"]

ROOT = Path(__file__).resolve().parent.parent


def make_book(root: Path) -> Path:
    """Execute, build and verify the book under `root`; give the folder of the site.

    Raises
    ------
    Failure
        Some part did not succeed, or the built book has faults.
    """
    site = root / "_build" / "html"
    repository = os.environ.get("COURSE_REPOSITORY") or os.environ.get("GITHUB_REPOSITORY") or ""
    with exclusive(root / "_build" / "book.lock", "making the book"):
        if is_fresh(root, site, repository):
            print("Book: unchanged, in _build/html.", flush=True)
            return site
        forget(root)
        _make_book(root, site, repository)
        remember(root, site, repository)
    return site


def _make_book(root: Path, site: Path, repository: str) -> None:
    # Here, because they take seconds to import and an unchanged book needs none of them.
    from workshop.downloads import write_downloads
    from workshop.labs import execute_labs
    from workshop.site import build_site
    from workshop.verification import verify

    began = time.perf_counter()
    if (root / "book" / "_bundle").is_dir():
        _build_runner(root)
    outcome = execute_labs(root)
    print(f"Labs: {outcome.executed} executed, {outcome.reused} unchanged.", flush=True)
    build_site(root)
    write_downloads(root, site, repository)
    faults = verify(root, site)
    if faults:
        raise Failure("The built book has faults:\n" + "\n".join(f"  {fault}" for fault in faults))
    print(f"Book: built and verified in {time.perf_counter() - began:.1f} s, in _build/html.", flush=True)


def _build_runner(root: Path) -> None:
    """Build what the pages load to run their cells: a program of its own, since it compiles with another Python."""
    if subprocess.run([sys.executable, "-m", "book._bundle"], cwd=root, check=False).returncode:
        raise Failure("The in-page runner was not built; its own words are above.")


def main() -> int:
    """Make the book of this checkout and serve it."""
    from workshop.serving import serve

    parser = argparse.ArgumentParser(prog="workshop.book", description=__doc__)
    parser.add_argument("--serve", choices=("0", "1"), default="1", help="0: build only")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    try:
        site = make_book(ROOT)
        if options.serve == "1":
            serve(site, options.port)
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; run the same command again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
