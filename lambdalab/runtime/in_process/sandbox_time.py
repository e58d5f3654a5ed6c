"""``time`` and ``datetime`` for a running process: virtual for its threads, real for everyone else."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from datetime import date as real_date
from datetime import datetime as real_datetime
from typing import Any

from lambdalab.runtime.in_process.presence import here

__all__ = ["DATETIME", "PICKLING", "TIME"]

_SECOND = 1_000_000_000
_real = {name: value for name, value in vars(time).items() if callable(value)}
_utc = datetime.UTC
_EPOCH = real_datetime(1970, 1, 1, tzinfo=_utc)


def _seconds(name: str) -> Callable[[], float]:
    real = _real[name]

    def read() -> float:
        process = here()
        return real() if process is None else process.now_ns() / _SECOND

    read.__name__ = read.__qualname__ = name
    return read


def _nanoseconds(name: str) -> Callable[[], int]:
    real = _real[name]

    def read() -> int:
        process = here()
        return real() if process is None else process.now_ns()

    read.__name__ = read.__qualname__ = name
    return read


def _steady_seconds(name: str) -> Callable[[], float]:
    real = _real[name]

    def read() -> float:
        process = here()
        return real() if process is None else process.steady_ns() / _SECOND

    read.__name__ = read.__qualname__ = name
    return read


def _steady_nanoseconds(name: str) -> Callable[[], int]:
    real = _real[name]

    def read() -> int:
        process = here()
        return real() if process is None else process.steady_ns()

    read.__name__ = read.__qualname__ = name
    return read


def sleep(seconds: float, /) -> None:
    process = here()
    if process is None:
        _real["sleep"](seconds)
        return
    if seconds != seconds:
        raise ValueError("Invalid value NaN (not a number)")
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    process.sleep(seconds)


def _of_moment(name: str, virtual: Callable[[float], Any]) -> Callable[..., Any]:
    """A function whose argument, seconds since the epoch, defaults to now; local time is UTC, as on AWS."""
    real = _real[name]

    def function(seconds: float | None = None, /) -> Any:
        process = here()
        if process is None:
            return real(seconds)
        return virtual(process.now_ns() / _SECOND if seconds is None else seconds)

    function.__name__ = function.__qualname__ = name
    return function


def strftime(form: str, moment: Any = None, /) -> str:
    process = here()
    if moment is None:
        moment = _real["localtime"]() if process is None else _real["gmtime"](process.now_ns() / _SECOND)
    return _real["strftime"](form, moment)  # type: ignore[no-any-return]


def asctime(moment: Any = None, /) -> str:
    process = here()
    if moment is None:
        moment = _real["localtime"]() if process is None else _real["gmtime"](process.now_ns() / _SECOND)
    return _real["asctime"](moment)  # type: ignore[no-any-return]


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "time": _seconds("time"),
    "time_ns": _nanoseconds("time_ns"),
    "monotonic": _steady_seconds("monotonic"),
    "monotonic_ns": _steady_nanoseconds("monotonic_ns"),
    "perf_counter": _steady_seconds("perf_counter"),
    "perf_counter_ns": _steady_nanoseconds("perf_counter_ns"),
    "sleep": sleep,
    "gmtime": _of_moment("gmtime", _real["gmtime"]),
    "localtime": _of_moment("localtime", _real["gmtime"]),
    "ctime": _of_moment("ctime", lambda seconds: _real["asctime"](_real["gmtime"](seconds))),
    "strftime": strftime,
    "asctime": asctime,
}

# Like built-in functions these do not become methods: `logging.Formatter.converter = time.gmtime` is common.
TIME: dict[str, Any] = {name: staticmethod(function) for name, function in _FUNCTIONS.items()}
"""Substitutes for names of the module ``time``."""


class _StandIn(type):
    """Makes a class answer for the real one: what is an instance or a subclass of that counts as one of this."""

    def __instancecheck__(cls, instance: object) -> bool:
        real = _REAL.get(cls)
        return type.__instancecheck__(cls, instance) if real is None else isinstance(instance, real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        real = _REAL.get(cls)
        return type.__subclasscheck__(cls, subclass) if real is None else issubclass(subclass, real)


class _VirtualDate(real_date, metaclass=_StandIn):
    def __new__(cls, *arguments: Any, **keywords: Any) -> Any:
        return real_date.__new__(real_date if cls in _REAL else cls, *arguments, **keywords)

    @classmethod
    def today(cls) -> Any:
        process = here()
        return cls.fromtimestamp(_real["time"]()) if process is None else cls.fromordinal(_now(process).toordinal())


class _VirtualDatetime(real_datetime, metaclass=_StandIn):
    """Its instances are real ``datetime.datetime`` objects; only the class reads the virtual clock."""

    def __new__(cls, *arguments: Any, **keywords: Any) -> Any:
        return real_datetime.__new__(real_datetime if cls in _REAL else cls, *arguments, **keywords)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        process = here()
        if process is None:
            return cls._like(real_datetime.now(tz))
        moment = _now(process)
        return cls._like(moment.replace(tzinfo=None) if tz is None else moment.astimezone(tz))

    @classmethod
    def today(cls) -> Any:
        return cls.now()

    @classmethod
    def utcnow(cls) -> Any:
        return cls.now(_utc).replace(tzinfo=None)

    @classmethod
    def fromtimestamp(cls, timestamp: float, tz: datetime.tzinfo | None = None) -> Any:
        if tz is None and here() is not None:
            return cls._like(real_datetime.fromtimestamp(timestamp, _utc).replace(tzinfo=None))
        return cls._like(real_datetime.fromtimestamp(timestamp, tz))

    @classmethod
    def _like(cls, moment: real_datetime) -> Any:
        """`moment` as an instance of the class it was asked of: a subclass gets its own."""
        if cls in _REAL:
            return moment
        return cls.combine(moment.date(), moment.timetz())


def _now(process: Any) -> real_datetime:
    return _EPOCH + datetime.timedelta(microseconds=process.now_ns() // 1_000)


_REAL: dict[type, type] = {_VirtualDatetime: real_datetime, _VirtualDate: real_date}
for _stand_in, _original in _REAL.items():
    _stand_in.__name__ = _stand_in.__qualname__ = _original.__name__
    _stand_in.__module__ = "datetime"

DATETIME: dict[str, Any] = {"datetime": _VirtualDatetime, "date": _VirtualDate}
"""Substitutes for names of the module ``datetime``."""


def _reduce(moment: Any) -> Any:
    """Pickles look classes up by name and would find the stand-in: it is what they must be given."""
    reduced = moment.__reduce_ex__(4)
    return (DATETIME[type(moment).__name__], *reduced[1:])


PICKLING: dict[Any, Callable[[Any], Any]] = {real_datetime: _reduce, real_date: _reduce}
"""Entries for ``copyreg.dispatch_table`` while the stand-ins are in place."""
