"""Behaviours §7: resource-based policies as they are kept; and tags."""

from __future__ import annotations

import json
from typing import Any

import pytest

INVALID = (400, "InvalidParameterValueException")
STALE = "The Revision Id provided does not match the latest Revision Id. "


def permission(sid: str = "s", principal: str = "s3.amazonaws.com", **more: Any) -> dict[str, Any]:
    return {
        "FunctionName": "hello",
        "StatementId": sid,
        "Action": "lambda:InvokeFunction",
        "Principal": principal,
        **more,
    }


@pytest.fixture
def hello(api: Any) -> Any:
    api.create(Publish=True)
    api("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
    return api


class TestPolicies:
    @pytest.mark.parametrize(
        ("given", "principal", "condition"),
        [
            ({"principal": "*"}, "*", None),
            ({"principal": "111111111111"}, {"AWS": "arn:aws:iam::111111111111:root"}, None),
            ({"principal": "arn:aws:iam::111111111111:user/u"}, {"AWS": "arn:aws:iam::111111111111:user/u"}, None),
            (
                {"SourceArn": "arn:aws:s3:::b", "SourceAccount": "111111111111"},
                {"Service": "s3.amazonaws.com"},
                {
                    "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"},
                    "StringEquals": {"AWS:SourceAccount": "111111111111"},
                },
            ),
            (
                {"principal": "*", "PrincipalOrgID": "o-1234567890"},
                "*",
                {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}},
            ),
            (
                {"principal": "*", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
                "*",
                {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
            ),
            (
                {"principal": "*", "InvokedViaFunctionUrl": True},
                "*",
                {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
            ),
            (
                {"principal": "alexa-appkit.amazon.com", "EventSourceToken": "t"},
                {"Service": "alexa-appkit.amazon.com"},
                {"StringEquals": {"lambda:EventSourceToken": "t"}},
            ),
        ],
    )
    def test_a_statement_says_what_the_request_said(
        self, hello: Any, given: dict[str, Any], principal: Any, condition: Any
    ) -> None:
        # WHEN a permission is added
        answer = hello("AddPermission", **permission(**given))
        # THEN the statement comes back as JSON
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
        statement = json.loads(answer["Statement"])
        expected = {
            "Sid": "s",
            "Effect": "Allow",
            "Principal": principal,
            "Action": given.get("Action", "lambda:InvokeFunction"),
            "Resource": hello.arn(),
        }
        assert statement == ({**expected, "Condition": condition} if condition else expected)
        # AND the policy has it
        policy = json.loads(hello("GetPolicy", FunctionName="hello")["Policy"])
        assert policy == {"Version": "2012-10-17", "Id": "default", "Statement": [statement]}

    def test_versions_and_aliases_have_their_own(self, hello: Any) -> None:
        for name in ("hello", "hello:1", "hello:prod"):
            hello("AddPermission", **permission() | {"FunctionName": name})
        (statement,) = json.loads(hello("GetPolicy", FunctionName="hello", Qualifier="prod")["Policy"])["Statement"]
        assert statement["Resource"] == hello.arn(qualifier="prod")

    def test_a_statement_id_is_taken_once(self, hello: Any) -> None:
        hello("AddPermission", **permission())
        assert hello.refuse("AddPermission", **permission(principal="*")) == (
            409,
            "ResourceConflictException",
            (
                "The statement id (s) provided already exists. "
                "Please provide a new statement id, or remove the existing statement."
            ),
        )

    def test_the_last_statement_takes_the_policy_along(self, hello: Any) -> None:
        for sid in "ab":
            hello("AddPermission", **permission(sid))
        removed = hello("RemovePermission", FunctionName="hello", StatementId="a")
        assert removed["ResponseMetadata"]["HTTPStatusCode"] == 204
        hello("RemovePermission", FunctionName="hello", StatementId="b")
        assert hello.refuse("GetPolicy", FunctionName="hello") == (
            404,
            "ResourceNotFoundException",
            "The resource you requested does not exist.",
        )

    def test_what_is_not_there(self, hello: Any) -> None:
        gone = (404, "ResourceNotFoundException")
        remove = {"FunctionName": "hello", "StatementId": "x"}
        no_policy = "No policy is associated with the given resource."
        assert hello.refuse("RemovePermission", **remove) == (*gone, no_policy)
        hello("AddPermission", **permission())
        no_statement = "Statement x is not found in resource policy."
        assert hello.refuse("RemovePermission", **remove) == (*gone, no_statement)
        nobody = hello.refuse("RemovePermission", FunctionName="nobody", StatementId="x")
        assert nobody == (*gone, f"No policy found for: {hello.arn('nobody')}")
        version = hello.refuse("AddPermission", **permission(Qualifier="9"))
        assert version == (*gone, f"Function not found: {hello.arn(qualifier='9')}")
        alias = hello.refuse("AddPermission", **permission(Qualifier="dev"))
        assert alias == (*gone, f"Cannot find alias arn: {hello.arn(qualifier='dev')}")
        assert hello.refuse("GetPolicy", FunctionName="nobody") == (*gone, f"Function not found: {hello.arn('nobody')}")

    def test_what_is_refused(self, hello: Any) -> None:
        latest = "We currently do not support adding policies for $LATEST."
        assert hello.refuse("AddPermission", **permission(Qualifier="$LATEST")) == (*INVALID, latest)
        principal = "The provided principal was invalid. Please check the principal and try again."
        assert hello.refuse("AddPermission", **permission(principal="somebody")) == (*INVALID, principal)
        url = "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action"
        assert hello.refuse("AddPermission", **permission(FunctionUrlAuthType="NONE")) == (*INVALID, url)
        assert hello.refuse("AddPermission", **permission("no spaces"))[1] == "ValidationException"
        assert hello.refuse("AddPermission", **permission(Action="s3:GetObject"))[1] == "ValidationException"

    def test_a_policy_has_a_limit(self, hello: Any) -> None:
        arn = "arn:aws:s3:::" + "b" * 4000
        for sid in "abcd":
            hello("AddPermission", **permission(sid, SourceArn=arn))
        status, code, message = hello.refuse("AddPermission", **permission("e", SourceArn=arn))
        assert (status, code) == (400, "PolicyLengthExceededException")
        assert message.startswith("The final policy size (2")
        assert message.endswith(") is bigger than the limit (20480).")

    def test_the_revision_is_that_of_the_version_or_alias(self, hello: Any) -> None:
        # GIVEN a policy on an alias
        stale = hello("GetAlias", FunctionName="hello", Name="prod")["RevisionId"]
        hello("AddPermission", **permission(Qualifier="prod", RevisionId=stale))
        current = hello("GetAlias", FunctionName="hello", Name="prod")["RevisionId"]
        assert current != stale
        assert hello("GetPolicy", FunctionName="hello:prod")["RevisionId"] == current
        # WHEN a revision of the past is given THEN nothing happens
        for operation, parameters in (
            ("AddPermission", permission("t", Qualifier="prod", RevisionId=stale)),
            ("RemovePermission", {"FunctionName": "hello:prod", "StatementId": "s", "RevisionId": stale}),
        ):
            status, code, message = hello.refuse(operation, **parameters)
            assert (status, code) == (412, "PreconditionFailedException")
            assert message.startswith(STALE)
        hello("RemovePermission", FunctionName="hello:prod", StatementId="s", RevisionId=current)


class TestTags:
    def test_add_change_remove_list(self, hello: Any) -> None:
        hello("TagResource", Resource=hello.arn(), Tags={"team": "blue", "cost": "1"})
        hello("TagResource", Resource=hello.arn(), Tags={"team": "red"})
        hello("UntagResource", Resource=hello.arn(), TagKeys=["cost", "never"])
        assert hello("ListTags", Resource=hello.arn())["Tags"] == {"team": "red"}
        assert hello("GetFunction", FunctionName="hello")["Tags"] == {"team": "red"}

    def test_letters_of_every_script_are_taken(self, hello: Any) -> None:
        hello("TagResource", Resource=hello.arn(), Tags={"Größe": "数 4/5 @+-=.:_"})
        assert hello("ListTags", Resource=hello.arn())["Tags"] == {"Größe": "数 4/5 @+-=.:_"}

    @pytest.mark.parametrize("tags", [{"a!": ""}, {"": "x"}, {"a": "v" * 257}, {"k" * 129: ""}])
    def test_tags_outside_the_model(self, hello: Any, tags: dict[str, str]) -> None:
        assert hello.refuse("TagResource", Resource=hello.arn(), Tags=tags)[1] == "ValidationException"

    def test_what_is_refused(self, hello: Any) -> None:
        assert hello.refuse("TagResource", Resource=hello.arn(), Tags={}) == (
            *INVALID,
            "An error occurred and the request cannot be processed.",
        )
        assert hello.refuse("UntagResource", Resource=hello.arn(), TagKeys=[]) == (
            400,
            "ValidationException",
            (
                "1 validation error detected: "
                "Value null at 'tagKeys' failed to satisfy constraint: Member must not be null"
            ),
        )
        assert hello.refuse("TagResource", Resource=hello.arn(qualifier="1"), Tags={"a": "b"}) == (
            *INVALID,
            (
                "Tagging operations are permitted on Lambda functions only. "
                "Tags on aliases and versions are not supported. "
                "Please specify either a function name or a function ARN."
            ),
        )
        assert hello.refuse("ListTags", Resource=hello.arn("nobody"))[0] == 404
        assert hello.refuse("ListTags", Resource="hello")[1] == "ValidationException"
        mapping = "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:11111111-1111-1111-1111-111111111111"
        assert hello.refuse("ListTags", Resource=mapping)[:2] == (404, "ResourceNotFoundException")
        signing = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-11111111111111111"
        assert hello.refuse("ListTags", Resource=signing)[1] == "NotEmulatedException"

    def test_fifty_are_enough(self, hello: Any) -> None:
        hello("TagResource", Resource=hello.arn(), Tags={f"t{number}": "" for number in range(50)})
        message = "Number of tags exceeds resource tag limit."
        assert hello.refuse("TagResource", Resource=hello.arn(), Tags={"one": "more"}) == (*INVALID, message)
        hello("TagResource", Resource=hello.arn(), Tags={"t0": "changed"})
