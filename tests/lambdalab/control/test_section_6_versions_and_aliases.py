"""Behaviours §6: versions, aliases, revisions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdalab.timeline import AliasRouted

INVALID = (400, "InvalidParameterValueException")


@pytest.fixture
def hello(api: Any) -> Any:
    """A function with versions 1 and 2."""
    api.create(Publish=True)
    change(api, 2)
    api("PublishVersion", FunctionName="hello")
    return api


def change(api: Any, number: int) -> None:
    """Give ``$LATEST`` code nothing else has."""
    package = api.zip_of({"lambda_function.py": f"x = {number}\n"})
    api("UpdateFunctionCode", FunctionName="hello", ZipFile=package)


def revision(api: Any, qualifier: str = "$LATEST") -> str:
    answer: str = api("GetFunctionConfiguration", FunctionName="hello", Qualifier=qualifier)["RevisionId"]
    return answer


class TestVersions:
    def test_publishing_snapshots_latest_under_the_next_number(self, api: Any) -> None:
        api.create(Description="mine")
        answer = api("PublishVersion", FunctionName="hello", Description="first")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
        assert (answer["Version"], answer["Description"]) == ("1", "first")
        assert answer["FunctionArn"] == api.arn(qualifier="1")
        # AND $LATEST keeps its own description
        assert api("GetFunctionConfiguration", FunctionName="hello")["Description"] == "mine"

    def test_a_version_does_not_follow_latest(self, hello: Any) -> None:
        before = hello("GetFunctionConfiguration", FunctionName="hello", Qualifier="1")
        hello("UpdateFunctionConfiguration", FunctionName="hello", Timeout=77)
        change(hello, 3)
        after = hello("GetFunctionConfiguration", FunctionName="hello", Qualifier="1")
        del before["ResponseMetadata"], after["ResponseMetadata"]
        assert before == after

    def test_nothing_new_publishes_nothing(self, hello: Any) -> None:
        # GIVEN a published version
        number, first = "2", revision(hello, "2")
        latest = revision(hello)
        # WHEN it is published again, with another description even
        again = hello("PublishVersion", FunctionName="hello", Description="again")
        # THEN the same version comes back, still with 201, and no revision changes
        assert again["ResponseMetadata"]["HTTPStatusCode"] == 201
        assert (again["Version"], again["RevisionId"], again["Description"]) == (number, first, "")
        assert revision(hello) == latest

    def test_reserved_concurrency_is_no_change(self, hello: Any) -> None:
        hello("PutFunctionConcurrency", FunctionName="hello", ReservedConcurrentExecutions=5)
        assert hello("PublishVersion", FunctionName="hello")["Version"] == "2"

    @pytest.mark.parametrize(
        "setting",
        [
            {"Timeout": 4},
            {"MemorySize": 256},
            {"Handler": "other.handler"},
            {"Runtime": "python3.13"},
            {"Description": "new"},
            {"Environment": {"Variables": {"AA": "1"}}},
            {"EphemeralStorage": {"Size": 1024}},
            {"TracingConfig": {"Mode": "Active"}},
            {"LoggingConfig": {"LogFormat": "JSON"}},
            {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}},
            {"Role": "arn:aws:iam::123456789012:role/other"},
        ],
    )
    def test_every_setting_that_counts_makes_a_new_version(self, hello: Any, setting: dict[str, Any]) -> None:
        hello("UpdateFunctionConfiguration", FunctionName="hello", **setting)
        assert hello("PublishVersion", FunctionName="hello")["Version"] == "3"

    def test_a_change_taken_back_is_no_change(self, hello: Any) -> None:
        hello("UpdateFunctionConfiguration", FunctionName="hello", Timeout=9)
        hello("UpdateFunctionConfiguration", FunctionName="hello", Timeout=3)
        assert hello("PublishVersion", FunctionName="hello")["Version"] == "2"

    def test_a_deleted_version_s_number_is_not_used_again(self, hello: Any) -> None:
        hello("DeleteFunction", FunctionName="hello", Qualifier="2")
        assert hello("PublishVersion", FunctionName="hello")["Version"] == "3"

    def test_the_code_s_hash_can_be_a_condition(self, hello: Any) -> None:
        change(hello, 3)
        current = hello("GetFunctionConfiguration", FunctionName="hello")["CodeSha256"]
        assert hello.refuse("PublishVersion", FunctionName="hello", CodeSha256="x") == (
            *INVALID,
            (
                f"CodeSHA256 (x) is different from current CodeSHA256 in $LATEST ({current}). "
                "Please try again with the CodeSHA256 in $LATEST."
            ),
        )
        assert hello("PublishVersion", FunctionName="hello", CodeSha256=current)["Version"] == "3"

    def test_versions_are_listed_in_order_with_latest_first(self, hello: Any) -> None:
        versions = hello("ListVersionsByFunction", FunctionName="hello")["Versions"]
        assert [version["Version"] for version in versions] == ["$LATEST", "1", "2"]
        assert versions[0]["FunctionArn"] == hello.arn(qualifier="$LATEST")
        first = hello("ListVersionsByFunction", FunctionName="hello", MaxItems=2)
        rest = hello("ListVersionsByFunction", FunctionName="hello", Marker=first["NextMarker"])
        assert [version["Version"] for version in rest["Versions"]] == ["2"]

    def test_a_function_that_is_not_there(self, api: Any) -> None:
        missing = (404, "ResourceNotFoundException", f"Function not found: {api.arn()}")
        assert api.refuse("PublishVersion", FunctionName="hello") == missing


class TestRevisions:
    def test_when_they_change_and_when_not(self, api: Any) -> None:
        # GIVEN the revisions of a function's life, in order
        seen = [api.create()["RevisionId"], revision(api)]
        # WHEN a version is published THEN it has its own, one when Pending and one when Active; $LATEST's changes
        seen += [api("PublishVersion", FunctionName="hello")["RevisionId"], revision(api, "1"), revision(api)]
        # AND every later mutation brings another
        seen += [api("UpdateFunctionConfiguration", FunctionName="hello", Timeout=9)["RevisionId"], revision(api)]
        api("TagResource", Resource=api.arn(), Tags={"a": "b"})
        seen.append(revision(api))
        api("AddPermission", FunctionName="hello", StatementId="s", Action="lambda:InvokeFunction", Principal="*")
        seen.append(revision(api))
        assert len(set(seen)) == len(seen)
        # BUT an alias leaves them alone
        before = revision(api), revision(api, "1")
        api("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
        assert (revision(api), revision(api, "1")) == before

    def test_an_alias_has_its_own(self, hello: Any) -> None:
        created = hello("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")["RevisionId"]
        updated = hello("UpdateAlias", FunctionName="hello", Name="prod", RevisionId=created)["RevisionId"]
        assert updated != created
        assert hello("GetAlias", FunctionName="hello", Name="prod")["RevisionId"] == updated
        assert hello.refuse("UpdateAlias", FunctionName="hello", Name="prod", RevisionId=created) == (
            412,
            "PreconditionFailedException",
            (
                "The Revision Id provided does not match the latest Revision Id. "
                "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
            ),
        )


ACTIONS = st.lists(
    st.one_of(
        st.just(("publish",)),
        st.tuples(st.just("code"), st.integers(0, 3)),
        st.tuples(st.just("timeout"), st.integers(1, 3)),
        st.tuples(st.just("delete"), st.integers(1, 6)),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None)
@given(actions=ACTIONS)
def test_property_numbers_grow_and_snapshots_stay(make_api: Any, actions: list[tuple[Any, ...]]) -> None:
    # GIVEN a model: what $LATEST is, what was published last, what each version was
    api = make_api()
    api.create()
    latest, published, versions, highest = (0, 3), None, {}, 0
    change(api, 0)
    for action in actions:
        before = revision(api)
        # WHEN anything happens in any order
        if action[0] == "code":
            change(api, action[1])
            latest = (action[1], latest[1])
        elif action[0] == "timeout":
            api("UpdateFunctionConfiguration", FunctionName="hello", Timeout=action[1])
            latest = (latest[0], action[1])
        elif action[0] == "delete":
            api("DeleteFunction", FunctionName="hello", Qualifier=str(action[1]))
            versions.pop(action[1], None)
        else:
            number = int(api("PublishVersion", FunctionName="hello")["Version"])
            # THEN a number is used again only for what it already stands for
            if published is not None and published[1] == latest and published[0] in versions:
                assert number == published[0]
                new = False
            else:
                assert number == highest + 1
                highest, published = number, (number, latest)
                versions[number] = latest
                new = True
        # AND $LATEST has another revision exactly when it was changed or newly published
        assert (revision(api) == before) == (action[0] == "delete" or (action[0] == "publish" and not new))
        shown = {v["Version"]: v["Timeout"] for v in api("ListVersionsByFunction", FunctionName="hello")["Versions"]}
        assert shown == {"$LATEST": latest[1], **{str(n): state[1] for n, state in versions.items()}}


class TestAliases:
    def test_create_read_list_delete(self, hello: Any) -> None:
        created = hello("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1", Description="live")
        assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
        del created["ResponseMetadata"]
        assert created.pop("RevisionId")
        assert created == {
            "AliasArn": hello.arn(qualifier="prod"),
            "Name": "prod",
            "FunctionVersion": "1",
            "Description": "live",
        }
        hello("CreateAlias", FunctionName="hello", Name="dev", FunctionVersion="$LATEST")
        names = [alias["Name"] for alias in hello("ListAliases", FunctionName="hello")["Aliases"]]
        assert names == ["dev", "prod"]
        filtered = hello("ListAliases", FunctionName="hello", FunctionVersion="1")["Aliases"]
        assert [alias["Name"] for alias in filtered] == ["prod"]
        assert hello("DeleteAlias", FunctionName="hello", Name="prod")["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert hello.refuse("GetAlias", FunctionName="hello", Name="prod") == (
            404,
            "ResourceNotFoundException",
            f"Cannot find alias arn: {hello.arn(qualifier='prod')}",
        )
        # AND deleting once more succeeds
        hello("DeleteAlias", FunctionName="hello", Name="prod")

    def test_a_qualifier_shows_the_alias_s_version_under_the_alias_s_arn(self, hello: Any) -> None:
        hello("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
        answer = hello("GetFunction", FunctionName="hello:prod")["Configuration"]
        assert (answer["Version"], answer["FunctionArn"]) == ("1", hello.arn(qualifier="prod"))

    def test_an_alias_takes_its_settings_along(self, hello: Any) -> None:
        hello("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
        hello("PutFunctionEventInvokeConfig", FunctionName="hello", Qualifier="prod", MaximumRetryAttempts=0)
        hello("DeleteAlias", FunctionName="hello", Name="prod")
        hello("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
        assert hello.refuse("GetFunctionEventInvokeConfig", FunctionName="hello", Qualifier="prod")[0] == 404

    def test_routing_is_set_changed_and_ended(self, hello: Any) -> None:
        weights = {"AdditionalVersionWeights": {"2": 0.25}}
        created = hello("CreateAlias", FunctionName="hello", Name="p", FunctionVersion="1", RoutingConfig=weights)
        assert created["RoutingConfig"] == weights
        # WHEN something else changes THEN the weights stay
        assert hello("UpdateAlias", FunctionName="hello", Name="p", Description="d")["RoutingConfig"] == weights
        # AND an empty configuration ends the split
        ended = hello("UpdateAlias", FunctionName="hello", Name="p", RoutingConfig={"AdditionalVersionWeights": {}})
        assert "RoutingConfig" not in ended
        assert ended["Description"] == "d"

    @pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
    def test_a_weight_is_a_fraction(self, hello: Any, weight: float) -> None:
        routing = {"AdditionalVersionWeights": {"2": weight}}
        created = hello("CreateAlias", FunctionName="hello", Name="p", FunctionVersion="1", RoutingConfig=routing)
        assert created["RoutingConfig"]["AdditionalVersionWeights"] == {"2": weight}

    @pytest.mark.parametrize(
        ("main", "weights", "code", "message"),
        [
            (
                "1",
                {"2": 1.1},
                "ValidationException",
                "Value '{2=1.1}' at 'routingConfig.additionalVersionWeights' failed",
            ),
            (
                "1",
                {"2": -0.1},
                "ValidationException",
                "Map value must satisfy constraint: [Member must have value less ",
            ),
            (
                "1",
                {"prod": 0.1},
                "ValidationException",
                "Map keys must satisfy constraint: [Member must have length less",
            ),
            (
                "1",
                {"$LATEST": 0.1},
                "ValidationException",
                "regular expression pattern: [0-9]+, Member must not be null]",
            ),
            (
                "1",
                {"2": 0.1, "3": 0.1},
                INVALID[1],
                "Number of items in AdditionalVersionWeights cannot be greater than 1",
            ),
            (
                "1",
                {"1": 0.1},
                INVALID[1],
                "Invalid function version 1. Function version 1 is already included in routing",
            ),
            (
                "$LATEST",
                {"1": 0.1},
                INVALID[1],
                "$LATEST is not supported for an alias pointing to more than 1 version",
            ),
            (
                "1",
                {"9": 0.1},
                "ResourceNotFoundException",
                "Function not found: arn:aws:lambda:us-east-1:123456789012:function:hello:9",
            ),
        ],
    )
    def test_weights_that_are_refused(
        self, hello: Any, main: str, weights: dict[str, float], code: str, message: str
    ) -> None:
        routing = {"AdditionalVersionWeights": weights}
        # WHEN an alias is created so THEN AWS says why not
        error = hello.refuse("CreateAlias", FunctionName="hello", Name="p", FunctionVersion=main, RoutingConfig=routing)
        assert error[1] == code
        assert message in error[2]
        # AND likewise when it is changed
        hello("CreateAlias", FunctionName="hello", Name="p", FunctionVersion=main)
        error = hello.refuse("UpdateAlias", FunctionName="hello", Name="p", RoutingConfig=routing)
        assert error[1] == code
        assert "RoutingConfig" not in hello("GetAlias", FunctionName="hello", Name="p")

    @pytest.mark.parametrize(
        "setting",
        [
            {"Role": "arn:aws:iam::123456789012:role/other"},
            {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}},
        ],
    )
    def test_both_versions_share_role_and_dead_letter_queue(self, hello: Any, setting: dict[str, Any]) -> None:
        hello("UpdateFunctionConfiguration", FunctionName="hello", **setting)
        hello("PublishVersion", FunctionName="hello")
        routing = {"AdditionalVersionWeights": {"3": 0.1}}
        error = hello.refuse("CreateAlias", FunctionName="hello", Name="p", FunctionVersion="1", RoutingConfig=routing)
        assert error[:2] == INVALID

    @pytest.mark.parametrize("name", ["42", "a b", "", "n" * 129])
    def test_names_that_are_none(self, hello: Any, name: str) -> None:
        status, code, message = hello.refuse("CreateAlias", FunctionName="hello", Name=name, FunctionVersion="1")
        assert (status, code) == (400, "ValidationException")
        assert f"Value '{name}' at 'name' failed to satisfy constraint" in message

    def test_what_is_not_there(self, hello: Any) -> None:
        assert hello.refuse("CreateAlias", FunctionName="hello", Name="p", FunctionVersion="9") == (
            404,
            "ResourceNotFoundException",
            f"Function not found: {hello.arn(qualifier='9')}",
        )
        assert hello.refuse("UpdateAlias", FunctionName="hello", Name="p") == (
            404,
            "ResourceNotFoundException",
            f"Alias not found: {hello.arn(qualifier='p')}",
        )
        hello("CreateAlias", FunctionName="hello", Name="p", FunctionVersion="1")
        assert hello.refuse("CreateAlias", FunctionName="hello", Name="p", FunctionVersion="1") == (
            409,
            "ResourceConflictException",
            f"Alias already exists: {hello.arn(qualifier='p')}",
        )
        assert hello.refuse("UpdateAlias", FunctionName="hello", Name="p", FunctionVersion="9")[0] == 404


class TestDeletingVersions:
    @pytest.mark.parametrize("use", ["main", "additional"])
    def test_a_version_an_alias_uses_stays(self, hello: Any, use: str) -> None:
        # GIVEN version 2 behind two aliases
        for name in ("live", "beta"):
            main, weights = ("2", {}) if use == "main" else ("1", {"2": 0.1})
            routing = {"AdditionalVersionWeights": weights}
            hello("CreateAlias", FunctionName="hello", Name=name, FunctionVersion=main, RoutingConfig=routing)
        # WHEN it is to be deleted THEN AWS names the aliases
        assert hello.refuse("DeleteFunction", FunctionName="hello", Qualifier="2") == (
            409,
            "ResourceConflictException",
            "Unable to delete version because the following aliases reference it: [beta, live]",
        )
        # WHEN they have gone THEN it can be deleted, and again: deleting what is not there succeeds
        for name in ("live", "beta"):
            hello("DeleteAlias", FunctionName="hello", Name=name)
        for _ in range(2):
            answer = hello("DeleteFunction", FunctionName="hello", Qualifier="2")
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        # AND no alias can be given to it any more
        error = hello.refuse("CreateAlias", FunctionName="hello", Name="live", FunctionVersion="2")
        assert error == (404, "ResourceNotFoundException", f"Function not found: {hello.arn(qualifier='2')}")


def test_what_an_alias_routes_is_on_the_timeline(hello: Any) -> None:
    routing = {"AdditionalVersionWeights": {"2": 0.25}}
    hello("CreateAlias", FunctionName="hello", Name="p", FunctionVersion="1")
    hello("UpdateAlias", FunctionName="hello", Name="p", RoutingConfig=routing)
    hello("UpdateAlias", FunctionName="hello", Name="p", Description="routes as before")
    entries = hello.timeline.of(AliasRouted)
    assert [(e.alias, e.function_version, e.additional_version_weights) for e in entries] == [
        ("p", "1", ()),
        ("p", "1", (("2", 0.25),)),
    ]


class TestOnlyLatestChanges:
    @pytest.mark.parametrize("qualifier", ["1", "live"])
    @pytest.mark.parametrize(
        ("operation", "setting"),
        [
            ("UpdateFunctionCode", {"ZipFile": b"never read"}),
            ("UpdateFunctionConfiguration", {"Timeout": 9}),
            ("PublishVersion", {}),
        ],
    )
    def test_what_is_published_cannot_be_changed(
        self, hello: Any, operation: str, setting: dict[str, Any], qualifier: str
    ) -> None:
        hello("CreateAlias", FunctionName="hello", Name="live", FunctionVersion="1")
        for name in (f"hello:{qualifier}", hello.arn(qualifier=qualifier)):
            assert hello.refuse(operation, FunctionName=name, **setting) == (
                *INVALID,
                (
                    "Current operation does not support versions other than $LATEST. "
                    "Please set the version to $LATEST or do not set a version in your request."
                ),
            )

    def test_latest_may_be_named(self, hello: Any) -> None:
        answer = hello("UpdateFunctionConfiguration", FunctionName=hello.arn(qualifier="$LATEST"), Timeout=9)
        assert (answer["Timeout"], answer["Version"]) == (9, "$LATEST")
