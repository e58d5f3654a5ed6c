"""Colours: legible in both themes, told apart without colour, following the page."""

from __future__ import annotations

import re

import pytest

from lambdalab.show.look import STYLE
from lambdalab.show.palette import DARK, LIGHT, Palette, contrast, style

THEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def test_contrast_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


@THEMES
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"),
        ("ink", "fold"),
        ("ink", "init-paper"),
        ("muted", "paper"),
        ("muted", "fold"),
        ("on", "success"),
        ("on", "error"),
        ("on", "timeout"),
        ("on", "exit"),
    ],
)
def test_text_can_be_read(palette: Palette, text: str, ground: str) -> None:
    assert contrast(palette[text], palette[ground]) >= 4.5


@THEMES
@pytest.mark.parametrize("sign", ["success", "error", "timeout", "exit", "init", "wait", "muted"])
def test_signs_stand_out_from_the_paper(palette: Palette, sign: str) -> None:
    assert contrast(palette[sign], palette["paper"]) >= 3


def test_both_themes_have_the_same_roles() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_every_colour_of_the_style_sheet_is_a_role_with_a_fallback() -> None:
    # GIVEN the style sheet without the two palettes
    rules = STYLE[STYLE.index(".ll{font-family") :]
    # THEN each custom property is preceded by the plain colour, for viewers that know no properties
    for role in set(re.findall(r"var\(--ll-([\w-]+)\)", rules)):
        assert re.search(rf"([\w-]+):{LIGHT[role]};\1:var\(--ll-{role}\)", rules)
    assert "$" not in rules


def test_the_pages_own_switch_wins_over_the_operating_system() -> None:
    # GIVEN rules for a class
    sheet = style("x", "")
    # THEN the order is: light, dark by wish of the system, light by the page, dark by the page
    dark, light = f"--ll-ink:{DARK['ink']}", f"--ll-ink:{LIGHT['ink']}"
    assert re.findall(r"--ll-ink:#\w+", sheet) == [light, dark, light, dark]
    assert "html[data-theme=light] .x" in sheet
    assert "body[data-jp-theme-light=false] .x" in sheet


def test_an_unknown_role_is_an_error() -> None:
    with pytest.raises(KeyError, match="gold"):
        style("x", ".x{fill:$gold}")
