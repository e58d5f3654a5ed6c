"""Which operations and parameters of the Lambda API are emulated, and why others are refused.

The list is data: ``operations.json`` beside this module names every operation of the service model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdalab.errors import NotEmulatedError

__all__ = ["OPERATIONS", "Listing", "RefusedParameter", "check_emulated"]


@dataclass(frozen=True, slots=True)
class RefusedParameter:
    """A parameter, ``Outer.Inner`` when nested. Values in ``accepted`` ask for nothing and are let through."""

    path: tuple[str, ...]
    reason: str
    accepted: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """An operation. ``reason`` names what is not emulated; None when the operation is."""

    name: str
    reason: str | None
    refused_parameters: tuple[RefusedParameter, ...]


def _read() -> dict[str, Listing]:
    document = json.loads(Path(__file__).with_name("operations.json").read_bytes())
    return {
        name: Listing(
            name,
            None if entry["emulated"] else entry["reason"],
            tuple(
                RefusedParameter(tuple(path.split(".")), refusal["reason"], tuple(refusal.get("accepted", ())))
                for path, refusal in entry.get("refused_parameters", {}).items()
            ),
        )
        for name, entry in document.items()
    }


OPERATIONS: dict[str, Listing] = _read()


def check_emulated(name: str, parameters: dict[str, Any]) -> None:
    """Refuse an operation, or a parameter of it, that lambdalab does not emulate.

    Raises
    ------
    NotEmulatedError
        It names both.
    """
    listing = OPERATIONS.get(name)
    if listing is None:
        raise NotEmulatedError(f"{name}: lambdalab does not know this operation of the installed botocore")
    if listing.reason is not None:
        raise NotEmulatedError(f"{name}: lambdalab does not emulate {listing.reason}")
    for refused in listing.refused_parameters:
        value: Any = parameters
        for part in refused.path:
            value = value.get(part)
            if value is None:
                break
        else:
            if value not in refused.accepted:
                path = ".".join(refused.path)
                raise NotEmulatedError(f"{name} with {path}: lambdalab does not emulate {refused.reason}")
