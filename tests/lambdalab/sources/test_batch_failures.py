"""Behaviours §4.2: what an answer with ReportBatchItemFailures means, whatever it looks like."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalab.sources.batch_failures import failed_items

BATCH = ["a", "b", "c"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=3)
    | st.sampled_from(BATCH),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["batchItemFailures", "itemIdentifier", "id"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def failed(answer: Any) -> set[str]:
    return set(failed_items(json.dumps(answer).encode(), BATCH))


def item(identifier: Any) -> dict[str, Any]:
    return {"itemIdentifier": identifier}


@pytest.mark.parametrize("answer", [b"", b"  \n", b"null", b"{}", b"[]", b'""'])
def test_an_empty_or_null_answer_is_success(answer: bytes) -> None:
    assert failed_items(answer, BATCH) == frozenset()


@pytest.mark.parametrize(
    "answer",
    [
        {"batchItemFailures": []},
        {"batchItemFailures": None},
        {"statusCode": 200},
        {"BatchItemFailures": [item("a")]},
    ],
)
def test_no_list_or_an_empty_one_is_success(answer: Any) -> None:
    assert failed(answer) == set()


def test_what_is_listed_failed() -> None:
    assert failed({"batchItemFailures": [item("b")]}) == {"b"}
    assert failed({"batchItemFailures": [item("b"), item("c"), item("b")]}) == {"b", "c"}
    assert failed({"batchItemFailures": [{**item("a"), "reason": "late"}], "more": 1}) == {"a"}


@pytest.mark.parametrize("answer", [b"{", b"done", b"{'batchItemFailures': []}", b"\xff\xfe\xfa", b"[" * 100_000])
def test_not_json_is_failure_of_everything(answer: bytes) -> None:
    assert failed_items(answer, BATCH) == set(BATCH)


@pytest.mark.parametrize("answer", ["done", 0, 1.5, True, False, ["a"], [item("a")]])
def test_another_value_than_an_object_is_failure_of_everything(answer: Any) -> None:
    assert failed(answer) == set(BATCH)


@pytest.mark.parametrize("failures", [{}, item("a"), "", "a", 0, False, True])
def test_another_value_than_a_list_is_failure_of_everything(failures: Any) -> None:
    assert failed({"batchItemFailures": failures}) == set(BATCH)


@pytest.mark.parametrize(
    "wrong",
    [
        item(""),
        item(None),
        item("unknown"),
        item(1),
        item(["a"]),
        item(item("a")),
        {"ItemIdentifier": "a"},
        {"id": "a"},
        {},
        "a",
        None,
        ["a"],
    ],
)
def test_one_wrong_item_is_failure_of_everything(wrong: Any) -> None:
    assert failed({"batchItemFailures": [wrong]}) == set(BATCH)
    assert failed({"batchItemFailures": [item("a"), wrong]}) == set(BATCH)


@given(JSON, st.booleans())
def test_property_never_more_than_the_batch(answer: Any, wrapped: bool) -> None:
    found = failed({"batchItemFailures": answer} if wrapped else answer)
    assert found <= set(BATCH)


@given(st.lists(st.sampled_from(BATCH), max_size=5))
def test_property_a_proper_list_is_taken_at_its_word(listed: list[str]) -> None:
    assert failed({"batchItemFailures": [item(one) for one in listed]}) == set(listed)
