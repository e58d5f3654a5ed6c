"""Chance: one seed, one generator per purpose, the same draws on every machine."""

from __future__ import annotations

import hashlib
import random
import uuid

__all__ = ["Chance"]


class Chance:
    """The only source of chance.

    Each purpose ("request id", "alias weight" …) has a generator of its own,
    derived from the seed, so that one more invocation does not shift the draws of another purpose.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._generators: dict[str, random.Random] = {}

    def generator(self, purpose: str) -> random.Random:
        """The generator kept for `purpose`."""
        if purpose not in self._generators:
            digest = hashlib.sha256(f"{self.seed}/{purpose}".encode()).digest()
            self._generators[purpose] = random.Random(int.from_bytes(digest[:8], "big"))
        return self._generators[purpose]

    def fraction(self, purpose: str) -> float:
        """A number in [0, 1)."""
        return self.generator(purpose).random()

    def uuid(self, purpose: str) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(int=self.generator(purpose).getrandbits(128), version=4))

    def hexadecimal(self, purpose: str, digits: int) -> str:
        """A lower-case hexadecimal string of `digits` digits."""
        return f"{self.generator(purpose).getrandbits(4 * digits):0{digits}x}"
