"""The page in use: feedback, answers, a turned card, a prediction; still accessible and narrow enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.conftest import Visit
from tests.site.visitor import Visitor

pytestmark = pytest.mark.browser


def use(visitor: Visitor, right: bool) -> None:
    """Answer everything, rightly or not, and open what can be opened."""
    page = visitor.page
    for form in page.locator("form.quiz-item").all():
        wanted = form.locator("li[data-option]").evaluate_all(
            "(rows, right) => rows.filter((row) => 'right' in row.dataset === right).map((row) => row.dataset.option)",
            right,
        )
        for option in wanted[:1]:
            form.locator(f"input[value='{option}']").check()
        if form.get_attribute("data-kind") == "numeric":
            form.locator("input").fill("3" if right else "2")
        form.get_by_role("button", name="Check").click()
        form.locator(".quiz-actions .button-quiet").click()
    page.locator("#predict-retries input").nth(2 if right else 0).check()
    page.locator("#predict-inside input").first.check()
    page.get_by_role("button", name="Show answer", exact=True).last.click()
    page.locator("main details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")


def _shots(root: Path) -> Path:
    folder = root / "_build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("right", [True, False])
def test_axe_finds_nothing_in_feedback_and_answers(
    visit: Visit, sample: str, theme: str, right: bool, axe: str
) -> None:
    visitor = visit(sample, theme=theme)
    use(visitor, right)
    assert visitor.page.locator(".quiz-feedback:not(:empty)").count() == 6
    assert visitor.page.locator(".card-ratings").is_visible()
    assert visitor.axe(axe) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_feedback_fits_a_narrow_screen(visit: Visit, root: Path, sample: str, theme: str) -> None:
    visitor = visit(sample, theme=theme, width=390)
    use(visitor, right=False)
    visitor.page.screenshot(path=_shots(root) / f"in-use-{theme}-390.png", full_page=True)
    assert visitor.overflow() == []
