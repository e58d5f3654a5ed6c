"""Gives moto, and botocore's retries and waiters, virtual time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from lambdalab.chance import Chance
from lambdalab.clock import Clock
from lambdalab.virtual_time import VirtualTime

__all__ = ["TimeShim"]

_BOTOCORE = ("botocore.endpoint", "botocore.waiter", "botocore.retryhandler", "botocore.retries")


class TimeShim:
    """Replaces real time in the globals of moto's loaded modules, and puts it back.

    moto loads services lazily: `cover_new_modules` is called after every request and costs a comparison
    unless something was imported.
    """

    def __init__(self, clock: Clock, chance: Chance, sleep: Callable[[float], None]) -> None:
        virtual = VirtualTime(clock, sleep)
        self._substitutes = virtual.substitutes()
        self._chance = chance
        self._replaced: list[tuple[Any, str, Any]] = []
        self._covered: set[str] = set()
        self._module_count = 0

    def install(self) -> None:
        """Cover what is loaded now."""
        import botocore.endpoint
        import botocore.retryhandler
        import botocore.waiter

        self._replace(botocore.retryhandler, "random", self._chance.generator("retry jitter"))
        self.cover_new_modules()

    def cover_new_modules(self) -> None:
        """Cover the modules imported since the last look."""
        if len(sys.modules) == self._module_count:
            return
        self._module_count = len(sys.modules)
        for name, module in list(sys.modules.items()):
            if name in self._covered or module is None or not name.startswith(("moto.", *_BOTOCORE)):
                continue
            self._covered.add(name)
            for attribute, value in list(vars(module).items()):
                substitute = self._substitutes.get(id(value))
                if substitute is not None:
                    self._replace(module, attribute, substitute)

    def uninstall(self) -> None:
        """Put everything back."""
        while self._replaced:
            owner, attribute, value = self._replaced.pop()
            setattr(owner, attribute, value)
        self._covered.clear()
        self._module_count = 0

    def _replace(self, owner: Any, attribute: str, value: Any) -> None:
        self._replaced.append((owner, attribute, getattr(owner, attribute)))
        setattr(owner, attribute, value)
