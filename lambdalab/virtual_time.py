"""Stand-ins for the modules ``time`` and ``datetime`` that read the virtual clock.

They are handed to code that must see virtual time – moto, botocore's retries and waiters, handlers –
by replacing its module globals. The real modules stay untouched.
"""

from __future__ import annotations

import datetime
import time
import types
from collections.abc import Callable
from typing import Any

from lambdalab.clock import Clock

__all__ = ["VirtualTime"]


class _VirtualDateType(type):
    """Instances of the real classes count as instances of the virtual ones."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1])

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.__mro__[1])


class VirtualTime:
    """Virtual ``time`` and ``datetime`` over a clock.

    Parameters
    ----------
    clock
        The clock to read.
    sleep
        What ``time.sleep(seconds)`` does.

    Attributes
    ----------
    time, datetime
        Modules to put in place of the real ones.
    """

    def __init__(self, clock: Clock, sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self.time: Any = _module_like(time)
        self.datetime: Any = _module_like(datetime)
        virtual: dict[str, Callable[..., Any]] = {
            "time": clock.time,
            "time_ns": lambda: clock.time_ns,
            "monotonic": clock.time,
            "monotonic_ns": lambda: clock.time_ns,
            "perf_counter": clock.time,
            "perf_counter_ns": lambda: clock.time_ns,
            "sleep": sleep,
            "gmtime": lambda seconds=None: time.gmtime(clock.time() if seconds is None else seconds),
            "localtime": lambda seconds=None: time.gmtime(clock.time() if seconds is None else seconds),
            "ctime": lambda seconds=None: time.asctime(time.gmtime(clock.time() if seconds is None else seconds)),
            "strftime": lambda form, moment=None: time.strftime(form, moment or time.gmtime(clock.time())),
        }
        for name, function in virtual.items():
            setattr(self.time, name, function)
        self.datetime.datetime = self._virtual_datetime()
        self.datetime.date = self._virtual_date()

    def substitutes(self) -> dict[int, Any]:
        """Real object (by identity) → its virtual counterpart, for replacing a module's globals."""
        pairs: list[tuple[Any, Any]] = [
            (time, self.time),
            (datetime, self.datetime),
            (datetime.datetime, self.datetime.datetime),
            (datetime.date, self.datetime.date),
            *((getattr(time, name), getattr(self.time, name)) for name in ("time", "time_ns", "sleep", "monotonic")),
        ]
        return {id(real): virtual for real, virtual in pairs}

    def _virtual_datetime(self) -> type:
        clock = self._clock

        class VirtualDatetime(datetime.datetime, metaclass=_VirtualDateType):
            def __new__(cls, *arguments: Any, **keywords: Any) -> Any:
                return datetime.datetime(*arguments, **keywords)

            @classmethod
            def now(cls, tz: datetime.tzinfo | None = None) -> Any:
                return clock.now(tz)

            @classmethod
            def utcnow(cls) -> Any:
                return clock.now(None)

            @classmethod
            def today(cls) -> Any:
                return clock.now(None)

        VirtualDatetime.__name__ = VirtualDatetime.__qualname__ = "datetime"
        VirtualDatetime.__module__ = "datetime"
        return VirtualDatetime

    def _virtual_date(self) -> type:
        clock = self._clock

        class VirtualDate(datetime.date, metaclass=_VirtualDateType):
            def __new__(cls, *arguments: Any, **keywords: Any) -> Any:
                return datetime.date(*arguments, **keywords)

            @classmethod
            def today(cls) -> Any:
                return clock.now(None).date()

        VirtualDate.__name__ = VirtualDate.__qualname__ = "date"
        VirtualDate.__module__ = "datetime"
        return VirtualDate


def _module_like(real: types.ModuleType) -> Any:
    copy = types.ModuleType(real.__name__, real.__doc__)
    copy.__dict__.update({name: value for name, value in vars(real).items() if not name.startswith("__")})
    return copy
