"""The control of the asynchronous lab on its static page: no kernel, nothing fetched before it is near."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from playwright.sync_api import Locator

from tests.site.conftest import Visit
from tests.site.visitor import Visitor

pytestmark = pytest.mark.browser
LAB = "notebooks/asynchronous-invocation.html"
PLACE = ".cell_output:has(script[type='application/vnd.jupyter.widget-view+json'])"


@pytest.fixture
def lab(visit: Visit, course: str) -> Visitor:
    """The lab's page, seen from its top."""
    return visit(urljoin(course, LAB))


def come_near(lab: Visitor) -> Locator:
    """Scroll to the control and wait until it is drawn."""
    lab.page.locator(PLACE).first.scroll_into_view_if_needed()
    chooser = lab.page.locator(f"{PLACE} select")
    chooser.wait_for()
    return chooser


def test_the_widget_manager_comes_only_when_a_widget_is_near(lab: Visitor) -> None:
    manager = lab.page.locator("script[src*='widgets/embed.js']")
    assert manager.count() == 0
    come_near(lab)
    assert manager.count() == 1


def test_the_control_goes_through_the_timeline_by_keyboard(lab: Visitor) -> None:
    """GIVEN the control without a kernel WHEN the next instants are chosen THEN another picture shows each time."""
    chooser = come_near(lab)
    shown = lab.page.locator(f"{PLACE} .ll-timeline p:visible")
    chooser.focus()
    captions = [shown.inner_text()]
    for _ in range(2):
        lab.press("ArrowDown")
        captions.append(shown.inner_text())
    assert len(set(captions)) == 3
    assert chooser.evaluate("(select) => select.labels[0].textContent") == "Until"


def test_axe_finds_nothing_in_the_drawn_control(lab: Visitor, axe: str) -> None:
    come_near(lab)
    assert lab.axe(axe) == []
