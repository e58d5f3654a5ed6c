"""Every page of the course: accessible, narrow enough, light enough, quiet, in both themes. Leaves screenshots."""

from __future__ import annotations

import gzip
import itertools
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import FloatRect
from sphinx_external_toc.parsing import parse_toc_yaml

from tests.site.conftest import Visit
from workshop.pages import TABLE_OF_CONTENTS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [f"{name}.html" for name in parse_toc_yaml(ROOT / TABLE_OF_CONTENTS)] + ["search.html"]
SAMPLE = "sample"
THEMES = ["light", "dark"]
FIRST_VIEW = 200_000
MOST_PIXELS = 12_000
# The in-page runner comes with the first click.
FETCHED_AT_ONCE = (
    "script[src]",
    "link[rel=stylesheet]",
    "link[rel=preload]",
    "link[rel=modulepreload]",
    "img[src]:not([loading=lazy])",
)


@pytest.fixture(params=[*PAGES, SAMPLE])
def address(request: pytest.FixtureRequest) -> str:
    """The address of each page."""
    if request.param == SAMPLE:
        return str(request.getfixturevalue("sample"))
    return urljoin(request.getfixturevalue("course"), request.param)


def _shot_name(address: str, theme: str, width: int) -> str:
    page = urlsplit(address).path.strip("/").removesuffix(".html").replace("/", "-")
    return f"{page}-{theme}-{width}.png"


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing(visit: Visit, address: str, theme: str, axe: str) -> None:
    visitor = visit(address, theme=theme)
    assert visitor.axe(axe) == []


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(visit: Visit, root: Path, address: str, theme: str, width: int) -> None:
    visitor = visit(address, theme=theme, width=width)
    shots = root / "_build" / "screenshots"
    shots.mkdir(parents=True, exist_ok=True)
    # The appendices are a hundred windows long; their head says enough.
    height = min(MOST_PIXELS, visitor.page.evaluate("document.documentElement.scrollHeight"))
    clip = FloatRect(x=0, y=0, width=width, height=height)
    visitor.page.screenshot(path=shots / _shot_name(address, theme, width), full_page=True, clip=clip)
    assert visitor.overflow() == []


@pytest.mark.parametrize("name", PAGES)
def test_the_first_view_is_light(site: Path, name: str) -> None:
    """GIVEN a page WHEN its own files are compressed as a host would THEN they need at most 200 kB."""
    page = site / name
    document = BeautifulSoup(page.read_bytes(), "html.parser")
    files = {page}
    for element in document.select(", ".join(FETCHED_AT_ONCE)):
        target = str(element.get("src") or element.get("href"))
        if not target.startswith("data:") and "searchindex" not in target:
            files.add((page.parent / urlsplit(target).path).resolve())
    weights = {path.name: len(gzip.compress(path.read_bytes())) for path in files}
    assert sum(weights.values()) <= FIRST_VIEW, weights


@pytest.mark.parametrize("name", PAGES)
def test_headings_have_no_gaps_and_pictures_have_alternatives(site: Path, name: str) -> None:
    document = BeautifulSoup((site / name).read_bytes(), "html.parser")
    levels = [int(heading.name[1]) for heading in document.select("main h1, main h2, main h3, main h4, main h5")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert [image["src"] for image in document.select("img") if not image.get("alt")] == []


@pytest.mark.browser
def test_the_theme_is_switched_by_keyboard_and_kept(visit: Visit, course: str) -> None:
    visitor = visit(urljoin(course, PAGES[0]))
    visitor.tab_to("#theme-switch")
    visitor.press("Enter")
    assert visitor.page.locator("html").get_attribute("data-theme") == "dark"
    visitor.go(urljoin(course, PAGES[1]))
    assert visitor.page.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.browser
def test_the_first_stop_of_the_tab_key_skips_to_the_text(visit: Visit, course: str) -> None:
    visitor = visit(urljoin(course, PAGES[1]))
    visitor.press("Tab", "Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.browser
def test_search_finds_a_page(visit: Visit, course: str) -> None:
    visitor = visit(urljoin(course, PAGES[0]))
    visitor.tab_to(".bar-search input")
    visitor.page.keyboard.type("errata")
    visitor.press("Enter")
    result = visitor.page.locator("#search-results a").first
    result.wait_for()
    assert re.search(r"\w", result.inner_text())


@pytest.mark.browser
def test_contents_of_a_narrow_page_open_by_keyboard(visit: Visit, course: str) -> None:
    visitor = visit(urljoin(course, PAGES[1]), width=390)
    visitor.tab_to(".menu > summary")
    visitor.press("Enter")
    assert visitor.page.locator(".menu nav a").first.is_visible()
