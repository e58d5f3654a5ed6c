"""A function version as the API shows it."""

from __future__ import annotations

from typing import Any

from lambdalab.control.control_plane import last_modified
from lambdalab.functions.function import Function, FunctionStore, FunctionVersion

__all__ = ["configuration_answer", "listed"]

_NOT_LISTED = (
    "State",
    "StateReason",
    "StateReasonCode",
    "LastUpdateStatus",
    "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode",
)


def configuration_answer(
    store: FunctionStore, function: Function, version: FunctionVersion, qualifier: str | None = None
) -> dict[str, Any]:
    """``FunctionConfiguration`` of `version`; `qualifier` ends the ARN when given. None means "not shown"."""
    configuration = version.configuration
    logging = configuration.logging
    pending = version.state == "Pending"
    layers = [(arn, store.layer_version(arn)) for arn in configuration.layers]
    return {
        "FunctionName": function.name,
        "FunctionArn": f"{function.arn}:{qualifier}" if qualifier else function.arn,
        "Runtime": configuration.runtime,
        "Role": configuration.role,
        "Handler": configuration.handler,
        "CodeSize": configuration.code.size,
        "Description": configuration.description,
        "Timeout": configuration.timeout,
        "MemorySize": configuration.memory_size,
        "LastModified": last_modified(version.last_modified_ns),
        "CodeSha256": configuration.code.sha256,
        "Version": version.number,
        "DeadLetterConfig": {"TargetArn": configuration.dead_letter_arn} if configuration.dead_letter_arn else None,
        "Environment": {"Variables": dict(configuration.environment)} if configuration.environment else None,
        "KMSKeyArn": configuration.kms_key_arn,
        "TracingConfig": {"Mode": configuration.tracing_mode},
        "RevisionId": version.revision_id,
        "VpcConfig": None if configuration.vpc_config is None else dict(configuration.vpc_config),
        "Layers": [{"Arn": arn, "CodeSize": kept.code.size} for arn, kept in layers if kept] or None,
        "State": version.state,
        "StateReason": version.state_reason,
        "StateReasonCode": version.state_reason_code,
        "LastUpdateStatus": None if pending else version.last_update_status,
        "LastUpdateStatusReason": version.last_update_status_reason,
        "LastUpdateStatusReasonCode": version.last_update_status_reason_code,
        "PackageType": configuration.package_type,
        "Architectures": list(configuration.architectures),
        "EphemeralStorage": {"Size": configuration.ephemeral_storage},
        "SnapStart": {"ApplyOn": configuration.snap_start, "OptimizationStatus": "Off"},
        "LoggingConfig": {
            "LogFormat": logging.log_format,
            "ApplicationLogLevel": logging.application_log_level,
            "SystemLogLevel": logging.system_log_level,
            "LogGroup": logging.log_group,
        },
    }


def listed(answer: dict[str, Any]) -> dict[str, Any]:
    """The same as lists show it: without states."""
    return {name: value for name, value in answer.items() if name not in _NOT_LISTED}
