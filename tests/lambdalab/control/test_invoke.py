"""Behaviours §1: the HTTP side of an invocation."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from lambdalab.errors import TooManyRequestsException

EXPECTED = "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
NOT_JSON = "Could not parse request body into json: Could not parse payload into json: "


@pytest.fixture
def hello(api: Any) -> Any:
    api.create()
    return api


def test_a_synchronous_invocation_answers_200_with_payload_version_and_log(hello: Any) -> None:
    # GIVEN a function, WHEN it is invoked synchronously and the log is asked for
    answer = hello("Invoke", FunctionName="hello", Payload=b'{"a": 1}', LogType="Tail")
    # THEN status, payload, version, log and the invocation's own id come back
    assert (answer["StatusCode"], answer["Payload"].read()) == (200, b'{"a": 1}')
    assert answer["ExecutedVersion"] == "7"
    assert base64.b64decode(answer["LogResult"]) == b"START\nEND\n"
    assert answer["ResponseMetadata"]["RequestId"] == "an-invocation"
    assert "FunctionError" not in answer
    # AND the invoker got all of it
    (invocation,) = hello.invoker.invocations
    assert (invocation.function.name, invocation.qualifier, invocation.log_tail) == ("hello", None, True)


def test_a_function_error_is_a_200(hello: Any) -> None:
    hello.invoker.function_error = "Unhandled"
    answer = hello("Invoke", FunctionName="hello", Payload=b"{}")
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")


def test_event_answers_202_and_dry_run_204_both_empty(hello: Any) -> None:
    for invocation_type, status in (("Event", 202), ("DryRun", 204)):
        answer = hello("Invoke", FunctionName="hello", InvocationType=invocation_type, Payload=b"{}")
        assert (answer["StatusCode"], answer["Payload"].read()) == (status, b"")
        assert "ExecutedVersion" not in answer


def test_invocations_are_left_to_the_invocation_room_to_record(hello: Any) -> None:
    hello("Invoke", FunctionName="hello")
    assert [entry.operation for entry in hello.timeline] == ["CreateFunction"]


@pytest.mark.parametrize("named", ["hello", "{account}:function:hello", "{arn}", "function:hello"])
def test_a_function_is_named_by_name_partial_arn_or_arn(hello: Any, named: str) -> None:
    hello("Invoke", FunctionName=named.format(account=hello.account, arn=hello.arn()), Payload=b"{}")
    assert hello.invoker.invocations[-1].function.name == "hello"


def test_a_qualifier_comes_with_the_name_or_beside_it(hello: Any) -> None:
    # GIVEN a version and an alias
    hello("PublishVersion", FunctionName="hello")
    hello("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
    # WHEN they are invoked in every form
    hello("Invoke", FunctionName="hello:prod")
    hello("Invoke", FunctionName=hello.arn(qualifier="1"))
    hello("Invoke", FunctionName="hello", Qualifier="$LATEST")
    hello("Invoke", FunctionName="hello:prod", Qualifier="prod")
    # THEN the qualifier arrives
    assert [one.qualifier for one in hello.invoker.invocations] == ["prod", "1", "$LATEST", "prod"]
    # AND two that differ are refused
    assert hello.refuse("Invoke", FunctionName="hello:prod", Qualifier="1") == (
        400,
        "ValidationException",
        "The derived qualifier from the function name does not match the specified qualifier.",
    )


@pytest.mark.parametrize(
    ("named", "missing"),
    [("nobody", "nobody:$LATEST"), ("hello:9", "hello:9"), ("hello:x", "hello:x"), ("a.b", "a.b:$LATEST")],
)
def test_what_does_not_exist_is_a_404_that_names_the_qualified_arn(hello: Any, named: str, missing: str) -> None:
    assert hello.refuse("Invoke", FunctionName=named) == (
        404,
        "ResourceNotFoundException",
        f"Function not found: arn:aws:lambda:us-east-1:123456789012:function:{missing}",
    )


def test_another_region_is_out_of_reach(hello: Any) -> None:
    arn = hello.arn().replace("us-east-1", "eu-west-1")
    status, code, message = hello.refuse("GetFunction", FunctionName=arn)
    assert (status, code) == (404, "ResourceNotFoundException")
    assert message == "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"


def test_a_function_of_another_account_is_not_emulated(hello: Any) -> None:
    arn = hello.arn().replace(hello.account, "999999999999")
    status, code, message = hello.refuse("Invoke", FunctionName=arn)
    assert (status, code) == (501, "NotEmulatedException")
    assert "999999999999" in message


def test_an_empty_payload_is_an_empty_object(hello: Any) -> None:
    hello("Invoke", FunctionName="hello", Payload=b"")
    hello("Invoke", FunctionName="hello")
    assert [one.payload for one in hello.invoker.invocations] == [b"{}", b"{}"]


@pytest.mark.parametrize(
    "payload", [b'"a bare string"', b"[1, 2]", b"null", b" 1.5e3 ", b'{"x": "&Action=Foo"}', b'"&Action=Foo"']
)
def test_json_of_any_kind_is_an_event(hello: Any, payload: bytes) -> None:
    assert hello("Invoke", FunctionName="hello", Payload=payload)["Payload"].read() == payload


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"foo", f"Unrecognized token 'foo': {EXPECTED}"),
        (b'{"a":', "Unexpected end-of-input within/between Object entries"),
        (b'{"a": 1', "Unexpected end-of-input: expected close marker for Object"),
        (b"[1", "Unexpected end-of-input: expected close marker for Array"),
        (b"{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"),
        (b'{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value"),
        (b"[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries"),
        (b'"open', "Unexpected end-of-input: was expecting closing quote for a string value"),
        (b'"a\\x"', "Unrecognized character escape 'x' (code 120)"),
        (b"[1,]", f"Unexpected character (']' (code 93)): {EXPECTED}"),
        (b"01", "Invalid numeric value: Leading zeroes not allowed"),
        (b"  ", "No content to map due to end-of-input"),
        (b"\xb6", "Invalid UTF-8 start byte 0xb6"),
        (b'"\xc3(', "Invalid UTF-8 middle byte 0x28"),
        (b"&Action=Foo", f"Unexpected character ('&' (code 38)): {EXPECTED}"),
    ],
)
def test_a_body_that_is_not_json_is_refused_with_the_reason(hello: Any, payload: bytes, reason: str) -> None:
    # WHEN the payload is not JSON THEN the answer says where it breaks
    assert hello.refuse("Invoke", FunctionName="hello", Payload=payload) == (
        400,
        "InvalidRequestContentException",
        NOT_JSON + reason,
    )
    # AND nothing ran
    assert hello.invoker.invocations == []


@pytest.mark.parametrize("constant", [b"NaN", b"[Infinity]", b'{"a": -Infinity}'])
def test_numbers_json_does_not_know_are_refused(hello: Any, constant: bytes) -> None:
    status, code, message = hello.refuse("Invoke", FunctionName="hello", Payload=constant)
    assert (status, code) == (400, "InvalidRequestContentException")
    assert "Non-standard token" in message


def test_nesting_is_limited(hello: Any) -> None:
    # GIVEN arrays nested as deep as allowed, and one deeper
    for depth, accepted in ((1000, True), (1001, False), (100_000, False)):
        payload = b"[" * depth + b"]" * depth
        # WHEN they are sent THEN the parser's limit decides, not Python's recursion limit
        if accepted:
            assert hello("Invoke", FunctionName="hello", Payload=payload)["StatusCode"] == 200
        else:
            _, code, message = hello.refuse("Invoke", FunctionName="hello", Payload=payload)
            assert code == "InvalidRequestContentException"
            assert "Document nesting depth (1001) exceeds the maximum allowed (1000" in message


@pytest.mark.parametrize(("invocation_type", "limit"), [("RequestResponse", 6_291_456), ("Event", 1_048_576)])
def test_a_payload_may_be_as_large_as_the_limit_and_not_a_byte_larger(
    hello: Any, invocation_type: str, limit: int
) -> None:
    fits = b'"' + b"x" * (limit - 2) + b'"'
    hello("Invoke", FunctionName="hello", InvocationType=invocation_type, Payload=fits)
    assert hello.refuse("Invoke", FunctionName="hello", InvocationType=invocation_type, Payload=fits + b" ") == (
        413,
        "RequestTooLargeException",
        f"{limit + 1} byte payload is too large for the {invocation_type} invocation type (limit {limit} bytes)",
    )


def test_an_unknown_invocation_or_log_type_is_refused(hello: Any) -> None:
    status, code, message = hello.refuse("Invoke", FunctionName="hello", InvocationType="Async", LogType="All")
    assert (status, code) == (400, "ValidationException")
    assert message == (
        "2 validation errors detected: Value 'Async' at 'invocationType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [Event, RequestResponse, DryRun]; "
        "Value 'All' at 'logType' failed to satisfy constraint: Member must satisfy enum value set: [None, Tail]"
    )


def test_client_context_reaches_the_invoker_as_json_text(hello: Any) -> None:
    context = json.dumps({"custom": {"a": "ä"}})
    hello("Invoke", FunctionName="hello", ClientContext=base64.b64encode(context.encode()).decode())
    assert hello.invoker.invocations[0].client_context == context


@pytest.mark.parametrize(
    "context", ["no base64", base64.b64encode(b"no json").decode(), base64.b64encode(b"[]").decode()]
)
def test_client_context_must_be_a_base64_encoded_object(hello: Any, context: str) -> None:
    assert hello.refuse("Invoke", FunctionName="hello", ClientContext=context) == (
        400,
        "InvalidRequestContentException",
        "Client context must be a valid Base64-encoded JSON object.",
    )


def test_client_context_has_a_limit(hello: Any) -> None:
    def context(size: int) -> str:
        return base64.b64encode(b'{"a": "' + b"x" * (size * 3 // 4 - 9) + b'"}').decode()

    hello("Invoke", FunctionName="hello", ClientContext=context(3580))
    status, code, _ = hello.refuse("Invoke", FunctionName="hello", ClientContext=context(3588))
    assert (status, code) == (400, "InvalidRequestContentException")


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "application/json; charset=utf-8", "application/octet-stream"]
)
def test_json_and_untyped_bodies_are_taken(hello: Any, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert hello.send("POST", "/2015-03-31/functions/hello/invocations", "", headers, b"{}").status == 200


def test_other_content_types_are_not(hello: Any) -> None:
    answer = hello.send("POST", "/2015-03-31/functions/hello/invocations", "", {"Content-Type": "text/plain"}, b"{}")
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (415, "UnsupportedMediaTypeException")


@pytest.mark.parametrize("parameter", ["TenantId", "DurableExecutionName"])
def test_what_is_not_emulated_says_so(hello: Any, parameter: str) -> None:
    status, code, message = hello.refuse("Invoke", FunctionName="hello", **{parameter: "x"})
    assert (status, code) == (501, "NotEmulatedException")
    assert parameter in message


def test_a_throttle_keeps_its_reason_and_retry_after(hello: Any) -> None:
    # GIVEN an invoker that throttles
    hello.invoker.failure = TooManyRequestsException(
        "Rate Exceeded.", Reason="ReservedFunctionConcurrentInvocationLimitExceeded", retryAfterSeconds="1"
    )
    # WHEN the function is invoked THEN boto3 shows code, reason and header
    assert hello.refuse("Invoke", FunctionName="hello") == (429, "TooManyRequestsException", "Rate Exceeded.")
    assert hello.error["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert hello.error["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"


def test_the_legacy_operation_queues_an_event(hello: Any) -> None:
    answer = hello("InvokeAsync", FunctionName="hello", InvokeArgs=b'{"a": 1}')
    assert answer["Status"] == 202
    assert [(one.invocation_type, one.payload) for one in hello.invoker.invocations] == [("Event", b'{"a": 1}')]


def test_the_legacy_operation_has_a_smaller_limit(hello: Any) -> None:
    status, code, _ = hello.refuse("InvokeAsync", FunctionName="hello", InvokeArgs=b'"' + b"x" * 262_143 + b'"')
    assert (status, code) == (413, "RequestTooLargeException")
