"""Resource-based policies of functions, versions and aliases: kept and shown, not evaluated."""

from __future__ import annotations

import json
from typing import Any

from lambdalab import quotas
from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane
from lambdalab.errors import (
    AwsError,
    InvalidParameterValueException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from lambdalab.functions.function import Alias, Function, FunctionVersion
from lambdalab.functions.identifier import LATEST, is_version_number

__all__ = ["Policies", "statement"]


class PolicyLengthExceededException(AwsError):
    """The policy would become too long."""

    code, http_status = "PolicyLengthExceededException", 400


def _principal(text: str) -> str | dict[str, str]:
    if text == "*":
        return "*"
    if text.isdigit() and len(text) == 12:
        return {"AWS": f"arn:aws:iam::{text}:root"}
    if text.startswith("arn:"):
        return {"AWS": text}
    if "." in text:
        return {"Service": text}
    message = "The provided principal was invalid. Please check the principal and try again."
    raise InvalidParameterValueException(message)


def statement(resource: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The policy statement an ``AddPermission`` request stands for."""
    built: dict[str, Any] = {
        "Sid": parameters["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(parameters["Principal"]),
        "Action": parameters["Action"],
        "Resource": resource,
    }
    condition: dict[str, dict[str, str]] = {}
    for parameter, operator, key in (
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
    ):
        if parameters.get(parameter):
            condition.setdefault(operator, {})[key] = parameters[parameter]
    if parameters.get("InvokedViaFunctionUrl") is not None:
        condition["Bool"] = {"lambda:InvokedViaFunctionUrl": str(parameters["InvokedViaFunctionUrl"]).lower()}
    if condition:
        built["Condition"] = condition
    return built


class Policies:
    """Operations on resource-based policies. A change gives the version or alias a new revision."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def _holder(self, function: Function, qualifier: str | None) -> FunctionVersion | Alias:
        if qualifier is None:
            return function.latest
        held = function.versions.get(qualifier) if is_version_number(qualifier) else function.aliases.get(qualifier)
        if held is None:
            kind = "Function not found" if is_version_number(qualifier) else "Cannot find alias arn"
            raise ResourceNotFoundException(f"{kind}: {function.arn}:{qualifier}")
        return held

    def add_permission(self, call: Call) -> dict[str, Any]:
        """One statement more."""
        plane, parameters = self._plane, call.parameters
        named = plane.identifier(call)
        if named.qualifier == LATEST:
            raise InvalidParameterValueException("We currently do not support adding policies for $LATEST.")
        if parameters.get("FunctionUrlAuthType") and parameters["Action"] != "lambda:InvokeFunctionUrl":
            raise InvalidParameterValueException(
                "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action"
            )
        function = plane.store(call).get(named.name)
        holder = self._holder(function, named.qualifier)
        plane.check_revision(call, holder.revision_id)
        key, sid = named.qualifier or LATEST, parameters["StatementId"]
        present: list[dict[str, Any]] = function.policies.get(key, {}).get("Statement", [])
        if any(one["Sid"] == sid for one in present):
            raise ResourceConflictException(
                f"The statement id ({sid}) provided already exists. "
                "Please provide a new statement id, or remove the existing statement."
            )
        added = statement(named.qualified_arn, parameters)
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": [*present, added]}
        size = len(json.dumps(policy, separators=(",", ":")).encode())
        if size > quotas.RESOURCE_POLICY_SIZE:
            raise PolicyLengthExceededException(
                f"The final policy size ({size}) is bigger than the limit ({quotas.RESOURCE_POLICY_SIZE})."
            )
        function.policies[key] = policy
        holder.revision_id = plane.revision()
        return {"Statement": json.dumps(added, separators=(",", ":"))}

    def remove_permission(self, call: Call) -> dict[str, Any]:
        """One statement less; the last one takes the policy along."""
        plane, sid = self._plane, call.parameters["StatementId"]
        named = plane.identifier(call)
        store = plane.store(call)
        if named.name not in store:
            raise ResourceNotFoundException(f"No policy found for: {named.arn}")
        function = store.get(named.name)
        holder, key = self._holder(function, None if named.qualifier == LATEST else named.qualifier), named.qualifier
        policy = function.policies.get(key or LATEST)
        if policy is None:
            raise ResourceNotFoundException("No policy is associated with the given resource.")
        remaining = [one for one in policy["Statement"] if one["Sid"] != sid]
        if len(remaining) == len(policy["Statement"]):
            raise ResourceNotFoundException(f"Statement {sid} is not found in resource policy.")
        plane.check_revision(call, holder.revision_id)
        if remaining:
            function.policies[key or LATEST] = {**policy, "Statement": remaining}
        else:
            del function.policies[key or LATEST]
        holder.revision_id = plane.revision()
        return {}

    def get_policy(self, call: Call) -> dict[str, Any]:
        """The policy as a JSON document, with the revision of what holds it."""
        plane = self._plane
        named = plane.identifier(call)
        function = plane.store(call).get(named.name)
        policy = function.policies.get(named.qualifier or LATEST)
        if policy is None:
            raise ResourceNotFoundException("The resource you requested does not exist.")
        holder = self._holder(function, None if named.qualifier == LATEST else named.qualifier)
        return {"Policy": json.dumps(policy, separators=(",", ":")), "RevisionId": holder.revision_id}
