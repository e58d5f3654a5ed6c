"""What a function's execution role must allow before Lambda takes a dead-letter queue or a destination."""

from __future__ import annotations

from lambdalab.control.control_plane import ControlPlane
from lambdalab.errors import InvalidParameterValueException, ValidationException

__all__ = ["check_dead_letter_target", "check_destination_permission", "service_of"]

_ACTIONS = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
    "s3": "s3:PutObject",
}


def service_of(arn: str) -> str:
    """The service in an ARN."""
    parts = arn.split(":")
    return parts[2] if len(parts) > 2 else ""


def check_dead_letter_target(plane: ControlPlane, role: str, target: str) -> None:
    """Refuse a dead-letter queue that is neither a queue nor a topic, or that `role` may not write to."""
    service = service_of(target)
    if service not in ("sqs", "sns"):
        raise ValidationException(
            f"1 validation error detected: Value '{target}' at 'deadLetterConfig.targetArn' failed to satisfy "
            "constraint: Member must be the ARN of an Amazon SQS queue or an Amazon SNS topic"
        )
    action = _ACTIONS[service]
    if not plane.roles.allows(role, action, target):
        raise InvalidParameterValueException(
            "The provided execution role does not have permissions to call "
            f"{action.partition(':')[2]} on {service.upper()}"
        )


def check_destination_permission(plane: ControlPlane, role: str, destination: str) -> None:
    """Refuse a destination `role` may not deliver to."""
    service = service_of(destination)
    resource = f"{destination}/*" if service == "s3" else destination
    action = _ACTIONS[service]
    if not plane.roles.allows(role, action, resource):
        raise InvalidParameterValueException(
            "The function's execution role does not have permissions to call "
            f"{action.partition(':')[2]} on {destination}"
        )
