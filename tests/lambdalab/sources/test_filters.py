"""Behaviours §4.1: filter patterns, operator by operator."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalab.sources.filters import DATA_KEYS, FilterPatternError, Filters

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.text("abAB", max_size=2)


def matches(leaf: Any, record: Any) -> bool:
    """Whether the field ``f`` of a JSON body matches `leaf`."""
    return passes({"body": {"f": leaf}}, record)


def passes(pattern: Any, record: Any) -> bool:
    body = record if isinstance(record, str) else json.dumps(record)
    return Filters([json.dumps(pattern)], "sqs").accept({}, body)


@pytest.mark.parametrize(
    ("leaf", "yes", "no"),
    [
        ([None], [None], ["", 0, False, "null", {}]),
        ([""], [""], [None, " ", 0]),
        (["a"], ["a"], ["A", "ab", "", None, ["b"]]),
        (["a", "b"], ["a", "b"], ["c"]),
        ([True], [True], [False, 1, "true", None]),
        ([False], [False], [True, 0, "", None]),
        ([{"equals-ignore-case": "Ab"}], ["ab", "AB"], ["abc", "", None, 5]),
        ([{"prefix": "ab"}], ["ab", "abc"], ["cab", "AB", None, 5]),
        ([{"prefix": {"equals-ignore-case": "ab"}}], ["ABc", "ab"], ["cab"]),
        ([{"suffix": ".png"}], ["a.png", ".png"], ["png", "a.PNG", None]),
        ([{"suffix": {"equals-ignore-case": ".png"}}], ["a.PNG"], ["png"]),
        ([{"anything-but": "a"}], ["b", "", None, 5, True], ["a"]),
        ([{"anything-but": ["a", "b"]}], ["c", 1], ["a", "b"]),
        ([{"anything-but": 300}], [301, "300", None], [300]),
        ([{"anything-but": [1, 2]}], [3, "1"], [1, 2]),
        ([{"anything-but": {"prefix": "ab"}}], ["ba", 5], ["ab", "abc"]),
        ([{"anything-but": {"prefix": ["ab", "c"]}}], ["ba"], ["ab", "c"]),
        ([{"anything-but": {"suffix": "ab"}}], ["ba"], ["cab"]),
        ([{"anything-but": {"equals-ignore-case": ["ab", "c"]}}], ["b"], ["AB", "C"]),
        ([{"numeric": ["=", 5]}], [5, 5.0], [6, "5", None, True]),
        ([{"numeric": ["<", 5]}], [4.9, -1], [5, "4"]),
        ([{"numeric": ["<=", 5]}], [5], [5.1]),
        ([{"numeric": [">", 5]}], [5.1], [5]),
        ([{"numeric": [">=", 5]}], [5], [4.9]),
        ([{"numeric": [">", 0, "<=", 5]}], [0.1, 5], [0, 5.1]),
        ([{"exists": True}], ["a", "", None, 0, False, ["a"]], [{"g": 1}, [], [{"g": 1}]]),
        ([{"exists": False}], [{"g": 1}, []], ["a", "", None, 0]),
        ([{"prefix": "a"}, {"numeric": ["<", 0]}, None], ["ab", -1, None], ["b", 1]),
    ],
)
def test_operators(leaf: Any, yes: list[Any], no: list[Any]) -> None:
    for value in yes:
        assert matches(leaf, {"f": value}), value
    for value in no:
        assert not matches(leaf, {"f": value}), value


@pytest.mark.parametrize(
    "leaf",
    [
        [None], [""], ["a"], [{"prefix": "a"}], [{"suffix": "a"}], [{"equals-ignore-case": "a"}],
        [{"anything-but": "a"}], [{"numeric": ["<", 5]}], [{"exists": True}],
    ],
)  # fmt: skip
def test_a_missing_field_matches_nothing_but_its_absence(leaf: Any) -> None:
    assert not matches(leaf, {"g": "a"})
    assert matches([*leaf, {"exists": False}], {"g": "a"})


def test_numbers_are_compared_as_they_are_written() -> None:
    # WHEN the pattern says 300 THEN only 300 will do, until numeric compares values
    assert passes({"body": {"f": [300]}}, '{"f": 300}')
    assert not passes({"body": {"f": [300]}}, '{"f": 300.0}')
    assert not passes({"body": {"f": [300]}}, '{"f": 3e2}')
    assert not passes({"body": {"f": [300]}}, '{"f": "300"}')
    assert not passes({"body": {"f": ["300"]}}, '{"f": 300}')
    assert passes({"body": {"f": [{"numeric": ["=", 300]}]}}, '{"f": 3e2}')
    assert passes({"body": {"f": [{"anything-but": 300}]}}, '{"f": 300.0}')


def test_of_a_list_in_the_record_any_element_will_do() -> None:
    assert matches(["b"], {"f": ["a", "b"]})
    assert not matches(["c"], {"f": ["a", "b"]})
    assert matches([{"anything-but": "a"}], {"f": ["a", "b"]})
    assert matches({"g": [1]}, {"f": [{"g": 0}, {"g": 1}]})
    assert not matches({"g": [1]}, {"f": [{"g": 0}, 1]})


def test_fields_are_all_needed_and_patterns_are_alternatives() -> None:
    both = {"body": {"f": ["a"], "g": {"h": ["b"]}}}
    assert passes(both, {"f": "a", "g": {"h": "b"}})
    assert not passes(both, {"f": "a", "g": {"h": "c"}})
    assert not passes(both, {"f": "a", "g": "b"})
    several = Filters(['{"body": {"f": ["a"]}}', '{"body": {"g": ["b"]}}'], "sqs")
    assert several.accept({}, '{"g": "b"}')
    assert not several.accept({}, '{"g": "a"}')


def test_absence_below_something_that_is_no_object() -> None:
    absent = {"g": [{"exists": False}]}
    for value in ({}, {"h": 1}, 5, [], None):
        assert matches(absent, {"f": value}), value
    assert matches(absent, {})
    assert not matches(absent, {"f": {"g": 1}})


def test_or() -> None:
    pattern = {"body": {"e": [1], "$or": [{"f": ["a"]}, {"g": [{"numeric": [">", 5]}], "h": ["b"]}]}}
    assert passes(pattern, {"e": 1, "f": "a"})
    assert passes(pattern, {"e": 1, "g": 6, "h": "b"})
    assert not passes(pattern, {"e": 1, "g": 6})
    assert not passes(pattern, {"e": 2, "f": "a"})


@pytest.mark.parametrize(
    "leaf",
    [
        "a", 5, None, [], {}, [["a"]], [{}], [{"wildcard": "a*"}], [{"cidr": "10.0.0.0/8"}],
        [{"prefix": "a", "suffix": "b"}], [{"prefix": 5}], [{"prefix": ["a"]}], [{"suffix": None}],
        [{"prefix": {"suffix": "a"}}], [{"equals-ignore-case": 5}], [{"equals-ignore-case": ["a"]}],
        [{"exists": "true"}], [{"exists": 1}],
        [{"anything-but": []}], [{"anything-but": None}], [{"anything-but": True}], [{"anything-but": ["a", 1]}],
        [{"anything-but": [None]}], [{"anything-but": {}}], [{"anything-but": {"numeric": ["=", 1]}}],
        [{"anything-but": {"prefix": []}}], [{"anything-but": {"prefix": 5}}],
        [{"anything-but": {"prefix": "a", "suffix": "b"}}],
        [{"numeric": 5}], [{"numeric": []}], [{"numeric": ["="]}], [{"numeric": ["=", "5"]}], [{"numeric": ["!=", 5]}],
        [{"numeric": [5, "="]}], [{"numeric": ["<", 5, ">", 0]}], [{"numeric": ["=", 5, "<", 6]}],
        [{"numeric": [">", 5, "<", 5]}], [{"numeric": [">", 5, "<", 1]}], [{"numeric": [">", 0, "<", 5, "="]}],
    ],
)  # fmt: skip
def test_patterns_that_are_refused(leaf: Any) -> None:
    with pytest.raises(FilterPatternError):
        matches(leaf, {"f": "a"})


@pytest.mark.parametrize(
    "pattern",
    [
        "", "{", "null", "[]", "5", "{}", '{"body": {}}', '{"body": "a"}', '{"body": [NaN]}', '{"body": []}',
        '{"body": {"$or": []}}', '{"body": {"$or": [{"f": ["a"]}]}}', '{"body": {"$or": [{"f": ["a"]}, "b"]}}',
        '{"a": ' * 700 + "[1]" + "}" * 700, "[" * 4000,
    ],
)  # fmt: skip
def test_texts_that_are_refused(pattern: str) -> None:
    with pytest.raises(FilterPatternError):
        Filters([pattern], "sqs")


def test_without_patterns_everything_passes() -> None:
    assert not Filters([], "sqs")
    assert Filters([], "sqs").accept({}, "anything")


def test_another_form_than_the_patterns_is_dropped() -> None:
    # GIVEN a pattern for plain text and one for JSON
    text, document = {"body": [{"prefix": "order"}]}, {"body": {"f": ["a"]}}
    # THEN each passes its own form only
    assert passes(text, "order 5")
    assert not passes(text, "offer 5")
    assert not passes(text, '{"f": "order"}')
    assert passes(document, '{"f": "a"}')
    assert not passes(document, "plain")
    assert not passes(document, '["a"]')
    # AND together they pass both
    both = Filters(map(json.dumps, (text, document)), "sqs")
    assert both.accept({}, "order")
    assert both.accept({}, '{"f": "a"}')


def test_without_a_pattern_for_the_data_only_metadata_counts() -> None:
    only = Filters(['{"attributes": {"SenderId": ["me"]}}'], "sqs")
    for body in ("plain", '{"f": 1}', None):
        assert only.accept({"attributes": {"SenderId": "me"}}, body)
        assert not only.accept({"attributes": {"SenderId": "you"}}, body)
    both = Filters(['{"messageId": ["1"], "body": {"f": ["a"]}}'], "sqs")
    assert both.accept({"messageId": "1"}, '{"f": "a"}')
    assert not both.accept({"messageId": "2"}, '{"f": "a"}')
    assert not both.accept({"messageId": "1"}, '{"f": "b"}')


def test_where_each_source_keeps_its_data() -> None:
    assert (DATA_KEYS["sqs"], DATA_KEYS["kinesis"], DATA_KEYS["kafka"], DATA_KEYS["mq"]) == (
        "body",
        "data",
        "value",
        "data",
    )
    # Kinesis: bytes, decoded from Base64
    stream = Filters(['{"partitionKey": ["k"], "data": {"f": ["ä"]}}'], "kinesis")
    assert stream.accept({"partitionKey": "k"}, '{"f": "ä"}'.encode())
    assert not stream.accept({"partitionKey": "other"}, '{"f": "ä"}'.encode())
    for junk in (b"\xff\x00", b"plain", b"", b"[" * 100_000):
        assert not stream.accept({"partitionKey": "k"}, junk)
    with pytest.raises(FilterPatternError):
        Filters(['{"data": ["plain"]}'], "kinesis")
    # DynamoDB: the record itself
    table = Filters(['{"eventName": ["INSERT"], "dynamodb": {"Keys": {"Id": {"N": ["101"]}}}}'], "dynamodb")
    record = {"eventName": "INSERT", "dynamodb": {"Keys": {"Id": {"N": "101"}}}}
    assert table.accept(record)
    assert not table.accept({**record, "eventName": "REMOVE"})


@given(SCALARS, SCALARS)
def test_property_equality_and_anything_but_are_opposites(wanted: Any, found: Any) -> None:
    same = type(wanted) is type(found) and wanted == found
    assert matches([wanted], {"f": found}) == same
    if isinstance(wanted, str) or (isinstance(wanted, int) and not isinstance(wanted, bool)):
        assert matches([{"anything-but": wanted}], {"f": found}) != same


@given(st.lists(st.sampled_from(["a", "b", {"prefix": "ab"}, None, {"exists": False}]), min_size=1), SCALARS)
def test_property_a_list_of_values_is_an_or(leaf: list[Any], found: Any) -> None:
    assert matches(leaf, {"f": found}) == any(matches([one], {"f": found}) for one in leaf)
