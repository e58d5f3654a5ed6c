"""JSON in and out of a handler, to the letter of AWS's Python runtime.

That runtime encodes with ``simplejson``, whose ways differ from the standard library's: named tuples become
objects, bytes become strings, a ``Decimal`` keeps its digits. From Python 3.12 on it leaves non-ASCII
characters as they are.
"""

from __future__ import annotations

import decimal
import json
import re
import sys
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

from lambdalab.runtime.python_runtime.fault import RuntimeFault

__all__ = ["Marshaller"]

_DEPTH_MAX = 1_000
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_ASCII_RUNTIMES = frozenset({"python3.8", "python3.9", "python3.10", "python3.11"})


class Marshaller:
    """Encodes results and decodes events.

    Parameters
    ----------
    runtime
        The configured runtime, such as ``python3.12``.
    """

    def __init__(self, runtime: str) -> None:
        self._string = encode_basestring_ascii if runtime in _ASCII_RUNTIMES else encode_basestring

    def event(self, payload: bytes) -> Any:
        """The event from a payload.

        Raises
        ------
        RuntimeFault
            ``Runtime.UnmarshalError``.
        """
        try:
            if sys.platform == "emscripten":
                _check_depth(payload)
            return json.loads(payload)
        except Exception as error:
            raise RuntimeFault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error

    def response(self, result: Any) -> str | bytes:
        """The payload for what a handler returned. Bytes are passed on untouched.

        Raises
        ------
        RuntimeFault
            ``Runtime.MarshalError``.
        """
        if isinstance(result, bytes):
            return result
        try:
            return self.encode(result)
        except Exception as error:
            raise RuntimeFault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error

    def encode(self, value: Any) -> str:
        """The JSON text of a value."""
        scalar = self._scalar(value)
        if scalar is not None:
            return scalar
        parts: list[str] = []
        self._write(value, parts, set())
        return "".join(parts)

    def _write(self, value: Any, parts: list[str], around: set[int]) -> None:
        """Append the text of a value that holds others; ``around`` are those it is inside of."""
        if id(value) in around:
            raise ValueError("Circular reference detected")
        around.add(id(value))
        members = _named_tuple_fields(value)
        if members is not None:
            self._write_object(members, parts, around)
        elif isinstance(value, (list, tuple)):
            self._write_array(value, parts, around)
        elif isinstance(value, dict):
            self._write_object(value, parts, around)
        elif isinstance(value, decimal.Decimal):
            parts.append("NaN" if value.is_nan() else str(value))
        else:
            raise TypeError(f"Object of type {value.__class__.__name__} is not JSON serializable")
        around.discard(id(value))

    def _write_array(self, items: list[Any] | tuple[Any, ...], parts: list[str], around: set[int]) -> None:
        parts.append("[")
        for position, item in enumerate(items):
            if position:
                parts.append(", ")
            scalar = self._scalar(item)
            if scalar is None:
                self._write(item, parts, around)
            else:
                parts.append(scalar)
        parts.append("]")

    def _write_object(self, members: dict[Any, Any], parts: list[str], around: set[int]) -> None:
        separator = "{"
        for key, value in members.items():
            parts.append(f"{separator}{self._string(_key(key))}: ")
            separator = ", "
            scalar = self._scalar(value)
            if scalar is None:
                self._write(value, parts, around)
            else:
                parts.append(scalar)
        parts.append("}" if members else "{}")

    def _scalar(self, value: Any) -> str | None:
        """The text of a value that holds no others, None for one that does."""
        if isinstance(value, str):
            return self._string(value)
        if value is None:
            return "null"
        if value is True:
            return "true"
        if value is False:
            return "false"
        if isinstance(value, int):
            return int.__repr__(value)
        if isinstance(value, float):
            return _float(value)
        if isinstance(value, bytes):
            return self._string(str(value, "utf-8"))
        return None


def _check_depth(payload: bytes) -> None:
    """In the browser the decoder runs out of stack, and takes the interpreter along, before Python notices."""
    if payload.count(b"[") + payload.count(b"{") <= _DEPTH_MAX:
        return
    depth = 0
    for character in _STRING.sub(b"", payload):
        if character in b"[{":
            depth += 1
            if depth > _DEPTH_MAX:
                raise RecursionError("maximum recursion depth exceeded while decoding a JSON document")
        elif character in b"]}":
            depth -= 1


def _named_tuple_fields(value: Any) -> dict[Any, Any] | None:
    method = getattr(value, "_asdict", None)
    if not callable(method):
        return None
    try:
        members = method()
    except TypeError:  # a class, not an instance
        return None
    if not isinstance(members, dict):
        raise TypeError(f"_asdict() must return a dict, not {type(members).__name__}")
    return members


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bytes):
        return str(key, "utf-8")
    if isinstance(key, float):
        return _float(key)
    if key is True:
        return "true"
    if key is False:
        return "false"
    if key is None:
        return "null"
    if isinstance(key, int):
        return int.__repr__(key)
    raise TypeError(f"keys must be str, int, float, bool or None, not {key.__class__.__name__}")


def _float(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return float.__repr__(value)
