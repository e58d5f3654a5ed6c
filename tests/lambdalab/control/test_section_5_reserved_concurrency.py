"""Behaviours §5: reserved concurrency, and the account it is taken from."""

from __future__ import annotations

from typing import Any

import pytest

INVALID = (400, "InvalidParameterValueException")


def test_a_reservation_is_kept_shown_and_given_back(api: Any) -> None:
    api.create()
    # GIVEN none, nothing is shown
    assert "ReservedConcurrentExecutions" not in api("GetFunctionConcurrency", FunctionName="hello")
    assert "Concurrency" not in api("GetFunction", FunctionName="hello")
    # WHEN one is made, even of nothing, THEN it is shown
    for reserved in (7, 0):
        put = api("PutFunctionConcurrency", FunctionName=api.arn(), ReservedConcurrentExecutions=reserved)
        assert put["ReservedConcurrentExecutions"] == reserved
        shown = api("GetFunctionConcurrency", FunctionName="hello")
        assert shown["ReservedConcurrentExecutions"] == reserved
        assert api("GetFunction", FunctionName="hello")["Concurrency"] == {"ReservedConcurrentExecutions": reserved}
    # AND it can be given back
    api("DeleteFunctionConcurrency", FunctionName="hello")
    assert "ReservedConcurrentExecutions" not in api("GetFunctionConcurrency", FunctionName="hello")


def test_a_hundred_must_remain_unreserved(api: Any) -> None:
    # GIVEN an account with 1,000
    api.create("one")
    api.create("two")
    refusal = (
        *INVALID,
        (
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            "below its minimum value of [100]."
        ),
    )
    # WHEN one function takes 900 THEN nothing is left for another
    assert api.refuse("PutFunctionConcurrency", FunctionName="one", ReservedConcurrentExecutions=901) == refusal
    api("PutFunctionConcurrency", FunctionName="one", ReservedConcurrentExecutions=900)
    assert api.refuse("PutFunctionConcurrency", FunctionName="two", ReservedConcurrentExecutions=1) == refusal
    api("PutFunctionConcurrency", FunctionName="two", ReservedConcurrentExecutions=0)
    # AND a function's own reservation does not count against itself
    api("PutFunctionConcurrency", FunctionName="one", ReservedConcurrentExecutions=890)
    api("PutFunctionConcurrency", FunctionName="two", ReservedConcurrentExecutions=10)
    # AND the account shows it
    limit = api("GetAccountSettings")["AccountLimit"]
    assert (limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]) == (1000, 100)


@pytest.mark.parametrize("operation", ["PutFunctionConcurrency", "DeleteFunctionConcurrency"])
def test_it_belongs_to_the_function_not_to_a_version(api: Any, operation: str) -> None:
    api.create(Publish=True)
    parameters = {"ReservedConcurrentExecutions": 1} if operation.startswith("Put") else {}
    assert api.refuse(operation, FunctionName="hello:1", **parameters) == (
        *INVALID,
        (
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
            "Please specify either a function name or an unqualified function ARN."
        ),
    )
    assert api.refuse(operation, FunctionName="nobody", **parameters) == (
        404,
        "ResourceNotFoundException",
        f"Function not found: {api.arn('nobody', '$LATEST')}",
    )


def test_a_negative_reservation_is_none(api: Any) -> None:
    api.create()
    assert api.refuse("PutFunctionConcurrency", FunctionName="hello", ReservedConcurrentExecutions=-1) == (
        400,
        "ValidationException",
        (
            "1 validation error detected: Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: "
            "Member must have value greater than or equal to 0"
        ),
    )


def test_the_account_counts_functions_and_code(api: Any) -> None:
    # GIVEN a function with a version, and a layer
    api.create(Publish=True)
    layer = api.zip_of({"python/shared.py": "x = 1\n"})
    api("PublishLayerVersion", LayerName="shared", Content={"ZipFile": layer})
    # WHEN the account is looked at
    answer = api("GetAccountSettings")
    # THEN it counts what is kept against what may be
    assert answer["AccountUsage"] == {"TotalCodeSize": 2 * len(api.package) + len(layer), "FunctionCount": 1}
    assert answer["AccountLimit"] == {
        "TotalCodeSize": 300 * 1024**3,
        "CodeSizeUnzipped": 262_144_000,
        "CodeSizeZipped": 52_428_800,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 1000,
    }


def test_recursion_is_terminated_unless_allowed(api: Any) -> None:
    api.create()
    assert api("GetFunctionRecursionConfig", FunctionName="hello")["RecursiveLoop"] == "Terminate"
    assert api("PutFunctionRecursionConfig", FunctionName="hello", RecursiveLoop="Allow")["RecursiveLoop"] == "Allow"
    assert api("GetFunctionRecursionConfig", FunctionName="hello")["RecursiveLoop"] == "Allow"
    assert (
        api.refuse("PutFunctionRecursionConfig", FunctionName="hello", RecursiveLoop="Maybe")[1]
        == "ValidationException"
    )
    assert api.refuse("GetFunctionRecursionConfig", FunctionName="nobody")[0] == 404
