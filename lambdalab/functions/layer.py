"""A layer with its versions."""

from __future__ import annotations

from dataclasses import dataclass, field

from lambdalab.functions.configuration import Code

__all__ = ["Layer", "LayerVersion"]


@dataclass(frozen=True, slots=True)
class LayerVersion:
    """A published archive. It never changes; ``arn`` ends in its number."""

    arn: str
    number: int
    code: Code
    created_ns: int
    description: str = ""
    license_info: str | None = None
    compatible_runtimes: tuple[str, ...] | None = None
    compatible_architectures: tuple[str, ...] | None = None


@dataclass(slots=True)
class Layer:
    """A layer. ``next_version`` only grows; ``deleted`` keeps what functions still refer to."""

    name: str
    arn: str
    versions: dict[int, LayerVersion] = field(default_factory=dict)
    deleted: dict[int, LayerVersion] = field(default_factory=dict)
    next_version: int = 1
