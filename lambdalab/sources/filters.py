"""Filter criteria: which records reach the function (behaviours §4.1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lambdalab.sources.mapping import SourceKind

__all__ = ["DATA_KEYS", "FilterPatternError", "Filters"]

DATA_KEYS: dict[SourceKind, str | None] = {
    "sqs": "body",
    "kinesis": "data",
    "dynamodb": None,  # the record's ``dynamodb`` is an object already
    "kafka": "value",
    "self-managed kafka": "value",
    "mq": "data",
    "documentdb": None,
}
"""Where each source keeps what the producer wrote, to be read as JSON when a pattern looks into it."""
_TEXT_PATTERNS = ("sqs", "kafka", "self-managed kafka", "mq")

Test = Callable[[Any], bool]
_ABSENT: Any = object()


class FilterPatternError(ValueError):
    """A pattern that AWS refuses as ``Invalid filter pattern definition.``"""


class _Number(str):
    """A number as it is written: 300 and 300.0 differ."""

    __slots__ = ()


def _parse(text: str | bytes) -> Any:
    return json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _is_number(value: Any) -> bool:
    return isinstance(value, _Number) or (isinstance(value, int | float) and not isinstance(value, bool))


def _same(expected: Any, actual: Any) -> bool:
    if _is_number(expected):
        return _is_number(actual) and str(actual) == str(expected)
    if isinstance(expected, str):
        return isinstance(actual, str) and not isinstance(actual, _Number) and actual == expected
    return actual is expected  # true, false, null


def _text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, _Number)


class Filters:
    """Patterns; a record that any of them matches passes.

    A record whose data has another form than the pattern (plain text, JSON object) does not match. Kafka, Amazon MQ
    and DocumentDB are not polled: their patterns are only checked.

    Parameters
    ----------
    patterns
        JSON texts.
    kind
        The source, which decides where the data is.

    Raises
    ------
    FilterPatternError
        A pattern is not valid.
    """

    def __init__(self, patterns: Iterable[str], kind: SourceKind) -> None:
        self._data_key = DATA_KEYS[kind]
        self._patterns = [self._compile(pattern, kind) for pattern in patterns]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def accept(self, metadata: Mapping[str, Any], data: str | bytes | None = None) -> bool:
        """Whether the function is to see a record.

        Parameters
        ----------
        metadata
            The record's fields as patterns name them, without the data.
        data
            What the producer wrote, decoded from Base64 where the source encodes it.
        """
        if not self._patterns:
            return True
        parsed = _ABSENT
        for metadata_test, data_test, wants_json in self._patterns:
            if not metadata_test(metadata):
                continue
            if data_test is None:
                return True
            if parsed is _ABSENT:
                parsed = _parsed(data)
            is_object = isinstance(parsed, dict)
            if wants_json != is_object:
                continue
            if data_test(parsed if is_object else _as_text(data)):
                return True
        return False

    def _compile(self, pattern: str, kind: SourceKind) -> tuple[Test, Test | None, bool]:
        try:
            return self._compiled(_parse(pattern), pattern, kind)
        except (ValueError, RecursionError):
            raise FilterPatternError(pattern) from None

    def _compiled(self, document: Any, pattern: str, kind: SourceKind) -> tuple[Test, Test | None, bool]:
        if not isinstance(document, dict) or not document:
            raise FilterPatternError(pattern)
        data_pattern = document.pop(self._data_key, _ABSENT) if self._data_key else _ABSENT
        metadata_test = _object_test(document) if document else lambda record: True
        if data_pattern is _ABSENT:
            return metadata_test, None, False
        if isinstance(data_pattern, dict):
            return metadata_test, _object_test(data_pattern), True
        if kind not in _TEXT_PATTERNS:
            raise FilterPatternError(pattern)
        return metadata_test, _leaf_test(data_pattern), False


def _parsed(data: str | bytes | None) -> Any:
    try:
        return _parse(data) if data is not None else None
    except (ValueError, RecursionError):
        return None


def _as_text(data: str | bytes | None) -> str:
    return data.decode(errors="replace") if isinstance(data, bytes) else data or ""


def _object_test(pattern: Any) -> Test:
    """All fields must match."""
    if not isinstance(pattern, dict) or not pattern:
        raise FilterPatternError(repr(pattern))
    tests: list[tuple[str, Test]] = []
    alternatives: list[list[Test]] = []
    for key, wanted in pattern.items():
        if key == "$or" and isinstance(wanted, list):
            if len(wanted) < 2:
                raise FilterPatternError("$or")
            alternatives.append([_object_test(one) for one in wanted])
        elif isinstance(wanted, dict):
            tests.append((key, _nested_test(wanted)))
        else:
            tests.append((key, _leaf_test(wanted)))

    def test(record: Any) -> bool:
        if not isinstance(record, Mapping):
            return False
        return all(one(record.get(key, _ABSENT)) for key, one in tests) and all(
            any(one(record) for one in several) for several in alternatives
        )

    return test


def _nested_test(pattern: dict[str, Any]) -> Test:
    inner = _object_test(pattern)

    def test(value: Any) -> bool:
        if isinstance(value, list) and value:
            return any(inner(one) for one in value)
        return inner(value if isinstance(value, Mapping) else {})

    return test


def _leaf_test(wanted: Any) -> Test:
    """Any value of the list must match; of a list in the record, any element."""
    if not isinstance(wanted, list) or not wanted:
        raise FilterPatternError(repr(wanted))
    tests = [_value_test(one) for one in wanted]
    presence = [one for one in wanted if isinstance(one, dict) and "exists" in one]

    def test(value: Any) -> bool:
        if presence and any(_present(value) is one["exists"] for one in presence):
            return True
        values = value if isinstance(value, list) else [value]
        return any(one(single) for single in values for one in tests)

    return test


def _present(value: Any) -> bool:
    """Whether there is a leaf: an object is none, an empty list holds none."""
    if isinstance(value, list):
        return any(map(_present, value))
    return value is not _ABSENT and not isinstance(value, Mapping)


def _value_test(wanted: Any) -> Test:
    if isinstance(wanted, list):
        raise FilterPatternError(repr(wanted))
    if not isinstance(wanted, dict):
        return lambda value: _same(wanted, value)
    if len(wanted) != 1:
        raise FilterPatternError(repr(wanted))
    ((operator, operand),) = wanted.items()
    make = _OPERATORS.get(operator)
    if make is None:
        raise FilterPatternError(operator)
    return make(operand)


def _prefix(operand: Any) -> Test:
    if isinstance(operand, dict) and operand.keys() == {"equals-ignore-case"}:
        start = _string(operand["equals-ignore-case"]).casefold()
        return lambda value: _text(value) and value.casefold().startswith(start)
    exact = _string(operand)
    return lambda value: _text(value) and value.startswith(exact)


def _suffix(operand: Any) -> Test:
    if isinstance(operand, dict) and operand.keys() == {"equals-ignore-case"}:
        end = _string(operand["equals-ignore-case"]).casefold()
        return lambda value: _text(value) and value.casefold().endswith(end)
    exact = _string(operand)
    return lambda value: _text(value) and value.endswith(exact)


def _ignore_case(operand: Any) -> Test:
    wanted = _string(operand).casefold()
    return lambda value: _text(value) and value.casefold() == wanted


def _exists(operand: Any) -> Test:
    if not isinstance(operand, bool):
        raise FilterPatternError("exists")
    return lambda value: False  # decided on the field as a whole


def _anything_but(operand: Any) -> Test:
    if isinstance(operand, dict):
        if len(operand) != 1 or not operand.keys() <= {"prefix", "suffix", "equals-ignore-case"}:
            raise FilterPatternError("anything-but")
        ((operator, inner),) = operand.items()
        listed = inner if isinstance(inner, list) else [inner]
        if not listed:
            raise FilterPatternError("anything-but")
        excluded = [_OPERATORS[operator](_string(one)) for one in listed]
    else:
        listed = operand if isinstance(operand, list) else [operand]
        if not listed or not (all(map(_text, listed)) or all(map(_is_number, listed))):
            raise FilterPatternError("anything-but")
        excluded = [_value_test(one) for one in listed]
    return lambda value: value is not _ABSENT and not isinstance(value, Mapping) and not any(t(value) for t in excluded)


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


def _numeric(operand: Any) -> Test:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        raise FilterPatternError("numeric")
    signs, bounds = operand[::2], operand[1::2]
    if not all(_text(sign) and sign in _COMPARISONS for sign in signs) or not all(map(_is_number, bounds)):
        raise FilterPatternError("numeric")
    if len(signs) == 2 and not (signs[0] in (">", ">=") and signs[1] in ("<", "<=")):
        raise FilterPatternError("numeric")
    limits = [float(bound) for bound in bounds]
    if len(limits) == 2 and limits[0] >= limits[1]:
        raise FilterPatternError("numeric")
    rules = [(_COMPARISONS[sign], limit) for sign, limit in zip(signs, limits, strict=True)]
    return lambda value: _is_number(value) and all(compare(float(value), limit) for compare, limit in rules)


def _string(operand: Any) -> str:
    if not _text(operand):
        raise FilterPatternError(repr(operand))
    return str(operand)


_OPERATORS: dict[str, Callable[[Any], Test]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _ignore_case,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
}
