"""A function's configuration as requests set it: what they may say, and how it combines with what is there."""

from __future__ import annotations

import dataclasses
import json
from types import MappingProxyType
from typing import Any

from lambdalab import quotas
from lambdalab.control.call import Call
from lambdalab.control.code import check_combined_size
from lambdalab.control.control_plane import ControlPlane
from lambdalab.control.layer_references import check_layers, codes_of
from lambdalab.control.permissions import check_dead_letter_target
from lambdalab.control.runtimes import check_runtime
from lambdalab.control.vpc import changed_vpc_config
from lambdalab.errors import InvalidParameterValueException, ValidationException
from lambdalab.functions.configuration import Code, FunctionConfiguration, LoggingConfiguration

__all__ = ["changed_configuration", "first_configuration"]

_RESERVED_VARIABLES = frozenset(
    {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
_ENVIRONMENT = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided"
)


def first_configuration(
    plane: ControlPlane, call: Call, name: str, code: Code, runtimes: tuple[str, ...]
) -> FunctionConfiguration:
    """The configuration of a new function."""
    parameters = call.parameters
    if not parameters.get("Runtime") or not parameters.get("Handler"):
        raise InvalidParameterValueException(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages."
        )
    blank = FunctionConfiguration(
        role=parameters["Role"], code=code, logging=LoggingConfiguration(log_group=f"/aws/lambda/{name}")
    )
    architectures = tuple(parameters.get("Architectures") or blank.architectures)
    return changed_configuration(plane, call, dataclasses.replace(blank, architectures=architectures), runtimes)


def changed_configuration(
    plane: ControlPlane, call: Call, present: FunctionConfiguration, runtimes: tuple[str, ...]
) -> FunctionConfiguration:
    """`present` with the settings the call gives; what it does not give stays.

    Raises
    ------
    InvalidParameterValueException, ValidationException
        In AWS's words.
    """
    given = call.parameters
    changes: dict[str, Any] = {}
    for parameter, attribute in (("Handler", "handler"), ("Description", "description")):
        if parameter in given:
            changes[attribute] = given[parameter]
    if "KMSKeyArn" in given:
        changes["kms_key_arn"] = given["KMSKeyArn"] or None
    if "Timeout" in given:
        changes["timeout"] = _at_most(given["Timeout"], quotas.TIMEOUT_MAX, "timeout")
    if "MemorySize" in given:
        changes["memory_size"] = _memory(given["MemorySize"])
    if "EphemeralStorage" in given:
        size = given["EphemeralStorage"]["Size"]
        changes["ephemeral_storage"] = _at_most(size, quotas.EPHEMERAL_STORAGE_MAX, "ephemeralStorage.size")
    if "Environment" in given:
        changes["environment"] = _environment(given["Environment"].get("Variables") or {})
    if "TracingConfig" in given:
        changes["tracing_mode"] = given["TracingConfig"].get("Mode") or present.tracing_mode
    if "LoggingConfig" in given:
        changes["logging"] = _logging(given["LoggingConfig"], present.logging)
    if "Layers" in given:
        check_layers(plane.store(call), call, given["Layers"])
        changes["layers"] = tuple(given["Layers"])
    if "Role" in given:
        if not plane.roles.assumable(given["Role"]):
            raise InvalidParameterValueException("The role defined for the function cannot be assumed by Lambda.")
        changes["role"] = given["Role"]
    if "VpcConfig" in given:
        role = changes.get("role", present.role)
        changes["vpc_config"] = changed_vpc_config(plane, call, role, present.vpc_config, given["VpcConfig"])
    if "Runtime" in given:
        check_runtime(given["Runtime"], runtimes)
        changes["runtime"] = given["Runtime"]
    if "DeadLetterConfig" in given:
        target = given["DeadLetterConfig"].get("TargetArn") or None
        if target is not None:
            check_dead_letter_target(plane, changes.get("role", present.role), target)
        changes["dead_letter_arn"] = target
    changed = dataclasses.replace(present, **changes)
    if "Layers" in given:
        check_combined_size(changed.code, codes_of(plane.store(call), changed.layers))
    return changed


def _at_most(value: int, limit: int, path: str) -> int:
    # The model's own maximum holds for Lambda Managed Instances; default compute has a smaller one.
    if value > limit:
        raise ValidationException(
            f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: "
            f"Member must have value less than or equal to {limit}"
        )
    return value


def _memory(value: int) -> int:
    if value > quotas.MEMORY_MAX:
        raise InvalidParameterValueException(
            "'MemorySize' value failed to satisfy constraint: "
            f"Member must have value less than or equal to {quotas.MEMORY_MAX}"
        )
    return value


def _environment(variables: dict[str, str]) -> MappingProxyType[str, str]:
    if reserved := sorted(_RESERVED_VARIABLES.intersection(variables)):
        raise InvalidParameterValueException(
            f"{_ENVIRONMENT} contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > quotas.ENVIRONMENT_VARIABLES_TOTAL:
        raise InvalidParameterValueException(f"{_ENVIRONMENT} exceeded the 4KB limit. String measured: {measured}")
    return MappingProxyType(dict(variables))


def _logging(given: dict[str, str], present: LoggingConfiguration) -> LoggingConfiguration:
    log_format = given.get("LogFormat") or present.log_format
    levels = {name: given[name] for name in ("ApplicationLogLevel", "SystemLogLevel") if given.get(name)}
    group = given.get("LogGroup") or present.log_group
    if log_format == "Text":
        if levels:
            raise InvalidParameterValueException(
                'LogLevel is not supported when LogFormat is set to "Text". '
                'Remove LogLevel from your request or change the LogFormat to "JSON" and try again.'
            )
        return LoggingConfiguration(log_group=group)
    return LoggingConfiguration(
        log_group=group,
        log_format="JSON",
        application_log_level=levels.get("ApplicationLogLevel") or present.application_log_level or "INFO",
        system_log_level=levels.get("SystemLogLevel") or present.system_log_level or "INFO",
    )
