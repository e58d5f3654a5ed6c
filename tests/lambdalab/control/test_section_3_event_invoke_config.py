"""Behaviours §3, settings: retries, event age and destinations of a qualifier."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

INVALID = (400, "InvalidParameterValueException")
QUEUE = "arn:aws:sqs:us-east-1:123456789012:failed"
TOPIC = "arn:aws:sns:us-east-1:123456789012:done"


def destinations(success: str | None = None, failure: str | None = None) -> dict[str, Any]:
    config = {}
    if success is not None:
        config["OnSuccess"] = {"Destination": success}
    if failure is not None:
        config["OnFailure"] = {"Destination": failure}
    return {"DestinationConfig": config}


@pytest.fixture
def hello(api: Any) -> Any:
    api.create(Publish=True)
    api("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
    return api


def test_put_sets_everything_and_forgets_the_rest(hello: Any) -> None:
    # GIVEN settings with everything
    put = hello(
        "PutFunctionEventInvokeConfig",
        FunctionName="hello",
        MaximumRetryAttempts=0,
        MaximumEventAgeInSeconds=60,
        **destinations(TOPIC, QUEUE),
    )
    assert put["FunctionArn"] == hello.arn(qualifier="$LATEST")
    assert (put["MaximumRetryAttempts"], put["MaximumEventAgeInSeconds"]) == (0, 60)
    assert put["DestinationConfig"] == {"OnSuccess": {"Destination": TOPIC}, "OnFailure": {"Destination": QUEUE}}
    assert put["LastModified"] == datetime.datetime(2026, 1, 1, 0, 0, 0, 3000, datetime.UTC)
    # WHEN they are put again with one of them THEN the others are gone
    put = hello("PutFunctionEventInvokeConfig", FunctionName="hello", MaximumRetryAttempts=1)
    assert "MaximumEventAgeInSeconds" not in put
    assert put["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}


def test_update_keeps_what_it_does_not_name(hello: Any) -> None:
    hello("PutFunctionEventInvokeConfig", FunctionName="hello", MaximumRetryAttempts=0, **destinations(failure=QUEUE))
    hello("UpdateFunctionEventInvokeConfig", FunctionName="hello", MaximumEventAgeInSeconds=120)
    got = hello("GetFunctionEventInvokeConfig", FunctionName="hello")
    assert (got["MaximumRetryAttempts"], got["MaximumEventAgeInSeconds"]) == (0, 120)
    assert got["DestinationConfig"]["OnFailure"] == {"Destination": QUEUE}


def test_an_empty_destination_takes_it_off(hello: Any) -> None:
    hello("PutFunctionEventInvokeConfig", FunctionName="hello", **destinations(failure=QUEUE))
    got = hello("UpdateFunctionEventInvokeConfig", FunctionName="hello", **destinations(failure=""))
    assert got["DestinationConfig"]["OnFailure"] == {}


def test_every_qualifier_has_its_own(hello: Any) -> None:
    for number, qualifier in enumerate(("$LATEST", "1", "prod")):
        hello("PutFunctionEventInvokeConfig", FunctionName=f"hello:{qualifier}", MaximumRetryAttempts=number)
    configs = hello("ListFunctionEventInvokeConfigs", FunctionName="hello")["FunctionEventInvokeConfigs"]
    assert [(c["FunctionArn"].rpartition(":")[2], c["MaximumRetryAttempts"]) for c in configs] == [
        ("$LATEST", 0),
        ("1", 1),
        ("prod", 2),
    ]
    hello("DeleteFunctionEventInvokeConfig", FunctionName="hello", Qualifier="1")
    page = hello("ListFunctionEventInvokeConfigs", FunctionName="hello", MaxItems=1)
    rest = hello("ListFunctionEventInvokeConfigs", FunctionName="hello", Marker=page["NextMarker"])
    assert [c["MaximumRetryAttempts"] for c in rest["FunctionEventInvokeConfigs"]] == [2]


@pytest.mark.parametrize("operation", ["PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig"])
def test_something_must_be_set(hello: Any, operation: str) -> None:
    message = "You must specify at least one of error handling or destination setting."
    assert hello.refuse(operation, FunctionName="hello") == (*INVALID, message)


@pytest.mark.parametrize(
    ("setting", "path", "demand"),
    [
        ({"MaximumRetryAttempts": 3}, "maximumRetryAttempts", "less than or equal to 2"),
        ({"MaximumRetryAttempts": -1}, "maximumRetryAttempts", "greater than or equal to 0"),
        ({"MaximumEventAgeInSeconds": 59}, "maximumEventAgeInSeconds", "greater than or equal to 60"),
        ({"MaximumEventAgeInSeconds": 21_601}, "maximumEventAgeInSeconds", "less than or equal to 21600"),
    ],
)
def test_limits(hello: Any, setting: dict[str, int], path: str, demand: str) -> None:
    (value,) = setting.values()
    assert hello.refuse("PutFunctionEventInvokeConfig", FunctionName="hello", **setting) == (
        400,
        "ValidationException",
        (
            f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: "
            f"Member must have value {demand}"
        ),
    )


def test_functions_and_qualifiers_that_are_not_there(hello: Any) -> None:
    missing = (404, "ResourceNotFoundException", "The function doesn't exist.")
    for name in ("nobody", "hello:9", "hello:dev"):
        assert hello.refuse("PutFunctionEventInvokeConfig", FunctionName=name, MaximumRetryAttempts=1) == missing
    assert hello.refuse("ListFunctionEventInvokeConfigs", FunctionName="nobody") == missing


@pytest.mark.parametrize("operation", ["Get", "Delete", "Update"])
def test_settings_that_are_not_there(hello: Any, operation: str) -> None:
    setting = {"MaximumRetryAttempts": 1} if operation == "Update" else {}
    for name, qualifier in (("hello", "$LATEST"), ("hello:prod", "prod")):
        assert hello.refuse(f"{operation}FunctionEventInvokeConfig", FunctionName=name, **setting) == (
            404,
            "ResourceNotFoundException",
            f"The function {hello.arn(qualifier=qualifier)} doesn't have an EventInvokeConfig",
        )


class TestDestinations:
    @pytest.mark.parametrize(
        "arn",
        [
            QUEUE,
            TOPIC,
            "arn:aws:events:us-east-1:123456789012:event-bus/default",
            "arn:aws:lambda:us-east-1:123456789012:function:other",
            "arn:aws:lambda:us-east-1:123456789012:function:other:$LATEST",
        ],
    )
    def test_four_services_take_both(self, hello: Any, arn: str) -> None:
        hello.create("other")
        put = hello("PutFunctionEventInvokeConfig", FunctionName="hello", **destinations(arn, arn))
        assert put["DestinationConfig"] == {"OnSuccess": {"Destination": arn}, "OnFailure": {"Destination": arn}}

    def test_s3_takes_failures_only(self, hello: Any) -> None:
        bucket = "arn:aws:s3:::failed"
        hello("PutFunctionEventInvokeConfig", FunctionName="hello", **destinations(failure=bucket))
        assert hello.refuse("PutFunctionEventInvokeConfig", FunctionName="hello", **destinations(success=bucket)) == (
            *INVALID,
            (
                "The provided destination config "
                "DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:s3:::failed), onFailure=null) is invalid."
            ),
        )

    @pytest.mark.parametrize(
        "arn", [f"{QUEUE}.fifo", f"{TOPIC}.fifo", "arn:aws:dynamodb:us-east-1:123456789012:table/t"]
    )
    def test_others_and_fifo_take_none(self, hello: Any, arn: str) -> None:
        assert hello.refuse("PutFunctionEventInvokeConfig", FunctionName="hello", **destinations(failure=arn)) == (
            *INVALID,
            (
                "The provided destination config "
                f"DestinationConfig(onSuccess=null, onFailure=OnFailure(destination={arn})) is invalid."
            ),
        )

    def test_a_function_is_no_destination_for_itself(self, hello: Any) -> None:
        message = "You can't specify the function as a destination for itself."
        for arn in (hello.arn(), hello.arn(qualifier="prod")):
            error = hello.refuse("PutFunctionEventInvokeConfig", FunctionName="hello", **destinations(success=arn))
            assert error == (*INVALID, message)

    def test_a_function_that_is_not_there(self, hello: Any) -> None:
        arn = hello.arn("nobody")
        error = hello.refuse("PutFunctionEventInvokeConfig", FunctionName="hello", **destinations(failure=arn))
        assert error == (*INVALID, f"The destination ARN {arn} is invalid.")

    def test_what_is_no_arn(self, hello: Any) -> None:
        error = hello.refuse("PutFunctionEventInvokeConfig", FunctionName="hello", **destinations(failure="queue"))
        assert error[:2] == (400, "ValidationException")
        assert "Value 'queue' at 'destinationConfig.onFailure.destination' failed" in error[2]

    def test_a_kafka_topic_is_not_emulated(self, hello: Any) -> None:
        error = hello.refuse("PutFunctionEventInvokeConfig", FunctionName="hello", **destinations(failure="kafka://t"))
        assert error[:2] == (501, "NotEmulatedException")

    def test_the_role_must_be_allowed_to_deliver(self, hello: Any) -> None:
        hello.roles.forbidden = {"sqs:SendMessage"}
        message = f"The function's execution role does not have permissions to call SendMessage on {QUEUE}"
        error = hello.refuse("PutFunctionEventInvokeConfig", FunctionName="hello", **destinations(failure=QUEUE))
        assert error == (*INVALID, message)
        assert hello.refuse("GetFunctionEventInvokeConfig", FunctionName="hello")[0] == 404
