"""Durations and instants in words: ``212 ms``, ``59.8 s``, ``1 min 0.2 s``, ``t+5 h 59 min``."""

from __future__ import annotations

from lambdalab.clock import MILLISECOND, MINUTE, SECOND

__all__ = ["in_words", "roughly", "since_start"]

_HOUR = 60 * MINUTE
_DAY = 24 * _HOUR


def in_words(duration_ns: int) -> str:
    """A duration in at most two units, rounded to what a reader can use.

    Parameters
    ----------
    duration_ns
        Nanoseconds, not negative.
    """
    if duration_ns < MILLISECOND // 20:
        return "0 s" if duration_ns == 0 else "under 0.1 ms"
    if duration_ns < 10 * MILLISECOND:
        return f"{_decimal(duration_ns, MILLISECOND, 10)} ms"
    if _rounded(duration_ns, MILLISECOND) < SECOND:
        return f"{_rounded(duration_ns, MILLISECOND) // MILLISECOND} ms"
    if _rounded(duration_ns, SECOND // 100) < 10 * SECOND:
        return f"{_decimal(duration_ns, SECOND, 100)} s"
    tenths = _rounded(duration_ns, SECOND // 10)
    if tenths < MINUTE:
        return f"{_decimal(tenths, SECOND, 10)} s"
    if tenths < _HOUR:
        return _two(tenths, MINUTE, "min", SECOND, "s", 10)
    seconds = _rounded(duration_ns, SECOND)
    if seconds < _DAY:
        minutes, rest = divmod(seconds % _HOUR, MINUTE)
        if minutes == 0 and rest:
            return _two(seconds, _HOUR, "h", SECOND, "s", 1)
        return _two(_rounded(duration_ns, MINUTE), _HOUR, "h", MINUTE, "min", 1)
    return _two(_rounded(duration_ns, _HOUR), _DAY, "d", _HOUR, "h", 1)


def since_start(instant_ns: int, start_ns: int) -> str:
    """An instant as seen from the start of the record: ``t+1 min 0.2 s``."""
    if instant_ns < start_ns:
        return f"t−{in_words(start_ns - instant_ns)}"
    if instant_ns == start_ns:
        return "t+0"
    return f"t+{in_words(instant_ns - start_ns)}"


def roughly(duration_ns: int) -> str:
    """A duration in one unit where that is right within a hundredth: ``2 min`` for 119.8 s."""
    for unit in (_DAY, _HOUR, MINUTE, SECOND):
        whole = _rounded(duration_ns, unit)
        if whole and abs(whole - duration_ns) * 100 <= duration_ns:
            return in_words(whole)
    return in_words(_rounded(duration_ns, SECOND)) if duration_ns >= MINUTE else in_words(duration_ns)


def _rounded(value: int, step: int) -> int:
    return (value + step // 2) // step * step


def _decimal(value: int, unit: int, parts: int) -> str:
    whole, part = divmod(_rounded(value, unit // parts), unit)
    digits = f"{part * parts // unit:0{len(str(parts)) - 1}d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def _two(value: int, large: int, large_name: str, small: int, small_name: str, parts: int) -> str:
    whole, rest = divmod(value, large)
    if rest == 0:
        return f"{whole} {large_name}"
    return f"{whole} {large_name} {_decimal(rest, small, parts) if parts > 1 else rest // small} {small_name}"
