"""Behaviours §6, whole: versions, aliases and revisions in any order against a small model of the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

NUMBERS = st.sampled_from(["$LATEST", "1", "2", "3", "4"])
NAMES = st.sampled_from(["live", "dev"])
WEIGHTS = st.dictionaries(st.sampled_from(["1", "2", "3", "4"]), st.sampled_from([0.0, 0.1, 1.0]), max_size=2)
ROLES = ("arn:aws:iam::123456789012:role/example", "arn:aws:iam::123456789012:role/other")
CONFLICT, MISSING, INVALID = "ResourceConflictException", "ResourceNotFoundException", "InvalidParameterValueException"
STALE = "PreconditionFailedException"
MOSTLY = st.sampled_from([True] * 5 + [False])

Snapshot = tuple[int, str]
"""Timeout and role: all of a configuration that is changed here."""


@dataclass
class Model:
    """What AWS's documentation says, in as few words as possible."""

    latest: Snapshot = (3, ROLES[0])
    versions: dict[str, Snapshot] = field(default_factory=dict)
    given_out: int = 0
    published: tuple[str, Snapshot] | None = None
    aliases: dict[str, tuple[str, dict[str, float]]] = field(default_factory=dict)

    def publish(self) -> str:
        if self.published and self.published[1] == self.latest and self.published[0] in self.versions:
            return self.published[0]
        self.given_out += 1
        number = str(self.given_out)
        self.versions[number], self.published = self.latest, (number, self.latest)
        return number

    def users(self, number: str) -> list[str]:
        return sorted(name for name, (main, weights) in self.aliases.items() if number == main or number in weights)

    def refusal(self, main: str, weights: dict[str, float]) -> str | None:
        """The error code an alias to these versions is refused with."""
        if main != "$LATEST" and main not in self.versions:
            return MISSING
        if not weights:
            return None
        if len(weights) > 1 or main in weights or main == "$LATEST":
            return INVALID
        (other,) = weights
        if other not in self.versions:
            return MISSING
        return None if self.versions[main][1] == self.versions[other][1] else INVALID


class VersionsAndAliases(RuleBasedStateMachine):
    """Every call is made of the API and of the model; they must agree on the answer or on the refusal."""

    make_api: Callable[[], Any]

    def __init__(self) -> None:
        super().__init__()
        self.api = type(self).make_api()
        self.api.create()
        self.model = Model()
        self.seen: set[str] = set()

    def ask(self, operation: str, **parameters: Any) -> tuple[dict[str, Any], str | None]:
        """The answer, or the code of the error."""
        try:
            return self.api(operation, FunctionName="hello", **parameters), None
        except ClientError as error:
            return {}, error.response["Error"]["Code"]

    def revisions(self) -> dict[str, str]:
        """Revisions of ``$LATEST``, the versions and the aliases."""
        versions = self.api("ListVersionsByFunction", FunctionName="hello")["Versions"]
        aliases = self.api("ListAliases", FunctionName="hello")["Aliases"]
        return {v["Version"]: v["RevisionId"] for v in versions} | {a["Name"]: a["RevisionId"] for a in aliases}

    @rule(timeout=st.integers(1, 9), role=st.sampled_from(ROLES), fresh=MOSTLY)
    def configure(self, timeout: int, role: str, fresh: bool) -> None:
        revision = "stale" if not fresh else self.revisions()["$LATEST"]
        before = self.revisions()
        _, code = self.ask("UpdateFunctionConfiguration", Timeout=timeout, Role=role, RevisionId=revision)
        assert code == (STALE if not fresh else None)
        if fresh:
            self.model.latest = (timeout, role)
        self.only_changed(before, set() if not fresh else {"$LATEST"})

    @rule(right=MOSTLY, fresh=MOSTLY)
    def publish(self, right: bool, fresh: bool) -> None:
        before = self.revisions()
        digest = self.api("GetFunctionConfiguration", FunctionName="hello")["CodeSha256"]
        given = {"RevisionId": before["$LATEST"] if fresh else "stale", "CodeSha256": digest if right else "x"}
        answer, code = self.ask("PublishVersion", **given)
        assert code == (STALE if not fresh else None if right else INVALID)
        if code is None:
            highest = self.model.given_out
            assert answer["Version"] == self.model.publish()
            new = self.model.given_out > highest
            self.only_changed(before, {"$LATEST", answer["Version"]} if new else set())
        else:
            self.only_changed(before, set())

    @rule(number=NUMBERS)
    def delete_version(self, number: str) -> None:
        _, code = self.ask("DeleteFunction", Qualifier=number)
        if number == "$LATEST":
            assert code == INVALID
        elif self.model.users(number):
            assert code == CONFLICT
        else:
            assert code is None
            self.model.versions.pop(number, None)

    @rule(name=NAMES, main=NUMBERS, weights=WEIGHTS)
    def create_alias(self, name: str, main: str, weights: dict[str, float]) -> None:
        before = self.revisions()
        routing = {"AdditionalVersionWeights": weights}
        _, code = self.ask("CreateAlias", Name=name, FunctionVersion=main, RoutingConfig=routing)
        refused = self.model.refusal(main, weights)
        if name in self.model.aliases:
            assert code in {CONFLICT, refused} - {None}
        else:
            assert code == refused
        if code is None:
            self.model.aliases[name] = (main, weights)
        self.only_changed(before, {name} if code is None else set())

    @rule(name=NAMES, main=st.none() | NUMBERS, weights=st.none() | WEIGHTS, fresh=MOSTLY)
    def update_alias(self, name: str, main: str | None, weights: dict[str, float] | None, fresh: bool) -> None:
        before = self.revisions()
        given: dict[str, Any] = {"RevisionId": "stale" if not fresh else before.get(name, "none")}
        if main is not None:
            given["FunctionVersion"] = main
        if weights is not None:
            given["RoutingConfig"] = {"AdditionalVersionWeights": weights}
        answer, code = self.ask("UpdateAlias", Name=name, **given)
        if name not in self.model.aliases:
            assert code == MISSING
            return
        present = self.model.aliases[name]
        wanted = (main or present[0], present[1] if weights is None else weights)
        assert code == (STALE if not fresh else self.model.refusal(*wanted))
        if code is None:
            self.model.aliases[name] = wanted
            assert answer["RevisionId"] == self.revisions()[name]
        self.only_changed(before, {name} if code is None else set())

    @rule(name=NAMES)
    def delete_alias(self, name: str) -> None:
        before = self.revisions()
        assert self.ask("DeleteAlias", Name=name)[1] is None
        self.model.aliases.pop(name, None)
        self.only_changed(before, set())

    def only_changed(self, before: dict[str, str], expected: set[str]) -> None:
        """Exactly these have a revision they did not have before, and no revision ever comes back."""
        after = self.revisions()
        changed = {name for name, revision in after.items() if before.get(name) != revision}
        assert changed == expected
        assert not self.seen & {after[name] for name in changed}
        self.seen |= set(after.values())

    @invariant()
    def all_is_shown(self) -> None:
        versions = self.api("ListVersionsByFunction", FunctionName="hello")["Versions"]
        shown = {version["Version"]: (version["Timeout"], version["Role"]) for version in versions}
        assert shown == {"$LATEST": self.model.latest} | self.model.versions
        aliases = self.api("ListAliases", FunctionName="hello")["Aliases"]
        assert {
            alias["Name"]: (
                alias["FunctionVersion"],
                alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}),
            )
            for alias in aliases
        } == self.model.aliases
        for name, (main, _) in self.model.aliases.items():
            assert self.api("GetFunctionConfiguration", FunctionName=f"hello:{name}")["Version"] == main


def test_property_versions_aliases_and_revisions(make_api: Any) -> None:
    machine = type("Machine", (VersionsAndAliases,), {"make_api": staticmethod(make_api)})
    run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=30, deadline=None))
