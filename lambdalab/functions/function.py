"""A function with its versions, aliases and per-qualifier settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from lambdalab import quotas
from lambdalab.errors import ResourceNotFoundException
from lambdalab.functions.configuration import FunctionConfiguration
from lambdalab.functions.identifier import LATEST, function_arn, is_version_number
from lambdalab.functions.layer import Layer, LayerVersion

__all__ = ["Alias", "EventInvokeConfig", "Function", "FunctionStore", "FunctionVersion"]

CODE_STORAGE_LIMIT = quotas.CODE_STORAGE_GIGABYTES * 1024**3
State = Literal["Pending", "Active", "Inactive", "Failed"]
LastUpdateStatus = Literal["Successful", "Failed", "InProgress"]


@dataclass(slots=True)
class FunctionVersion:
    """``$LATEST`` or a published snapshot.

    ``last_modified_ns`` is a virtual instant. A published version never changes except for its states.
    Reasons are None unless something is under way or went wrong.
    """

    number: str
    configuration: FunctionConfiguration
    revision_id: str
    last_modified_ns: int
    state: State = "Active"
    state_reason: str | None = None
    state_reason_code: str | None = None
    last_update_status: LastUpdateStatus = "Successful"
    last_update_status_reason: str | None = None
    last_update_status_reason_code: str | None = None


@dataclass(slots=True)
class Alias:
    """A name for a version, with at most one more version taking part of the traffic.

    ``additional_version_weights`` maps a version number to a fraction 0.0–1.0.
    """

    name: str
    function_version: str
    revision_id: str
    description: str = ""
    additional_version_weights: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class EventInvokeConfig:
    """Asynchronous settings of one qualifier. None means "not set, the default applies"."""

    last_modified_ns: int
    maximum_retry_attempts: int | None = None
    maximum_event_age: int | None = None
    on_success: str | None = None
    on_failure: str | None = None


@dataclass(slots=True)
class Function:
    """A function and all it owns.

    ``next_version`` only grows: numbers are never reused, not even after a version was deleted.
    ``last_published`` is the number last given out and the configuration ``$LATEST`` had then.
    ``event_invoke_configs``, ``policies`` are keyed by qualifier (``$LATEST`` for unqualified).
    A policy is ``{"Version": …, "Id": "default", "Statement": […]}``; its revision is that of the version or alias.
    """

    account: str
    region: str
    name: str
    latest: FunctionVersion
    versions: dict[str, FunctionVersion] = field(default_factory=dict)
    next_version: int = 1
    last_published: tuple[str, FunctionConfiguration] | None = None
    aliases: dict[str, Alias] = field(default_factory=dict)
    reserved_concurrency: int | None = None
    event_invoke_configs: dict[str, EventInvokeConfig] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    recursive_loop: Literal["Allow", "Terminate"] = "Terminate"

    @property
    def arn(self) -> str:
        """Unqualified ARN."""
        return function_arn(self.account, self.region, self.name)

    def version(self, number: str) -> FunctionVersion | None:
        """``$LATEST`` or a published version; None when there is none of that number."""
        return self.latest if number == LATEST else self.versions.get(number)

    def has(self, qualifier: str) -> bool:
        """Whether a version or an alias answers to `qualifier`."""
        if qualifier == LATEST:
            return True
        return qualifier in (self.versions if is_version_number(qualifier) else self.aliases)

    def event_invoke_config(self, qualifier: str | None) -> EventInvokeConfig | None:
        """The asynchronous settings that govern an event accepted under `qualifier`."""
        return self.event_invoke_configs.get(qualifier or LATEST)


class FunctionStore:
    """The functions of one account in one Region.

    Attributes
    ----------
    concurrency_limit
        The account's limit of concurrent executions in the Region, changeable as by a quota increase.
    code_storage_limit
        Bytes of deployment packages and layers the account may keep in the Region, changeable likewise.
    layers
        Layers by name, see `lambdalab.functions.layer`.
    """

    def __init__(self, account: str, region: str, concurrency_limit: int) -> None:
        self.account = account
        self.region = region
        self.concurrency_limit = concurrency_limit
        self.code_storage_limit = CODE_STORAGE_LIMIT
        self.layers: dict[str, Layer] = {}
        self._functions: dict[str, Function] = {}

    def __iter__(self) -> Iterator[Function]:
        """Functions in order of name."""
        return iter([self._functions[name] for name in sorted(self._functions)])

    def __contains__(self, name: str) -> bool:
        return name in self._functions

    def add(self, function: Function) -> None:
        """Keep a new function."""
        self._functions[function.name] = function

    def remove(self, name: str) -> None:
        """Forget a function with all it owns."""
        del self._functions[name]

    def get(self, name: str, qualifier: str | None = None) -> Function:
        """The function that answers to `name` and has `qualifier`.

        Raises
        ------
        ResourceNotFoundException
            In AWS's words, with the ARN asked for.
        """
        function = self._functions.get(name)
        if function is None or (qualifier is not None and not function.has(qualifier)):
            arn = function_arn(self.account, self.region, name, qualifier)
            raise ResourceNotFoundException(f"Function not found: {arn}", Type="User")
        return function

    @property
    def reserved_concurrency(self) -> int:
        """Concurrent executions reserved by all functions together."""
        return sum(function.reserved_concurrency or 0 for function in self._functions.values())

    @property
    def code_size(self) -> int:
        """Bytes of all deployment packages and layers kept."""
        versions = (v for f in self._functions.values() for v in (f.latest, *f.versions.values()))
        kept = (layer_version for layer in self.layers.values() for layer_version in layer.versions.values())
        return sum(v.configuration.code.size for v in versions) + sum(v.code.size for v in kept)

    def layer_version(self, arn: str) -> LayerVersion | None:
        """The layer version of that ARN, deleted ones included: functions go on using them."""
        name, number = arn.split(":")[6:8]
        layer = self.layers.get(name)
        if layer is None:
            return None
        return layer.versions.get(int(number)) or layer.deleted.get(int(number))
