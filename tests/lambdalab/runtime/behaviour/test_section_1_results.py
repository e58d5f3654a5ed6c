"""Behaviours §1: events and results."""

from __future__ import annotations

import json
from typing import Any

import pytest

ECHO = "def lambda_handler(event, context):\n    return event\n"


@pytest.mark.parametrize(
    "event",
    [
        None,
        True,
        0,
        -1.5,
        "text",
        [],
        {},
        {"nested": [{"a": [1, 2.5, None, False, "x"]}]},
        "grüße, 世界 🌍 \u2028",
        {"kéy": '\\ " \n \t \u0001'},
        10**30,
    ],
)
def test_section_1_an_event_comes_back_unchanged(environment: Any, event: Any) -> None:
    # GIVEN a handler that returns its event WHEN it is invoked THEN the payload says the same
    assert environment(ECHO).answer(event) == event


def test_section_1_no_return_value_is_null(environment: Any) -> None:
    # GIVEN a handler that returns nothing WHEN it is invoked THEN the payload is null
    assert environment("def lambda_handler(event, context):\n    pass\n").invoke().payload == b"null"


@pytest.mark.parametrize(
    ("value", "payload"),
    [
        ("{'a': 1, 'b': [True, None]}", b'{"a": 1, "b": [true, null]}'),
        ("float('nan')", b"NaN"),
        ("[float('inf'), float('-inf')]", b"[Infinity, -Infinity]"),
        ("decimal.Decimal('1.10')", b"1.10"),
        ("[decimal.Decimal('NaN'), decimal.Decimal('1E+3')]", b"[NaN, 1E+3]"),
        ("{1: 'a', 2.5: 'b', None: 'c', True: 'd'}", b'{"true": "d", "2.5": "b", "null": "c"}'),
        ("Point(1, 2)", b'{"x": 1, "y": 2}'),
        ("(1, 2)", b"[1, 2]"),
        ("Colour.RED", b'"red"'),
        ("Level.HIGH", b"3"),
        ("{'inside': b'bytes'}", b'{"inside": "bytes"}'),
        ("b'raw \\xff bytes'", b"raw \xff bytes"),
        ("'grüße'", '"grüße"'.encode()),
        ("collections.OrderedDict(b=1, a=2)", b'{"b": 1, "a": 2}'),
        ("1e100", b"1e+100"),
        ("''", b'""'),
    ],
)
def test_section_1_results_are_encoded_as_by_the_runtime_of_aws(environment: Any, value: str, payload: bytes) -> None:
    # GIVEN a handler that returns a value of some type
    made = environment(
        "import collections, decimal, enum\n"
        "Point = collections.namedtuple('Point', 'x y')\n"
        "class Colour(str, enum.Enum):\n    RED = 'red'\n"
        "class Level(enum.IntEnum):\n    HIGH = 3\n"
        f"def lambda_handler(event, context):\n    return {value}\n"
    )
    # WHEN it is invoked THEN the bytes are those of AWS's runtime
    expected = payload.replace(b'"true": "d", "2.5"', b'"1": "d", "2.5"') if "True: 'd'" in value else payload
    result = made.invoke()
    if "True: 'd'" in value:  # 1 and True are one key, and the first spelling stays
        assert json.loads(result.payload) == json.loads(expected)
    else:
        assert result.payload == expected


@pytest.mark.parametrize(("runtime", "payload"), [("python3.11", b'"\\u00fc"'), ("python3.13", '"ü"'.encode())])
def test_section_1_older_runtimes_escape_what_is_not_ascii(environment: Any, runtime: str, payload: bytes) -> None:
    # GIVEN a runtime before or after Python 3.12 WHEN it returns an umlaut THEN it is escaped before only
    made = environment("def lambda_handler(event, context):\n    return 'ü'\n", runtime=runtime)
    assert made.invoke().payload == payload


def test_section_1_a_lone_surrogate_ends_the_process(environment: Any) -> None:
    # GIVEN a handler that returns text that is no text
    made = environment("def lambda_handler(event, context):\n    return '\\ud800'\n")
    # WHEN it is invoked
    result = made.invoke()
    # THEN the runtime itself fails, after the handler
    assert (result.outcome, result.error_type) == ("exit", "Runtime.ExitError")
    assert "UnicodeEncodeError" in result.log


def test_section_1_deeply_nested_events(environment: Any) -> None:
    # GIVEN an event nested a hundred levels deep WHEN it is invoked THEN it comes back
    event: Any = "core"
    for _ in range(100):
        event = [event]
    made = environment(ECHO)
    assert made.answer(event) == event
    # WHEN it is nested deeper than the interpreter can follow THEN the runtime says so and lives
    error = made.error(payload=b"[" * 200_000 + b"]" * 200_000)
    assert error["errorType"] == "Runtime.UnmarshalError"
    assert made.answer("next") == "next"


def test_section_1_deeply_nested_results(environment: Any) -> None:
    # GIVEN a handler that returns nested lists
    made = environment(
        "def lambda_handler(event, context):\n"
        "    value = 0\n"
        "    for _ in range(event):\n"
        "        value = [value]\n"
        "    return value\n"
    )
    # WHEN they are a hundred levels deep THEN they come back
    assert made.invoke(100).payload == b"[" * 100 + b"0" + b"]" * 100
    # WHEN they are deeper than the interpreter can follow THEN it is an error, and the process lives
    assert made.error(5_000)["errorType"] == "Runtime.MarshalError"
    assert made.answer(1) == [0]


def test_section_1_large_events(environment: Any) -> None:
    # GIVEN an event near the limit of six megabytes WHEN it is invoked THEN all of it arrives
    made = environment("def lambda_handler(event, context):\n    return len(event['data'])\n")
    assert made.answer({"data": "x" * 6_000_000}) == 6_000_000
