"""The facts as the pages use them: claims, quotas and coverage read from ``facts/``, and how a number is written."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

__all__ = [
    "VERDICTS",
    "Claim",
    "Coverage",
    "Item",
    "Quota",
    "Seed",
    "UnknownFact",
    "figures",
    "find",
    "read_claims",
    "read_coverage",
    "read_quotas",
    "sentence",
    "written",
]

VERDICTS = ("wrong", "outdated", "misleading", "unverifiable", "correct")
"""What a claim can be, worst first."""

_PLACE = re.compile(r"(?:(Q|card)(\d+) )?L(\d+)(?:-\d+)?")
# How many of the smaller unit make one of the larger.
_CONVERSIONS = {
    ("bytes", "KB"): 1024,
    ("bytes", "MB"): 1024**2,
    ("MB", "GB"): 1024,
    ("s", "minutes"): 60,
    ("s", "hours"): 3600,
    ("s", "days"): 86400,
}


class UnknownFact(Exception):
    """The ledger or the quotas have no entry of that name; the message suggests one."""


@dataclass(frozen=True)
class Claim:
    """One entry of ``facts/claims.yaml``; the field names are the file's."""

    id: str
    topic: str
    where: tuple[str, ...]
    claim: str
    verdict: str
    correction: str
    evidence: tuple[str, ...]
    checked: str
    demonstration: str | None = None

    def places(self) -> list[tuple[str, int]]:
        """Where it was read: pairs of seed and line."""
        return [(entry[:3], int(line)) for entry in self.where for _, _, line in _PLACE.findall(entry)]


@dataclass(frozen=True)
class Quota:
    """One entry of ``facts/quotas.yaml``; the field names are the file's."""

    name: str
    unit: str | None
    since: str | None
    source: str
    checked: str
    adjustable: bool | None
    adjustable_note: str | None = None
    note: str | None = None
    shown: str | None = None
    value: Any = None
    minimum: Any = None
    maximum: Any = None
    default: Any = None
    parts: Any = None

    def number(self, field: str) -> tuple[Any, str | None]:
        """The number called `field` and its unit: ``value``, ``minimum``, ``maximum``, ``default`` or a part's name."""
        known = {key: getattr(self, key) for key in ("value", "minimum", "maximum", "default")}
        known = {key: value for key, value in {**known, **(self.parts or {})}.items() if value is not None}
        if field not in known:
            raise UnknownFact(f"{self.name} has no {field!r}; it has {', '.join(sorted(known))}")
        number = known[field]
        return (number["value"], number["unit"]) if isinstance(number, dict) else (number, self.unit)

    def provenance(self) -> str:
        """Note, since when, source and date of reading, as sentences."""
        sentences = [self.note] if self.note else []
        if self.since:
            sentences.append(f"Since {self.since}" if self.since[:1].isdigit() else f"Since: {self.since}")
        sentences.append(f"Source: {self.source}; read on {self.checked}")
        return " ".join(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in sentences)


@dataclass(frozen=True)
class Seed:
    """A document whose topics the course covers. ``number`` is its name in ``where`` and in item ids."""

    number: str
    title: str
    unit: str
    items: int
    fingerprint: str


@dataclass(frozen=True)
class Item:
    """A section, card or question of a seed, and where the course treats it.

    ``treated`` are pages, with an anchor where one place treats it; ``coming`` is a chapter not yet written.
    """

    id: str
    line: int
    title: str
    topic: str
    fingerprint: str
    treated: tuple[str, ...] = ()
    coming: str | None = None

    @property
    def seed(self) -> str:
        """The seed's number."""
        return self.id.partition("-")[0]


@dataclass(frozen=True)
class Coverage:
    """``facts/coverage.yaml``: names of topics, chapters, the seeds and their items."""

    topics: dict[str, str]
    chapters: dict[str, str]
    seeds: tuple[Seed, ...]
    items: tuple[Item, ...]

    def item_at(self, seed: str, line: int) -> Item | None:
        """The item that line `line` of `seed` belongs to."""
        found = None
        for item in self.items:
            if item.seed == seed and item.line <= line and (found is None or item.line > found.line):
                found = item
        return found


# The C parser, where PyYAML was built with it, is ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _parsed(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), _LOADER)


def _tupled(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def read_claims(path: Path) -> dict[str, Claim]:
    """The ledger, by id."""
    return {entry["id"]: Claim(**_tupled(entry)) for entry in _parsed(path)}


def read_quotas(path: Path) -> dict[str, Quota]:
    """The quotas, by name."""
    return {entry["name"]: Quota(**entry) for entry in _parsed(path)}


def read_coverage(path: Path) -> Coverage:
    """The coverage file."""
    data = _parsed(path)
    return Coverage(
        topics=data["topics"],
        chapters=data["chapters"],
        seeds=tuple(Seed(**entry) for entry in data["seeds"]),
        items=tuple(Item(**_tupled(entry)) for entry in data["items"]),
    )


def find(facts: dict[str, Any], name: str, kind: str) -> Any:
    """The entry called `name`; UnknownFact names the nearest ones when there is none."""
    if name not in facts:
        near = difflib.get_close_matches(name, facts, n=3, cutoff=0.4)
        raise UnknownFact(f"there is no {kind} {name!r}" + (f"; do you mean {' or '.join(near)}?" if near else ""))
    return facts[name]


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends with a mark of its own."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def figures(value: Any, unit: str | None = None) -> str:
    """A number as the book writes it: thousands separated, no exponent, dollars with cents."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (int, float)):
        return str(value)
    exact = Decimal(str(value))
    if unit and unit.startswith("USD") and exact == exact.quantize(Decimal("0.01")):
        exact = exact.quantize(Decimal("0.01"))
    elif exact == exact.to_integral_value():
        exact = exact.to_integral_value()
    return f"{exact:,f}".replace("-", "\N{MINUS SIGN}")


def written(quota: Quota, field: str | None = None, unit: str | None = None, alone: bool = False) -> str:
    """A quota as text, such as ``10,240 MB``, ``60–21,600 s`` or, with unit ``minutes``, ``15 minutes``.

    Parameters
    ----------
    quota
        The quota.
    field
        Which number; None takes the value or, without one, the whole range.
    unit
        Convert to this unit.
    alone
        Leave the unit away.
    """
    if field is None and quota.shown and unit is None:
        return quota.shown
    shown_unit = quota.unit
    if field is not None:
        number, shown_unit = quota.number(field)
        numbers = [number]
    elif quota.value is not None:
        numbers = [quota.value]
    else:
        numbers = [number for number in (quota.minimum, quota.maximum) if number is not None]
        if not numbers:
            raise UnknownFact(f"{quota.name} has several numbers; name one: {', '.join(quota.parts or {})}")
    if unit is not None:
        numbers, shown_unit = [_converted(number, shown_unit, unit, quota.name) for number in numbers], unit
    text = "\N{EN DASH}".join(figures(number, shown_unit) for number in numbers)
    if shown_unit is None or alone:
        return text
    return f"{text}\N{NO-BREAK SPACE}{_singular(shown_unit) if numbers == [1] else shown_unit}"


def _converted(number: Any, unit: str | None, wanted: str, name: str) -> Any:
    factor = _CONVERSIONS.get((unit or "", wanted))
    if factor is None:
        raise UnknownFact(f"{name} is in {unit}; that cannot be written in {wanted}")
    exact = Decimal(str(number)) / factor
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _singular(unit: str) -> str:
    """The unit for one: ``batches`` → ``batch``. Symbols (``s``, ``ms``, ``Mbps``) stay."""
    first, _, rest = unit.partition(" ")
    if len(first) > 3 and first.islower() and first.endswith("s"):
        first = re.sub(r"(?:(ch)es|s)$", r"\1", first)
    elif rest:
        return f"{first} {_singular(rest)}"
    return f"{first} {rest}".strip()
