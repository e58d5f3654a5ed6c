"""Execute the notebooks of the book in parallel, into the cache the book's builder reads its outputs from.

A notebook whose code is in the cache is not run again. Outputs depend on the engine as well as on the notebook,
so a cache made with another engine, lock or Python is thrown away.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from tqdm import tqdm

from workshop.digest import digest_of
from workshop.failures import LabFailure
from workshop.pages import Page, pages

__all__ = ["CACHE", "Outcome", "execute_labs", "outputs_depend_on"]

CACHE = "_build/.jupyter_cache"
CELL_SECONDS = 120
# Without it each kernel warns that it listens on loopback without encryption.
KERNEL_ARGUMENTS = ["--IPKernelApp.log_level=ERROR"]


@dataclass(frozen=True)
class Outcome:
    """How many notebooks were executed, and how many the cache still had."""

    executed: int
    reused: int


def outputs_depend_on(root: Path) -> str:
    """A digest of everything besides a notebook's own text that its outputs depend on."""
    return digest_of(root, ["lambdalab", "requirements.txt"]) + f" Python {sys.version.split()[0]}"


def execute_labs(root: Path) -> Outcome:
    """Bring the cache under `root` into step with every notebook of the book.

    Raises
    ------
    LabFailure
        One or more notebooks failed. The others are in the cache.
    """
    cache = _cache(root)
    notebooks = [page for page in pages(root) if page.notebook]
    missing = [page for page in notebooks if not _has(cache, page)]
    failures = []
    if missing:
        with (
            ProcessPoolExecutor(max_workers=min(os.cpu_count() or 1, len(missing))) as pool,
            tqdm(total=len(missing), desc="Labs", unit="notebook", disable=None) as bar,
        ):
            waiting = {pool.submit(_execute, page): page for page in missing}
            for done in as_completed(waiting):
                page, (text, seconds, error) = waiting[done], done.result()
                bar.update()
                if error:
                    failures.append(f"{page.path.relative_to(root)} failed:\n{error}")
                    continue
                executed = CacheBundleIn(
                    nbformat.reads(text, as_version=4), str(page.path), data={"execution_seconds": seconds}
                )
                cache.cache_notebook_bundle(executed, check_validity=False, overwrite=True)
    if failures:
        raise LabFailure("\n\n".join(failures))
    return Outcome(executed=len(missing), reused=len(notebooks) - len(missing))


def _cache(root: Path):  # type: ignore[no-untyped-def]  # jupyter-cache has no type information
    place = root / CACHE
    stamp, wanted = place / "made-with", outputs_depend_on(root)
    if place.exists() and (not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted):
        shutil.rmtree(place)
    place.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted, encoding="utf-8")
    return get_cache(str(place))


def _has(cache, page: Page) -> bool:  # type: ignore[no-untyped-def]
    try:
        cache.match_cache_notebook(page.read())
    except KeyError:
        return False
    return True


def _execute(page: Page) -> tuple[str, float, str | None]:
    """Run one notebook in a folder of its own. Gives its text with outputs, the seconds it took, and its error."""
    notebook = page.read()
    with tempfile.TemporaryDirectory() as folder:
        result = single_nb_execution(
            notebook, cwd=folder, timeout=CELL_SECONDS, allow_errors=False, extra_arguments=KERNEL_ARGUMENTS
        )
    return nbformat.writes(result.nb), result.time, str(result.err) if result.err else None
