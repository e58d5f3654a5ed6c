"""Aliases: names for versions, with a share of the traffic for one more."""

from __future__ import annotations

from typing import Any

from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane
from lambdalab.control.pagination import page
from lambdalab.errors import ResourceConflictException, ResourceNotFoundException
from lambdalab.functions.function import Alias, Function
from lambdalab.functions.weights import check_target, check_weights
from lambdalab.timeline import AliasRouted

__all__ = ["Aliases"]


def _answer(function: Function, alias: Alias) -> dict[str, Any]:
    weights = dict(alias.additional_version_weights)
    return {
        "AliasArn": f"{function.arn}:{alias.name}",
        "Name": alias.name,
        "FunctionVersion": alias.function_version,
        "Description": alias.description,
        "RoutingConfig": {"AdditionalVersionWeights": weights} if weights else None,
        "RevisionId": alias.revision_id,
    }


class Aliases:
    """Operations on aliases."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def create_alias(self, call: Call) -> dict[str, Any]:
        """A new alias. The function's own revision stays as it is."""
        parameters = call.parameters
        function, name = self._plane.unqualified(call), parameters["Name"]
        main = parameters["FunctionVersion"]
        check_target(function, main)
        if name in function.aliases:
            raise ResourceConflictException(f"Alias already exists: {function.arn}:{name}")
        weights = (parameters.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        check_weights(function, main, weights)
        alias = Alias(name, main, self._plane.revision(), parameters.get("Description") or "", dict(weights))
        function.aliases[name] = alias
        self._routed(function, alias)
        return _answer(function, alias)

    def get_alias(self, call: Call) -> dict[str, Any]:
        """One alias."""
        function, name = self._plane.unqualified(call), call.parameters["Name"]
        if name not in function.aliases:
            raise ResourceNotFoundException(f"Cannot find alias arn: {function.arn}:{name}")
        return _answer(function, function.aliases[name])

    def list_aliases(self, call: Call) -> dict[str, Any]:
        """All aliases, or those whose main version is the one asked for."""
        function = self._plane.unqualified(call)
        wanted = call.parameters.get("FunctionVersion")
        aliases = [
            function.aliases[name]
            for name in sorted(function.aliases)
            if wanted in (None, function.aliases[name].function_version)
        ]
        part, marker = page(aliases, call.parameters, lambda alias: alias.name)
        return {"Aliases": [_answer(function, alias) for alias in part], "NextMarker": marker}

    def update_alias(self, call: Call) -> dict[str, Any]:
        """Another version, description or routing; an empty routing configuration ends the split."""
        parameters = call.parameters
        function, name = self._plane.unqualified(call), parameters["Name"]
        alias = function.aliases.get(name)
        if alias is None:
            raise ResourceNotFoundException(f"Alias not found: {function.arn}:{name}")
        self._plane.check_revision(call, alias.revision_id)
        main = parameters.get("FunctionVersion") or alias.function_version
        check_target(function, main)
        weights = alias.additional_version_weights
        if "RoutingConfig" in parameters:
            weights = dict(parameters["RoutingConfig"].get("AdditionalVersionWeights") or {})
        check_weights(function, main, weights)
        before = alias.function_version, alias.additional_version_weights
        alias.function_version, alias.additional_version_weights = main, weights
        alias.description = parameters.get("Description", alias.description)
        alias.revision_id = self._plane.revision()
        if before != (main, weights):
            self._routed(function, alias)
        return _answer(function, alias)

    def delete_alias(self, call: Call) -> dict[str, Any]:
        """The alias with its policy and asynchronous settings. Deleting what is not there succeeds."""
        function, name = self._plane.unqualified(call), call.parameters["Name"]
        if function.aliases.pop(name, None) is not None:
            function.event_invoke_configs.pop(name, None)
            function.policies.pop(name, None)
        return {}

    def _routed(self, function: Function, alias: Alias) -> None:
        self._plane.timeline.record(
            AliasRouted(
                self._plane.clock.time_ns,
                function.arn,
                alias.name,
                alias.function_version,
                tuple(alias.additional_version_weights.items()),
                "",
            )
        )
