"""Asynchronous settings of a function, version or alias: retries, event age, destinations."""

from __future__ import annotations

import datetime
from typing import Any

from lambdalab.clock import SECOND
from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane
from lambdalab.control.pagination import page
from lambdalab.control.permissions import check_destination_permission, service_of
from lambdalab.errors import InvalidParameterValueException, NotEmulatedError, ResourceNotFoundException
from lambdalab.functions.function import EventInvokeConfig, Function
from lambdalab.functions.identifier import LATEST, FunctionIdentifier

__all__ = ["EventInvokeConfigs"]

_SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


def _answer(function: Function, qualifier: str, config: EventInvokeConfig) -> dict[str, Any]:
    return {
        "LastModified": datetime.datetime.fromtimestamp(config.last_modified_ns / SECOND, datetime.UTC),
        "FunctionArn": f"{function.arn}:{qualifier}",
        "MaximumRetryAttempts": config.maximum_retry_attempts,
        "MaximumEventAgeInSeconds": config.maximum_event_age,
        "DestinationConfig": {
            "OnSuccess": {"Destination": config.on_success},
            "OnFailure": {"Destination": config.on_failure},
        },
    }


class EventInvokeConfigs:
    """Operations on asynchronous settings."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def put_function_event_invoke_config(self, call: Call) -> dict[str, Any]:
        """Set everything; what the call does not name returns to its default."""
        function, qualifier = self._existing_function(call)
        return self._keep(call, function, qualifier, EventInvokeConfig(last_modified_ns=0))

    def update_function_event_invoke_config(self, call: Call) -> dict[str, Any]:
        """Change what the call names, keep the rest."""
        function, qualifier = self._existing_function(call)
        config = function.event_invoke_configs.get(qualifier)
        if config is None:
            raise ResourceNotFoundException(self._absent(f"{function.arn}:{qualifier}"))
        return self._keep(call, function, qualifier, config)

    def get_function_event_invoke_config(self, call: Call) -> dict[str, Any]:
        """The settings of one qualifier."""
        function, qualifier = self._configured(call)
        return _answer(function, qualifier, function.event_invoke_configs[qualifier])

    def delete_function_event_invoke_config(self, call: Call) -> dict[str, Any]:
        """Return to the defaults."""
        function, qualifier = self._configured(call)
        del function.event_invoke_configs[qualifier]
        return {}

    def list_function_event_invoke_configs(self, call: Call) -> dict[str, Any]:
        """The settings of all qualifiers that have some."""
        named = self._plane.identifier(call)
        store = self._plane.store(call)
        if named.name not in store:
            raise ResourceNotFoundException("The function doesn't exist.")
        function = store.get(named.name)
        part, marker = page(sorted(function.event_invoke_configs), call.parameters, str)
        answers = [_answer(function, qualifier, function.event_invoke_configs[qualifier]) for qualifier in part]
        return {"FunctionEventInvokeConfigs": answers, "NextMarker": marker}

    @staticmethod
    def _absent(arn: str) -> str:
        return f"The function {arn} doesn't have an EventInvokeConfig"

    def _existing_function(self, call: Call) -> tuple[Function, str]:
        if not any(setting in call.parameters for setting in _SETTINGS):
            raise InvalidParameterValueException(
                "You must specify at least one of error handling or destination setting."
            )
        named = self._plane.identifier(call)
        qualifier, store = named.qualifier or LATEST, self._plane.store(call)
        if named.name not in store or not store.get(named.name).has(qualifier):
            raise ResourceNotFoundException("The function doesn't exist.")
        return store.get(named.name), qualifier

    def _configured(self, call: Call) -> tuple[Function, str]:
        named = self._plane.identifier(call)
        qualifier, store = named.qualifier or LATEST, self._plane.store(call)
        if named.name not in store or qualifier not in store.get(named.name).event_invoke_configs:
            raise ResourceNotFoundException(self._absent(f"{named.arn}:{qualifier}"))
        return store.get(named.name), qualifier

    def _keep(self, call: Call, function: Function, qualifier: str, present: EventInvokeConfig) -> dict[str, Any]:
        given = call.parameters
        on_success, on_failure = present.on_success, present.on_failure
        if "DestinationConfig" in given:
            on_success = (given["DestinationConfig"].get("OnSuccess") or {}).get("Destination") or None
            on_failure = (given["DestinationConfig"].get("OnFailure") or {}).get("Destination") or None
            self._check_destinations(call, function, qualifier, on_success, on_failure)
        config = EventInvokeConfig(
            last_modified_ns=self._plane.clock.time_ns,
            maximum_retry_attempts=given.get("MaximumRetryAttempts", present.maximum_retry_attempts),
            maximum_event_age=given.get("MaximumEventAgeInSeconds", present.maximum_event_age),
            on_success=on_success,
            on_failure=on_failure,
        )
        function.event_invoke_configs[qualifier] = config
        return _answer(function, qualifier, config)

    def _check_destinations(
        self, call: Call, function: Function, qualifier: str, on_success: str | None, on_failure: str | None
    ) -> None:
        role = self._plane.resolved(function, qualifier).configuration.role
        for destination, services in (
            (on_success, ("sqs", "sns", "lambda", "events")),
            (on_failure, ("sqs", "sns", "lambda", "events", "s3")),
        ):
            if destination is None:
                continue
            if destination.startswith("kafka://"):
                raise NotEmulatedError(f"the destination {destination}: lambdalab does not emulate Kafka topics")
            if service_of(destination) not in services or destination.endswith(".fifo"):
                success = f"OnSuccess(destination={on_success})" if on_success else "null"
                failure = f"OnFailure(destination={on_failure})" if on_failure else "null"
                raise InvalidParameterValueException(
                    "The provided destination config "
                    f"DestinationConfig(onSuccess={success}, onFailure={failure}) is invalid."
                )
            if service_of(destination) == "lambda":
                self._check_function_destination(call, function, destination)
            check_destination_permission(self._plane, role, destination)

    def _check_function_destination(self, call: Call, function: Function, destination: str) -> None:
        target = FunctionIdentifier.parse(destination, call.account, call.region)
        if (target.account, target.region, target.name) == (function.account, function.region, function.name):
            raise InvalidParameterValueException("You can't specify the function as a destination for itself.")
        if target.name not in self._plane.stores(target.account, target.region):
            raise InvalidParameterValueException(f"The destination ARN {destination} is invalid.")
