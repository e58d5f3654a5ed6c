"""The colours of every picture, for light and dark pages, and how they reach the drawing.

A drawing names roles (``ink``, ``error``), never colours. Roles are CSS custom properties set on
the drawing itself, so that a page may override them, and so that the page's own switch wins over
the wish of the operating system.
"""

from __future__ import annotations

import re

__all__ = ["DARK", "LIGHT", "Palette", "contrast", "style"]

Palette = dict[str, str]

LIGHT: Palette = {
    "paper": "#fdfcf9",
    "edge": "#e4e0d7",
    "rule": "#e9e5dc",
    "ink": "#1d2329",
    "muted": "#5c646d",
    "fold": "#f3f0e8",
    "success": "#2b65a8",
    "error": "#b5390f",
    "timeout": "#8a5a00",
    "exit": "#7a2f7d",
    "init": "#5b7d9c",
    "init-paper": "#e3ebf2",
    "wait": "#777168",
    "on": "#ffffff",
}
DARK: Palette = {
    "paper": "#14181d",
    "edge": "#2b323a",
    "rule": "#262d35",
    "ink": "#eceff2",
    "muted": "#a3acb6",
    "fold": "#1b2128",
    "success": "#7db3ee",
    "error": "#ff9166",
    "timeout": "#e8b44a",
    "exit": "#d79be0",
    "init": "#86a8c6",
    "init-paper": "#26333f",
    "wait": "#a19a8f",
    "on": "#11151a",
}

_DARK_PAGES = (
    "html[data-theme=dark]",  # Jupyter Book
    "body[data-jp-theme-light=false]",  # JupyterLab and Notebook
    "html[theme=dark]",  # Colab
    "body.vscode-dark",
)
_LIGHT_PAGES = (
    "html[data-theme=light]",
    "body[data-jp-theme-light=true]",
    "html[theme=light]",
    "body.vscode-light",
)


def style(name: str, rules: str) -> str:
    """CSS that gives elements of class `name` the palette, and the `rules` that use it.

    In `rules`, ``$ink`` stands for a colour: the custom property, and before it the light colour
    for viewers that know no custom properties.
    """
    dark_pages = ",".join(f"{page} .{name}" for page in _DARK_PAGES)
    light_pages = ",".join(f"{page} .{name}" for page in _LIGHT_PAGES)
    return (
        f".{name}{{{_declared(LIGHT)}}}"
        f"@media(prefers-color-scheme:dark){{.{name}{{{_declared(DARK)}}}}}"
        f"{light_pages}{{{_declared(LIGHT)}}}"
        f"{dark_pages}{{{_declared(DARK)}}}"
        f"{_ROLE.sub(_spelled_out, rules)}"
    )


_ROLE = re.compile(r"([\w-]+):\$([\w-]+)")


def _spelled_out(match: re.Match[str]) -> str:
    attribute, role = match.groups()
    return f"{attribute}:{LIGHT[role]};{attribute}:var(--ll-{role})"


def _declared(palette: Palette) -> str:
    return "".join(f"--ll-{role}:{colour};" for role, colour in palette.items())


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours ``#rrggbb`` as WCAG 2 defines it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
