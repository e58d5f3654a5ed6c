"""Routing, parsing, validation and serialisation, derived from botocore's model."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdalab.control import HttpRequest
from lambdalab.control.json_text import DEPTH_LIMIT, JsonTextError, check_json
from lambdalab.control.operations import OPERATIONS
from lambdalab.control.service_model import LambdaServiceModel
from lambdalab.control.service_model.serialisation import serialise
from lambdalab.errors import EngineFault, ValidationException
from lambdalab.functions.identifier import FunctionIdentifier

MODEL = LambdaServiceModel()


def test_the_list_of_operations_is_the_model_s() -> None:
    # GIVEN the list that says what is emulated and the model of the installed botocore
    # THEN neither names an operation the other lacks
    assert set(OPERATIONS) >= set(MODEL.operations)
    assert len(OPERATIONS) == 91
    assert sum(listing.reason is None for listing in OPERATIONS.values()) == 44


@pytest.mark.parametrize("name", sorted(MODEL.operations))
def test_every_operation_is_found_by_its_address(api: Any, name: str) -> None:
    # GIVEN the address of an operation with its parameters filled in
    operation = MODEL.operations[name]
    path = "/" + "/".join(segment or "x%2Fy%3Az" for segment in operation.segments)
    query = "=".join(operation.discriminator) if operation.discriminator else ""
    # WHEN it is looked up THEN it is this operation, with the segments as they were sent
    found, segments = MODEL.route(HttpRequest(operation.method, path, query, {}))
    assert found is operation
    assert segments == path.strip("/").split("/")
    # AND what is not emulated says so; everything else answers
    answer = api.send(operation.method, path, query)
    reason = OPERATIONS[name].reason
    if reason is not None:
        assert (answer.status, json.loads(answer.body)["message"]) == (
            501,
            f"{name}: lambdalab does not emulate {reason}",
        )
    else:
        assert answer.status in (200, 400, 404)
        assert "x-amzn-RequestId" in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("PATCH", "/2015-03-31/functions"),
        ("GET", "/2015-03-31/functions/a/b/c/d"),
        ("POST", "/1999-01-01/x"),
    ],
)
def test_an_address_that_is_none(api: Any, method: str, path: str) -> None:
    answer = api.send(method, path)
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (404, "UnknownOperationException")


def test_a_trailing_slash_is_the_same_address(api: Any) -> None:
    assert api.send("GET", "/2015-03-31/functions/").status == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_cannot_be_read(api: Any, body: bytes) -> None:
    answer = api.send("POST", "/2015-03-31/functions", "", {}, body)
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (400, "SerializationException")
    assert json.loads(answer.body)["Type"] == "User"


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("MemorySize", "128", "STRING_VALUE can not be converted to an Integer"),
        ("MemorySize", True, "TRUE_VALUE can not be converted to an Integer"),
        ("Publish", 1, "NUMBER_VALUE can not be converted to a Boolean"),
        ("Role", [], "START_ARRAY can not be converted to a String"),
        ("Layers", {}, "START_OBJECT can not be converted to a List"),
        ("Environment", "x", "STRING_VALUE can not be converted to a Structure"),
        ("Tags", [], "START_ARRAY can not be converted to a Map"),
        ("Code", {"ZipFile": "not base64!"}, "Invalid Base64"),
    ],
)
def test_a_value_of_the_wrong_type_cannot_be_read(api: Any, parameter: str, value: Any, message: str) -> None:
    answer = api.send("POST", "/2015-03-31/functions", "", {}, json.dumps({parameter: value}).encode())
    assert (answer.status, json.loads(answer.body)["message"]) == (400, message)


def test_a_parameter_of_the_future_is_not_dropped_in_silence(api: Any) -> None:
    body = json.dumps({"FunctionName": "hello", "Teleport": True}).encode()
    answer = api.send("POST", "/2015-03-31/functions", "", {}, body)
    assert answer.status == 501
    assert "Teleport" in json.loads(answer.body)["message"]


@pytest.mark.parametrize("text", ["x", "1.5", ""])
def test_a_query_parameter_of_the_wrong_type_cannot_be_read(api: Any, text: str) -> None:
    answer = api.send("GET", "/2015-03-31/functions", f"MaxItems={text}")
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (400, "SerializationException")


def test_all_violations_come_in_one_message(api: Any) -> None:
    assert api.refuse("CreateAlias", FunctionName="a b", Name="7") == (
        400,
        "ValidationException",
        (
            "3 validation errors detected: "
            "Value null at 'functionVersion' failed to satisfy constraint: Member must not be null; "
            "Value 'a b' at 'functionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: "
            r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
            r"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?; "
            "Value '7' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: "
            "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"
        ),
    )


def test_structures_in_lists_are_named_by_number(api: Any) -> None:
    _, _, message = api.refuse(
        "CreateFunction",
        FunctionName="hello",
        Role=api.role,
        Code={},
        FileSystemConfigs=[{"Arn": "arn", "LocalMountPath": "/tmp"}],
    )
    assert "at 'fileSystemConfigs.1.member.arn' failed to satisfy constraint" in message
    assert "Value '/tmp' at 'fileSystemConfigs.1.member.localMountPath' failed to satisfy constraint" in message


def test_a_result_outside_the_model_is_a_fault_of_the_engine() -> None:
    operation = MODEL.operations["GetAlias"]
    with pytest.raises(EngineFault, match="Colour"):
        serialise(operation, {"Colour": "red"}, "id")


NAMES = st.from_regex(r"[a-zA-Z0-9-_]{1,64}", fullmatch=True)
QUALIFIERS = st.none() | st.just("$LATEST") | st.from_regex(r"[a-zA-Z0-9-_]{1,20}", fullmatch=True)
ACCOUNTS = st.from_regex(r"[0-9]{12}", fullmatch=True)
REGIONS = st.sampled_from(["us-east-1", "eu-central-1", "us-gov-west-1", "ap-southeast-4"])


@settings(deadline=None)
@given(name=NAMES, qualifier=QUALIFIERS, account=ACCOUNTS, region=REGIONS, form=st.integers(0, 3))
def test_property_an_identifier_in_every_form_is_the_same_function(
    name: str, qualifier: str | None, account: str, region: str, form: int
) -> None:
    # GIVEN a function named in one of the API's forms
    prefix = ["", "function:", f"{account}:function:", f"arn:aws:lambda:{region}:{account}:function:"][form]
    text = f"{prefix}{name}" + (f":{qualifier}" if qualifier else "")
    # WHEN it is read by a caller of that account and Region
    identifier = FunctionIdentifier.parse(text, account, region)
    # THEN all parts come out, and its ARN reads back to itself
    if form or not (name == "function" and qualifier):  # "function:x" is the partial form of x
        assert (identifier.name, identifier.qualifier) == (name, qualifier)
    assert FunctionIdentifier.parse(identifier.qualified_arn, "0" * 12, "xx-none-1") == identifier


@settings(deadline=None)
@given(text=st.text(max_size=40))
def test_property_reading_an_identifier_either_works_or_says_why(text: str) -> None:
    refusal = ""
    try:
        name = FunctionIdentifier.parse(text, "123456789012", "us-east-1").name
    except ValidationException as error:
        name, refusal = "", error.message
    assert (name and name in text) or f"Value '{text}' at 'functionName'" in refusal


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(document=JSON, space=st.sampled_from(["", " ", "\n\t"]))
def test_property_all_json_is_taken(document: Any, space: str) -> None:
    text = space + json.dumps(document, ensure_ascii=False, indent=1 if space else None) + space
    if not any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        check_json(text.encode())


@settings(max_examples=150, deadline=None)
@given(
    document=JSON, cut=st.integers(0, 200), junk=st.sampled_from(["", "}", ",", "x", '"', "\\", "\x01", "1", "[", ":"])
)
def test_property_what_python_refuses_is_refused_with_a_reason(document: Any, cut: int, junk: str) -> None:
    # GIVEN a document that was damaged somewhere
    whole = json.dumps(document)
    text = whole[:cut] + junk + whole[cut + 1 :]
    try:
        json.loads(text, parse_constant=lambda name: json.loads("x"))
    except ValueError:
        # WHEN it is no JSON any more THEN the slow scanner agrees, and says why
        with pytest.raises(JsonTextError, match=r"\w"):
            check_json(text.encode())
    else:
        check_json(text.encode())


def test_nesting_up_to_the_limit_is_json() -> None:
    nested = b'{"a":' * DEPTH_LIMIT + b"1" + b"}" * DEPTH_LIMIT
    check_json(nested)
    with pytest.raises(JsonTextError, match="nesting depth"):
        check_json(b"[" + nested + b"]")
