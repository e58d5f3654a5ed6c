"""The SDK's chance: its waits between retries are the same in every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lambdalab.chance import Chance

__all__ = ["SdkChance"]


class SdkChance:
    """Seeded randomness in the place of that of botocore's two kinds of backoff."""

    def __init__(self, chance: Chance) -> None:
        self._generator = chance.generator("retries of the SDK")
        self._undo: list[Callable[[], None]] = []

    def install(self) -> None:
        """Take effect, also for clients there are."""
        from botocore import retryhandler
        from botocore.retries import standard

        begin: Any = standard.ExponentialBackoff.__init__
        legacy, defaults = retryhandler.random, begin.__defaults__
        retryhandler.random = self._generator
        begin.__defaults__ = (defaults[0], self._generator.random, *defaults[2:])
        self._undo += [
            lambda: setattr(retryhandler, "random", legacy),
            lambda: setattr(begin, "__defaults__", defaults),
        ]

    def uninstall(self) -> None:
        """Put botocore's own back."""
        while self._undo:
            self._undo.pop()()
