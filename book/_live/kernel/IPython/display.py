"""``IPython.display`` for the page: `display`, `clear_output` and the data wrappers that need no kernel."""

from __future__ import annotations

import base64
from typing import Any

from live_kernel.display import format_object, publisher

__all__ = ["HTML", "JSON", "SVG", "Image", "Markdown", "clear_output", "display"]


def display(*objects: Any, raw: bool = False) -> None:
    """Show objects in the output of the running cell. With `raw`, each is a bundle of MIME types already."""
    for value in objects:
        bundle = value if raw else format_object(value)
        publisher.publish({"output_type": "display_data", "data": bundle, "metadata": {}})


def clear_output(wait: bool = False) -> None:
    """Remove what the running cell has shown so far; with `wait`, when the next output comes."""
    publisher.publish({"output_type": "clear_output", "wait": wait})


class _Data:
    """Text of one MIME type."""

    mime: str

    def __init__(self, data: str) -> None:
        self.data = data

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {self.mime: self.data, "text/plain": f"<IPython.core.display.{type(self).__name__} object>"}


class HTML(_Data):
    mime = "text/html"


class SVG(_Data):
    mime = "image/svg+xml"


class Markdown(_Data):
    mime = "text/markdown"


class JSON(_Data):
    """An object of JSON types."""

    mime = "application/json"

    def __init__(self, data: Any) -> None:
        self.data = data


class Image:
    """A PNG picture from bytes or from a file in the working folder."""

    def __init__(self, data: bytes | None = None, filename: str | None = None) -> None:
        if filename is not None:
            with open(filename, "rb") as file:
                data = file.read()
        if data is None or not data.startswith(b"\x89PNG"):
            raise ValueError("In the page, Image shows PNG data only.")
        self.data = data

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"image/png": base64.b64encode(self.data).decode(), "text/plain": "<IPython.core.display.Image object>"}
