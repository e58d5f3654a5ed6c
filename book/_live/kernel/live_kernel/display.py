"""Rich display: what an object looks like, as a bundle of MIME types."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

__all__ = ["Publisher", "format_object", "publisher"]

# In the order in which a notebook's formatters are asked.
_TEXT_METHODS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "image/svg+xml": "_repr_svg_",
    "text/latex": "_repr_latex_",
    "application/json": "_repr_json_",
}
_BINARY_METHODS = {"image/png": "_repr_png_", "image/jpeg": "_repr_jpeg_"}


class Publisher:
    """Where displayed objects go. The kernel points `send` at the cell that is running."""

    def __init__(self) -> None:
        self.send: Callable[[dict[str, Any]], None] | None = None

    def publish(self, output: dict[str, Any]) -> None:
        """Hand one output to the running cell."""
        if self.send is None:
            raise RuntimeError("display() was called while no cell was running.")
        self.send(output)


publisher = Publisher()


def _plain(value: Any) -> str:
    from IPython.lib.pretty import pretty

    return str(pretty(value))  # type: ignore[no-untyped-call]


def _special(value: Any, name: str) -> Any:
    """What the repr method `name` of `value` returns; None for classes and for objects without one."""
    method = None if isinstance(value, type) else getattr(value, name, None)
    return method() if callable(method) else None


def format_object(value: Any) -> dict[str, Any]:
    """Every representation of `value`, by MIME type."""
    bundle: dict[str, Any] = {}
    mimebundle = None if isinstance(value, type) else getattr(value, "_repr_mimebundle_", None)
    if callable(mimebundle):
        given = mimebundle(include=None, exclude=None)
        bundle.update(given[0] if isinstance(given, tuple) else given)
    for mime, name in _TEXT_METHODS.items():
        if mime not in bundle and (text := _special(value, name)) is not None:
            bundle[mime] = text[0] if isinstance(text, tuple) else text
    for mime, name in _BINARY_METHODS.items():
        if mime not in bundle and (data := _special(value, name)) is not None:
            raw = data[0] if isinstance(data, tuple) else data
            bundle[mime] = base64.b64encode(raw).decode() if isinstance(raw, bytes) else raw
    if "text/plain" not in bundle:
        bundle["text/plain"] = _plain(value)
    return bundle
