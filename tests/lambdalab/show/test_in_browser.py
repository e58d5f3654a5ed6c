"""Pictures and control in a browser: both themes, wide and narrow, by keyboard, without a kernel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ipywidgets.embed import dependency_state, embed_data
from playwright.sync_api import Browser, Page, Route, sync_playwright

from book._bundle.node import install_packages
from lambdalab.show import ShownTimeline
from lambdalab.show.charts import durations
from lambdalab.show.palette import DARK, LIGHT
from tests.lambdalab.show.stories import called, overloaded, retried
from tests.site.visitor import FLAGS
from workshop.exclusive import exclusive

pytestmark = pytest.mark.browser

ADDRESS = "http://picture.invalid/"
STORIES: dict[str, Callable[[], ShownTimeline]] = {
    "retried": retried,
    "called": called,
    "crowd": lambda: called(45, 3),
    "load": lambda: overloaded(100),
}
OVERLAPS = """() => {
  const drawings = [...document.querySelectorAll(".ll-timeline svg")];
  const shown = drawings.find((one) => one.getBoundingClientRect().width > 0);
  const frame = shown.getBoundingClientRect();
  const texts = [...shown.querySelectorAll("text")].map((one) => [one.textContent, one.getBoundingClientRect()]);
  const found = [];
  texts.forEach(([words, box], index) => {
    const out = box.left < frame.left || box.right > frame.right || box.bottom > frame.bottom;
    if (out) found.push(`${words} sticks out`);
    for (const [others, other] of texts.slice(index + 1)) {
      const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
      const down = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
      if (across > 1 && down > 4) found.push(`${words} lies on ${others}`);
    }
  });
  return found;
}"""
COLOURS = """() => {
  const shown = [...document.querySelectorAll("svg.ll")].find((one) => one.getBoundingClientRect().width > 0);
  return [getComputedStyle(shown.querySelector(".h")).fill, getComputedStyle(shown.querySelector(".pa")).fill];
}"""


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield program
        program.close()


@pytest.fixture(scope="module")
def node_modules(root: Path) -> Path:
    with exclusive(root / "_build" / "book.lock", "installing packages for tests"):
        return install_packages(root / "book" / "_assets", root / "_build" / "assets")


def opened(browser: Browser, body: str, *, width: int, system: str = "light", page_theme: str | None = None) -> Page:
    """A page of that body alone, which may fetch nothing."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=system)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.route("**/*", lambda route: route.abort())
    theme = f" data-theme={page_theme}" if page_theme else ""
    page.set_content(f"<!doctype html><html lang=en{theme}><meta charset=utf-8><title>t</title><body>{body}")
    return page


def rgb(colour: str) -> str:
    return f"rgb({int(colour[1:3], 16)}, {int(colour[3:5], 16)}, {int(colour[5:7], 16)})"


@pytest.mark.parametrize("width", [1200, 700, 390])
@pytest.mark.parametrize("story", STORIES)
def test_no_text_lies_on_another_or_sticks_out(browser: Browser, story: str, width: int) -> None:
    # GIVEN a story on a page of that width
    page = opened(browser, STORIES[story]().html(), width=width)
    # THEN one picture is shown, its words are apart, and the page need not scroll sideways
    visible = page.locator(".ll-timeline svg:visible")
    assert visible.count() == 1
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.parametrize(
    ("system", "page_theme", "expected"),
    [("light", None, LIGHT), ("dark", None, DARK), ("dark", "light", LIGHT), ("light", "dark", DARK)],
)
def test_the_page_decides_the_theme_and_else_the_system(
    browser: Browser, system: str, page_theme: str | None, expected: dict[str, str]
) -> None:
    page = opened(browser, retried().html(), width=900, system=system, page_theme=page_theme)
    assert page.evaluate(COLOURS) == [rgb(expected["ink"]), rgb(expected["paper"])]
    page.context.close()


def test_the_document_alone_follows_the_system(browser: Browser, tmp_path: Path) -> None:
    # GIVEN the SVG as a file, as a README shows it
    (tmp_path / "timeline.svg").write_text(retried().svg(), encoding="utf-8")
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto((tmp_path / "timeline.svg").as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('.pa')).fill") == rgb(DARK["paper"])
    context.close()


@pytest.mark.parametrize("page_theme", ["light", "dark"])
def test_picture_words_table_and_chart_have_no_barrier(browser: Browser, node_modules: Path, page_theme: str) -> None:
    # GIVEN everything open on one page
    ground, ink = (LIGHT, DARK)[page_theme == "dark"]["paper"], (LIGHT, DARK)[page_theme == "dark"]["ink"]
    body = (
        f"<main style='background:{ground};color:{ink}'><h1>t</h1>{retried().html()}{durations(retried()).svg()}</main>"
    )
    page = opened(browser, body, width=1000, page_theme=page_theme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    # WHEN axe looks at it
    page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((result) => result.violations.map((one) => one.id))")
    # THEN it finds nothing
    assert found == []
    page.context.close()


def static_page(timeline: ShownTimeline) -> str:
    """A page that holds the control and no kernel."""
    control = timeline.control()
    data = embed_data(views=[control], state=dependency_state(control))
    state = json.dumps(data["manager_state"]).replace("</", "<\\/")
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>t</title><body><main><h1>t</h1>"
        f'<script type="application/vnd.jupyter.widget-state+json">{state}</script>'
        f'<script type="application/vnd.jupyter.widget-view+json">{json.dumps(data["view_specs"][0])}</script>'
        '</main><script src="embed.js"></script>'
    )


def test_the_control_works_with_the_keyboard_and_without_a_kernel(browser: Browser, node_modules: Path) -> None:
    # GIVEN the control on a static page, as the course's site serves it
    widgets = node_modules / "@jupyter-widgets" / "html-manager" / "dist"
    html = static_page(retried())

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if name == "":
            route.fulfill(body=html, content_type="text/html")
        elif name == "embed.js" or name.endswith(".woff2"):
            route.fulfill(path=widgets / name)
        else:
            route.abort()

    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.route("**/*", answer)
    page.goto(ADDRESS)
    caption = page.locator(".ll-timeline:visible p")
    caption.wait_for()
    assert caption.inner_text() == "t+1 ms · API call"

    # WHEN the list, found by its name, is moved eight steps down
    chooser = page.get_by_label("Until")
    chooser.focus()
    for _ in range(8):
        chooser.press("ArrowDown")

    # THEN the picture shows that instant, and not what came later
    page.locator("p:visible", has_text="t+3 min 0.6 s · init is repeated, invocation begins").wait_for()
    titles = page.locator(".ll-timeline svg:visible title").all_text_contents()
    assert any("attempt 2" in title for title in titles)
    assert not any("given up" in title for title in titles)
    assert page.locator(".ll-timeline svg:visible").bounding_box()["width"] > 800  # type: ignore[index]

    # AND axe finds no barrier
    page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    assert page.evaluate("axe.run().then((result) => result.violations.map((one) => one.id))") == []
    context.close()
