"""Short forms of request and environment identifiers, still telling them apart."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["shortened"]

_LEAST = 4


def shortened(identifiers: Iterable[str]) -> dict[str, str]:
    """Each identifier's beginning, all of one length and long enough to differ.

    Examples
    --------
    >>> shortened(["3f2a77c0-01", "90bb1e44-07"])
    {'3f2a77c0-01': '3f2a…', '90bb1e44-07': '90bb…'}
    """
    distinct = sorted(set(identifiers))
    length, longest = _LEAST, max(map(len, distinct), default=0)
    while length < longest and len({name[:length] for name in distinct}) < len(distinct):
        length += 1
    return {name: name if len(name) <= length + 1 else f"{name[:length]}…" for name in distinct}
