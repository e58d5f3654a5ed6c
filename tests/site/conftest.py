"""The sites under test, served on loopback, and a browser that tells what went wrong in a page."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.site.sites import build_sample, serving
from tests.site.visitor import FLAGS, Visitor
from workshop.book import make_book

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def site(root: Path) -> Path:
    """The course, built when it is absent or stale."""
    return make_book(root)


@pytest.fixture(scope="session")
def course(site: Path) -> Iterator[str]:
    """The address of the course."""
    with serving(site) as address:
        yield address


@pytest.fixture(scope="session")
def sample_site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course with every directive, built anew."""
    return build_sample(root, tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def sample(sample_site: Path) -> Iterator[str]:
    """The address of the sample's page with every directive."""
    with serving(sample_site) as address:
        yield f"{address}book/directives.html"


@pytest.fixture(scope="session")
def axe(root: Path) -> str:
    """The source of axe-core, from the pages' npm lock."""
    sys.path.insert(0, str(root / "book" / "_ext"))
    import assets

    return (assets.packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One Chromium for a file. Playwright keeps an event loop running, which other files' tests must not meet."""
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield program
        program.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a page in a window of its own; at the end no window may have met an error or left loopback."""
    visitors: list[Visitor] = []

    def opened(address: str, theme: str = "light", width: int = 1280, javascript: bool = True) -> Visitor:
        visitors.append(Visitor(browser, theme, width, javascript))
        visitors[-1].go(address)
        return visitors[-1]

    yield opened
    for visitor in visitors:
        visitor.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []
