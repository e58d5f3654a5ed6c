"""Execution roles: moto's IAM asked whether a role exists and whether Lambda may assume it."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["MotoRoles"]

_LAMBDA_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class MotoRoles:
    """The roles of every account."""

    def assumable(self, role_arn: str) -> bool:
        """Whether the role exists and its trust policy lets ``lambda.amazonaws.com`` assume it."""
        return self.trusts(role_arn, "lambda.amazonaws.com")

    def trusts(self, role_arn: str, service: str) -> bool:
        """Whether the role exists and its trust policy lets the service principal assume it."""
        from moto.iam.models import iam_backends

        parts = role_arn.split(":")
        if len(parts) != 6:
            return False
        for role in iam_backends[parts[4]]["aws"].roles.values():
            if role.arn == role_arn:
                return _trusts(role.assume_role_policy_document, service)
        return False

    def allows(self, role_arn: str, action: str, resource_arn: str) -> bool:
        """Whether the role's policies, inline and attached, allow `action` on the resource. Deny wins."""
        from moto.iam.access_control import IAMPolicy, PermissionResult
        from moto.iam.models import iam_backends

        backend = iam_backends[role_arn.split(":")[4]]["aws"]
        role = next((role for role in backend.roles.values() if role.arn == role_arn), None)
        if role is None:
            return False
        documents = [*role.policies.values(), *role.managed_policies.values()]
        verdicts = [IAMPolicy(document).is_action_permitted(action, resource_arn) for document in documents]
        return PermissionResult.DENIED not in verdicts and PermissionResult.PERMITTED in verdicts

    def make_execution_role(self, account: str, name: str) -> str:
        """A role that Lambda may assume and that may do everything, made when missing; its ARN."""
        from moto.iam.models import iam_backends

        backend = iam_backends[account]["aws"]
        for role in backend.roles.values():
            if role.name == name:
                return str(role.arn)
        role = backend.create_role(
            role_name=name,
            assume_role_policy_document=json.dumps(_LAMBDA_TRUST),
            path="/",
            permissions_boundary=None,
            description="Execution role of the examples",
            tags=[],
            max_session_duration="3600",
        )
        backend.put_role_policy(role.name, "everything", json.dumps(_EVERYTHING))
        return str(role.arn)


def _trusts(document: str | dict[str, Any], service: str) -> bool:
    policy = json.loads(document) if isinstance(document, str) else document
    statements = policy.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else principal
        named = [services] if isinstance(services, str) else services
        if statement.get("Effect") == "Allow" and (service in named or "*" in named):
            return True
    return False
