"""Tags of functions."""

from __future__ import annotations

from typing import Any

from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane
from lambdalab.errors import InvalidParameterValueException, NotEmulatedError
from lambdalab.functions.function import Function

__all__ = ["Tags", "check_tag_count"]

_LIMIT = 50


def check_tag_count(tags: dict[str, str]) -> None:
    """Refuse more tags than a resource may have."""
    if len(tags) > _LIMIT:
        raise InvalidParameterValueException("Number of tags exceeds resource tag limit.")


class Tags:
    """Operations on tags. A change gives ``$LATEST`` a new revision."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def _function(self, call: Call) -> Function:
        resource: str = call.parameters["Resource"]
        kind = resource.split(":")[5]
        if kind != "function":
            raise NotEmulatedError(f"tags of a {kind} ({resource}): lambdalab keeps tags of functions only")
        call.parameters["FunctionName"] = resource
        return self._plane.unqualified(
            call,
            "Tagging operations are permitted on Lambda functions only. "
            "Tags on aliases and versions are not supported. Please specify either a function name or a function ARN.",
        )

    def tag_resource(self, call: Call) -> dict[str, Any]:
        """Add tags, or give present ones another value."""
        function, added = self._function(call), call.parameters["Tags"]
        if not added:
            raise InvalidParameterValueException("An error occurred and the request cannot be processed.")
        tags = {**function.tags, **added}
        check_tag_count(tags)
        function.tags = tags
        function.latest.revision_id = self._plane.revision()
        return {}

    def untag_resource(self, call: Call) -> dict[str, Any]:
        """Remove tags; keys that are not there are passed over."""
        function = self._function(call)
        function.tags = {k: v for k, v in function.tags.items() if k not in call.parameters["TagKeys"]}
        function.latest.revision_id = self._plane.revision()
        return {}

    def list_tags(self, call: Call) -> dict[str, Any]:
        """All tags of a function."""
        return {"Tags": dict(self._function(call).tags)}
