"""Endpoint policies: whether a call may pass a VPC endpoint."""

from __future__ import annotations

import fnmatch
import json
from typing import Any

from lambdalab.errors import NotEmulatedError

__all__ = ["policy_allows"]


def policy_allows(policy: str, action: str | None) -> bool:
    """Whether an endpoint policy allows `action`, such as ``dynamodb:GetItem``. Without one: anything at all.

    Raises
    ------
    NotEmulatedError
        The answer hangs on a part of the policy that is not evaluated: conditions, ``NotAction``, single resources.
    """
    statements = json.loads(policy).get("Statement", [])
    allowed = False
    for statement in statements if isinstance(statements, list) else [statements]:
        if "NotAction" in statement or "NotResource" in statement:
            raise NotEmulatedError("an endpoint policy with NotAction or NotResource")
        actions = _list(statement.get("Action", []))
        if action is not None and not any(fnmatch.fnmatchcase(action.lower(), one.lower()) for one in actions):
            continue
        if not actions:
            continue
        if statement.get("Condition"):
            raise NotEmulatedError("an endpoint policy with a Condition")
        if statement.get("Effect") == "Deny":
            if action is not None or "*" in actions:
                if _list(statement.get("Resource", "*")) != ["*"]:
                    raise NotEmulatedError("an endpoint policy that denies single resources")
                return False
        else:
            if action is not None and _list(statement.get("Resource", "*")) != ["*"]:
                raise NotEmulatedError("an endpoint policy that allows single resources")
            allowed = True
    return allowed


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
