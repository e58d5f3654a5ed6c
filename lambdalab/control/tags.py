"""Tags of functions and event source mappings."""

from __future__ import annotations

from typing import Any

from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane
from lambdalab.errors import InvalidParameterValueException, NotEmulatedError
from lambdalab.functions.function import Function
from lambdalab.sources.mapping import EventSourceMapping
from lambdalab.sources.mappings import EventSourceMappings

__all__ = ["Tags", "check_tag_count"]

_LIMIT = 50


def check_tag_count(tags: dict[str, str]) -> None:
    """Refuse more tags than a resource may have."""
    if len(tags) > _LIMIT:
        raise InvalidParameterValueException("Number of tags exceeds resource tag limit.")


class Tags:
    """Operations on tags. A change gives a function's ``$LATEST`` a new revision."""

    def __init__(self, plane: ControlPlane, mappings: EventSourceMappings) -> None:
        self._plane, self._mappings = plane, mappings

    def tag_resource(self, call: Call) -> dict[str, Any]:
        """Add tags, or give present ones another value."""
        tagged, added = self._tagged(call), call.parameters["Tags"]
        if not added:
            raise InvalidParameterValueException("An error occurred and the request cannot be processed.")
        tags = {**tagged.tags, **added}
        check_tag_count(tags)
        self._keep(tagged, tags)
        return {}

    def untag_resource(self, call: Call) -> dict[str, Any]:
        """Remove tags; keys that are not there are passed over."""
        tagged = self._tagged(call)
        self._keep(tagged, {k: v for k, v in tagged.tags.items() if k not in call.parameters["TagKeys"]})
        return {}

    def list_tags(self, call: Call) -> dict[str, Any]:
        """All tags of a function or an event source mapping."""
        return {"Tags": dict(self._tagged(call).tags)}

    # -- parts --------------------------------------------------------------------------------------------------

    def _tagged(self, call: Call) -> Function | EventSourceMapping:
        resource: str = call.parameters["Resource"]
        kind, _, name = resource.split(":", 5)[5].partition(":")
        if kind == "event-source-mapping":
            mapping = self._mappings.get(call.account, call.region, name)
            call.function_arn = mapping.unqualified_arn
            return mapping
        if kind != "function":
            raise NotEmulatedError(
                f"tags of a {kind} ({resource}): lambdalab keeps tags of functions and event source mappings only"
            )
        call.parameters["FunctionName"] = resource
        return self._plane.unqualified(
            call,
            "Tagging operations are permitted on Lambda functions only. "
            "Tags on aliases and versions are not supported. Please specify either a function name or a function ARN.",
        )

    def _keep(self, tagged: Function | EventSourceMapping, tags: dict[str, str]) -> None:
        tagged.tags = tags
        if isinstance(tagged, Function):
            tagged.latest.revision_id = self._plane.revision()
