"""Writing SVG: escaped, deterministic, without ids, so that any number of pictures share a page."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["clean", "element", "hatching", "number", "text_width", "truncated"]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NARROW = frozenset("iIjlft.,:;|!'()[]r ·")
_WIDE = frozenset("mwMW@%—…✕")


def clean(text: str) -> str:
    """`text` with markup escaped and characters no XML document may hold replaced."""
    text = _NOT_XML.sub("\ufffd", text)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(character, entity)
    return text


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    rounded = round(value * 10)
    whole, tenth = divmod(abs(rounded), 10)
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole}.{tenth}" if tenth else f"{sign}{whole}"


def element(name: str, content: Iterable[str] | str | None = None, **attributes: str | float | None) -> str:
    """An element. A string `content` is text and gets escaped; an iterable holds finished elements.

    Attribute names lose a trailing underscore, and other underscores become hyphens.
    """
    written = [f"<{name}"]
    for key, value in attributes.items():
        if value is not None:
            key = key.rstrip("_").replace("_", "-") if key != "viewBox" else key
            written.append(f' {key}="{clean(value) if isinstance(value, str) else number(value)}"')
    if content is None:
        return "".join(written) + "/>"
    inner = clean(content) if isinstance(content, str) else "".join(content)
    return "".join(written) + f">{inner}</{name}>"


def text_width(text: str, size: float) -> float:
    """About how wide `text` is in a system font; rather too wide than too narrow."""
    total = 0.0
    for character in text:
        if character in _NARROW:
            total += 0.36
        elif character in _WIDE:
            total += 0.92
        elif character.isupper() or ord(character) > 0x2E80:
            total += 0.72 if ord(character) <= 0x2E80 else 1.05
        else:
            total += 0.585
    return total * size


def truncated(text: str, width: float, size: float) -> str:
    """`text`, with an ellipsis where it would be wider than `width`."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def hatching(left: float, top: float, width: float, height: float, step: float = 4.5) -> str:
    """Path data of diagonal strokes that fill a rectangle, cut at its sides."""
    strokes = []
    offset = step / 2
    while offset < width + height:
        x1, y1 = (offset, 0.0) if offset <= width else (width, offset - width)
        x2, y2 = (0.0, offset) if offset <= height else (offset - height, height)
        strokes.append(f"M{number(left + x1)} {number(top + y1)}L{number(left + x2)} {number(top + y2)}")
        offset += step
    return "".join(strokes)
