"""Pages of a list: ``Marker``, ``MaxItems``, ``NextMarker``."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from lambdalab.errors import InvalidParameterValueException

__all__ = ["page"]

Item = TypeVar("Item")
_PAGE = 50


def page(
    items: Iterable[Item], parameters: dict[str, Any], key: Callable[[Item], str]
) -> tuple[list[Item], str | None]:
    """The page a request asks for, and the marker of the next one.

    Parameters
    ----------
    items
        Everything, in a stable order.
    key
        What identifies an item; a marker names the last one of its page, so that deletions do not shift pages.

    Raises
    ------
    InvalidParameterValueException
        The marker did not come from an earlier answer.
    """
    everything = list(items)
    first = 0
    if marker := parameters.get("Marker"):
        try:
            position, last = base64.urlsafe_b64decode(marker).decode().split(" ", 1)
            first = int(position)
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise InvalidParameterValueException(f"The marker {marker} is not valid.") from None
        keys = [key(item) for item in everything]
        first = keys.index(last) + 1 if last in keys else min(first, len(keys))
    size = min(parameters.get("MaxItems") or _PAGE, _PAGE)
    part = everything[first : first + size]
    if first + size >= len(everything):
        return part, None
    text = f"{first + size - 1} {key(part[-1])}"
    return part, base64.urlsafe_b64encode(text.encode()).decode()
