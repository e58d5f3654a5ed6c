"""Constraints of botocore's service model, checked in AWS's words.

A constraint is made once from a shape. `Constraint.check` adds a sentence for everything a value violates.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

__all__ = ["Constraint", "constraint_of", "python_pattern", "rendered"]

NOT_NULL = "Member must not be null"
# Java's \p{L}, \p{Z} and \p{N} for Python's re: \w has letters, digits and the underscore.
_SEPARATORS = " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"


def python_pattern(java: str) -> re.Pattern[str]:
    r"""A pattern of the model as Python's `re` understands it.

    >>> bool(python_pattern(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)").fullmatch("Größe 4/5"))
    True
    """
    text = java.replace(r"\p{L}", r"\w").replace(r"\p{N}", r"\d").replace(r"\p{Z}", _SEPARATORS)
    return re.compile(text)


def rendered(value: Any) -> str:
    """A value as AWS prints it: ``[a, b]``, ``{k=v}``, ``true``, ``1.0``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(rendered, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={rendered(inner)}" for key, inner in value.items()) + "}"
    return str(value)


class Constraint(ABC):
    """What a member must satisfy. Values of a sensitive shape are not repeated in the message."""

    def __init__(self, shape: Shape) -> None:
        self.sensitive: bool = bool(shape.metadata.get("sensitive"))

    @abstractmethod
    def check(self, value: Any, path: str, found: list[str]) -> None:
        """Append a sentence to `found` for every violation of the member at `path`."""

    def sentence(self, value: Any, path: str, demand: str) -> str:
        """AWS's sentence for a violated `demand`."""
        shown = "Value" if self.sensitive else f"Value '{rendered(value)}'"
        return f"{shown} at '{path}' failed to satisfy constraint: {demand}"


class ScalarConstraint(Constraint):
    """Limits of a string or a number."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self.rules: list[tuple[str, Callable[[Any], bool]]] = []
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if shape.type_name == "string":
            self._limit(high, low, "length", len)
            if shape.enum:
                allowed = frozenset(shape.enum)
                self._rule(f"Member must satisfy enum value set: [{', '.join(shape.enum)}]", allowed.__contains__)
            if pattern := shape.metadata.get("pattern"):
                matches = python_pattern(pattern).fullmatch
                demand = f"Member must satisfy regular expression pattern: {pattern}"
                self._rule(demand, lambda value: matches(value) is not None)
        elif shape.type_name in ("integer", "long", "float", "double"):
            self._limit(high, low, "value", lambda value: value)

    def _rule(self, demand: str, satisfied: Callable[[Any], bool]) -> None:
        self.rules.append((demand, satisfied))

    def _limit(self, high: Any, low: Any, what: str, measure: Callable[[Any], Any]) -> None:
        if high is not None:
            self._rule(f"Member must have {what} less than or equal to {high}", lambda value: measure(value) <= high)
        if low:
            self._rule(f"Member must have {what} greater than or equal to {low}", lambda value: measure(value) >= low)
        elif low is not None and what == "value":
            self._rule(f"Member must have value greater than or equal to {low}", lambda value: measure(value) >= low)

    def check(self, value: Any, path: str, found: list[str]) -> None:
        for demand, satisfied in self.rules:
            if not satisfied(value):
                found.append(self.sentence(value, path, demand))

    def satisfied(self, value: Any) -> bool:
        """Whether `value` violates nothing."""
        return value is not None and all(rule(value) for _, rule in self.rules)

    @property
    def demands(self) -> str:
        """All demands in one bracket, as AWS lists them for elements of collections."""
        return f"[{', '.join([demand for demand, _ in self.rules] + [NOT_NULL])}]"


class ListConstraint(Constraint):
    """Limits of a list and of what is in it."""

    def __init__(self, shape: ListShape) -> None:
        super().__init__(shape)
        self.high = shape.metadata.get("max")
        self.low = shape.metadata.get("min") or 0
        self.element = constraint_of(shape.member)

    def check(self, value: Any, path: str, found: list[str]) -> None:
        if self.high is not None and len(value) > self.high:
            found.append(self.sentence(value, path, f"Member must have length less than or equal to {self.high}"))
        if len(value) < self.low:
            found.append(self.sentence(value, path, f"Member must have length greater than or equal to {self.low}"))
        if isinstance(self.element, ScalarConstraint):
            if not all(map(self.element.satisfied, value)):
                found.append(self.sentence(value, path, f"Member must satisfy constraint: {self.element.demands}"))
        elif self.element is not None:
            for number, inner in enumerate(value, 1):
                self.element.check(inner, f"{path}.{number}.member", found)


class MapConstraint(Constraint):
    """Limits of a map's keys and values."""

    def __init__(self, shape: MapShape) -> None:
        super().__init__(shape)
        self.key, self.value = constraint_of(shape.key), constraint_of(shape.value)

    def check(self, value: Any, path: str, found: list[str]) -> None:
        for part, constraint, candidates in (("keys", self.key, value.keys()), ("value", self.value, value.values())):
            if isinstance(constraint, ScalarConstraint) and not all(map(constraint.satisfied, candidates)):
                demand = f"Map {part} must satisfy constraint: {constraint.demands}"
                found.append(self.sentence(value, path, demand))


class StructureConstraint(Constraint):
    """Required members of a structure, and the constraints of its members."""

    def __init__(self, shape: StructureShape) -> None:
        super().__init__(shape)
        self.required = [(name, _lower(name)) for name in shape.required_members]
        found = ((name, _lower(name), constraint_of(member)) for name, member in shape.members.items())
        self.members = [(name, part, constraint) for name, part, constraint in found if constraint is not None]

    def check(self, value: Any, path: str, found: list[str]) -> None:
        for name, part in self.required:
            if value.get(name) is None:
                found.append(f"Value null at '{path}.{part}' failed to satisfy constraint: {NOT_NULL}")
        for name, part, constraint in self.members:
            inner = value.get(name)
            if inner is not None:
                constraint.check(inner, f"{path}.{part}", found)


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def constraint_of(shape: Shape) -> Constraint | None:
    """The constraint a shape carries; None when anything goes."""
    if isinstance(shape, StructureShape):
        structure = StructureConstraint(shape)
        return structure if structure.required or structure.members else None
    if isinstance(shape, ListShape):
        many = ListConstraint(shape)
        return many if many.element or many.low or many.high is not None else None
    if isinstance(shape, MapShape):
        mapping = MapConstraint(shape)
        return mapping if mapping.key or mapping.value else None
    scalar = ScalarConstraint(shape)
    return scalar if scalar.rules else None
