"""At least once means sometimes twice: a seeded chance that something is delivered again."""

from __future__ import annotations

from lambdalab.chance import Chance
from lambdalab.errors import UsageError

__all__ = ["Duplicates"]


class Duplicates:
    """Decides what is delivered a second time. Nothing is while `rate` is 0."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._rate = 0.0

    @property
    def rate(self) -> float:
        """The part of deliveries that happens twice, 0 to 1."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        if not 0 <= rate <= 1:
            raise UsageError(f"a rate of duplicates lies between 0 and 1, not at {rate}")
        self._rate = rate

    def again(self, purpose: str) -> bool:
        """Whether this delivery happens a second time; each purpose draws from a generator of its own."""
        return self._rate > 0 and self._chance.fraction(f"duplicate {purpose}") < self._rate
