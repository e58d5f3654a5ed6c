"""Published versions: immutable snapshots of ``$LATEST`` under numbers that are never used again."""

from __future__ import annotations

import dataclasses
from typing import Any

from lambdalab.control.call import Call
from lambdalab.control.code import check_storage
from lambdalab.control.configuration_answer import configuration_answer, listed
from lambdalab.control.control_plane import ControlPlane
from lambdalab.control.pagination import page
from lambdalab.errors import InvalidParameterValueException
from lambdalab.functions.function import Function, FunctionVersion

__all__ = ["Versions", "publish"]


def publish(plane: ControlPlane, function: Function, description: str | None) -> FunctionVersion:
    """A new version of ``$LATEST``, or the last one when nothing has changed since."""
    configuration = function.latest.configuration
    if function.last_published is not None:
        number, published = function.last_published
        if published == configuration and number in function.versions:
            return function.versions[number]
    number = str(function.next_version)
    function.next_version += 1
    snapshot = configuration
    if description is not None:
        snapshot = dataclasses.replace(configuration, description=description)
    version = FunctionVersion(
        number=number,
        configuration=snapshot,
        revision_id=plane.revision(),
        last_modified_ns=plane.clock.time_ns,
        state="Pending",
        state_reason="The function is being created.",
        state_reason_code="Creating",
    )
    function.versions[number] = version
    function.last_published = (number, configuration)
    plane.settle(function, version)
    return version


class Versions:
    """Operations on versions."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def publish_version(self, call: Call) -> dict[str, Any]:
        """Publish ``$LATEST``; its own revision changes, too."""
        plane, parameters, store = self._plane, call.parameters, self._plane.store(call)
        function = plane.changeable(call)
        latest = function.latest
        plane.check_revision(call, latest.revision_id)
        current, expected = latest.configuration.code.sha256, parameters.get("CodeSha256")
        if expected and expected != current:
            raise InvalidParameterValueException(
                f"CodeSHA256 ({expected}) is different from current CodeSHA256 in $LATEST ({current}). "
                "Please try again with the CodeSHA256 in $LATEST."
            )
        plane.check_settled(function)
        check_storage(store, latest.configuration.code)
        before = function.next_version
        version = publish(plane, function, parameters.get("Description"))
        if function.next_version != before:
            latest.revision_id = plane.revision()
        return configuration_answer(store, function, version, version.number)

    def list_versions_by_function(self, call: Call) -> dict[str, Any]:
        """``$LATEST`` and all published versions, in order."""
        store = self._plane.store(call)
        function = self._plane.unqualified(call)
        answers = [
            listed(configuration_answer(store, function, version, version.number))
            for version in (function.latest, *function.versions.values())
        ]
        part, marker = page(answers, call.parameters, lambda answer: str(answer["Version"]))
        return {"Versions": part, "NextMarker": marker}
