"""Functions: create, read, change, list, delete."""

from __future__ import annotations

import base64
import dataclasses
from typing import Any

from lambdalab import quotas
from lambdalab.control.call import Call
from lambdalab.control.code import check_combined_size, check_storage, read_code
from lambdalab.control.configuration_answer import configuration_answer, listed
from lambdalab.control.control_plane import ControlPlane
from lambdalab.control.layer_references import codes_of
from lambdalab.control.pagination import page
from lambdalab.control.settings import changed_configuration, first_configuration
from lambdalab.control.tags import check_tag_count
from lambdalab.control.versions import publish
from lambdalab.errors import InvalidParameterValueException, ResourceConflictException, ValidationException
from lambdalab.functions.configuration import FunctionConfiguration
from lambdalab.functions.function import Function, FunctionVersion
from lambdalab.functions.identifier import LATEST, is_version_number

__all__ = ["Functions"]

CREATING = "The function is being created."


class Functions:
    """Operations on functions."""

    def __init__(self, plane: ControlPlane, runtimes: tuple[str, ...]) -> None:
        self._plane = plane
        self._runtimes = runtimes

    def create_function(self, call: Call) -> dict[str, Any]:
        """A new function, Pending for a moment but invocable at once."""
        plane, parameters, store = self._plane, call.parameters, self._plane.store(call)
        name = plane.identifier(call).name
        if len(name) > quotas.FUNCTION_NAME_MAX:
            raise ValidationException(
                f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: "
                f"Member must have length less than or equal to {quotas.FUNCTION_NAME_MAX}"
            )
        if name in store:
            raise ResourceConflictException(f"Function already exist: {name}")
        check_tag_count(parameters.get("Tags") or {})
        code = read_code(plane, call, parameters["Code"])
        configuration = first_configuration(plane, call, name, code, self._runtimes)
        check_storage(store, code)
        latest = FunctionVersion(
            number=LATEST,
            configuration=configuration,
            revision_id=plane.revision(),
            last_modified_ns=plane.clock.time_ns,
            state="Pending",
            state_reason=CREATING,
            state_reason_code="Creating",
        )
        function = Function(call.account, call.region, name, latest, tags=dict(parameters.get("Tags") or {}))
        store.add(function)
        plane.settle(function, latest)
        shown = publish(plane, function, None) if parameters.get("Publish") else latest
        return configuration_answer(store, function, shown)

    def get_function(self, call: Call) -> dict[str, Any]:
        """Configuration, tags, reserved concurrency, and where the code can be downloaded."""
        plane, store = self._plane, self._plane.store(call)
        function, qualifier = plane.function(call)
        version = plane.resolved(function, qualifier)
        code = version.configuration.code
        key = f"{function.name}-{base64.b64decode(code.sha256).hex()}"
        reserved = function.reserved_concurrency
        return {
            "Configuration": configuration_answer(store, function, version, qualifier),
            "Code": {
                "RepositoryType": "S3",
                "Location": plane.objects.location(call.account, call.region, key, code.archive),
            },
            "Tags": dict(function.tags) or None,
            "Concurrency": None if reserved is None else {"ReservedConcurrentExecutions": reserved},
        }

    def get_function_configuration(self, call: Call) -> dict[str, Any]:
        """Configuration alone."""
        function, qualifier = self._plane.function(call)
        version = self._plane.resolved(function, qualifier)
        return configuration_answer(self._plane.store(call), function, version, qualifier)

    def list_functions(self, call: Call) -> dict[str, Any]:
        """``$LATEST`` of every function, or all their versions."""
        store = self._plane.store(call)
        if call.parameters.get("FunctionVersion") == "ALL":
            answers = [
                listed(configuration_answer(store, function, version, version.number))
                for function in store
                for version in (function.latest, *function.versions.values())
            ]
        else:
            answers = [listed(configuration_answer(store, function, function.latest)) for function in store]
        part, marker = page(answers, call.parameters, lambda answer: str(answer["FunctionArn"]))
        return {"Functions": part, "NextMarker": marker}

    def update_function_code(self, call: Call) -> dict[str, Any]:
        """New code, or another architecture, for ``$LATEST``."""
        plane, parameters, store = self._plane, call.parameters, self._plane.store(call)
        function = plane.changeable(call)
        plane.check_revision(call, function.latest.revision_id)
        plane.check_settled(function)
        if parameters.get("ImageUri"):
            raise InvalidParameterValueException(
                "Please don't provide ImageUri when updating a function with packageType Zip."
            )
        code = read_code(plane, call, parameters)
        present = function.latest.configuration
        check_combined_size(code, codes_of(store, present.layers))
        check_storage(store, code)
        architectures = tuple(parameters.get("Architectures") or present.architectures)
        changed = dataclasses.replace(present, code=code, architectures=architectures)
        if parameters.get("DryRun"):
            supposed = dataclasses.replace(function.latest, configuration=changed)
            return configuration_answer(store, function, supposed)
        self._change_latest(function, changed)
        if parameters.get("Publish"):
            version = publish(plane, function, None)
            return configuration_answer(store, function, version, version.number)
        return configuration_answer(store, function, function.latest)

    def update_function_configuration(self, call: Call) -> dict[str, Any]:
        """Other settings for ``$LATEST``; what the call does not name stays."""
        plane = self._plane
        function = plane.changeable(call)
        plane.check_revision(call, function.latest.revision_id)
        plane.check_settled(function)
        self._change_latest(function, changed_configuration(plane, call, function.latest.configuration, self._runtimes))
        return configuration_answer(plane.store(call), function, function.latest)

    def _change_latest(self, function: Function, configuration: FunctionConfiguration) -> None:
        latest = function.latest
        latest.configuration = configuration
        latest.revision_id = self._plane.revision()
        latest.last_modified_ns = self._plane.clock.time_ns
        latest.last_update_status = "InProgress"
        latest.last_update_status_reason = CREATING
        latest.last_update_status_reason_code = "Creating"
        self._plane.settle(function, latest)
        self._plane.invoker.code_changed(function, LATEST)

    def delete_function(self, call: Call) -> dict[str, Any]:
        """The whole function, or one published version."""
        plane = self._plane
        named = plane.identifier(call)
        qualifier = named.qualifier
        if qualifier == LATEST:
            raise InvalidParameterValueException("$LATEST version cannot be deleted without deleting the function.")
        if qualifier is not None and not is_version_number(qualifier):
            raise InvalidParameterValueException("Deletion of aliases is not currently supported.")
        function = plane.store(call).get(named.name)
        if qualifier is None:
            plane.store(call).remove(function.name)
            for number in (LATEST, *function.versions):
                plane.detach(function, number)
            plane.invoker.function_deleted(function)
        elif qualifier in function.versions:
            self._delete_version(function, qualifier)
        return {"StatusCode": 204}

    def _delete_version(self, function: Function, number: str) -> None:
        users = [
            alias.name
            for alias in function.aliases.values()
            if number == alias.function_version or number in alias.additional_version_weights
        ]
        if users:
            raise ResourceConflictException(
                f"Unable to delete version because the following aliases reference it: [{', '.join(sorted(users))}]"
            )
        del function.versions[number]
        self._plane.detach(function, number)
        function.event_invoke_configs.pop(number, None)
        function.policies.pop(number, None)
        self._plane.invoker.code_changed(function, number)
