"""Every number the engine knows about AWS Lambda, and where it comes from.

The numbers are facts: they live in ``facts/quotas.yaml`` and ship with the package as ``quotas.json``
(``python facts/write_quotas.py`` writes it). Here they get the names the engine uses. Durations are in seconds,
sizes of memory and storage in MB as AWS counts them, payloads in bytes, prices in US dollars (us-east-1).

>>> MEMORY_MAX
10240
>>> source("MEMORY_MAX").since
'Dec 2020 (3,008 before)'
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Provenance", "constants", "source"]


@dataclass(frozen=True)
class Provenance:
    """Where a constant comes from.

    Attributes
    ----------
    name
        The constant.
    fact
        Name of the quota in ``facts/quotas.yaml``.
    field
        Which of its numbers: ``value``, ``minimum``, ``maximum``, ``default`` or ``parts.<name>``.
    value, unit, note
        The number, its unit, and what else must be said.
    since
        Since when it holds, in words; None when unknown.
    source
        Where it was read.
    checked
        Date it was last compared with the source, ISO 8601.
    """

    name: str
    fact: str
    field: str
    value: int | float | str | bool
    unit: str | None
    note: str | None
    since: str | None
    source: str
    checked: str


_DATA: dict[str, Any] = json.loads(Path(__file__).with_name("quotas.json").read_bytes())
_FIELDS: dict[str, tuple[str, str]] = {}


def _read(fact: str, field: str) -> Any:
    found = _DATA[fact]
    for key in field.split("."):
        found = found[key]
    return found


def _integer(name: str, fact: str, field: str = "value") -> int:
    _FIELDS[name] = (fact, field)
    number = _read(fact, field)
    if type(number) is not int:
        raise TypeError(f"{name}: {field} of {fact} is {number!r}, not a whole number")
    return number


def _price(name: str, fact: str) -> float:
    _FIELDS[name] = (fact, "value")
    return float(_read(fact, "value"))


def source(name: str) -> Provenance:
    """Where the constant `name` comes from.

    Raises
    ------
    KeyError
        There is no such constant.
    """
    if name not in _FIELDS:
        raise KeyError(f"lambdalab.quotas has no constant {name!r}; it has {', '.join(sorted(_FIELDS))}")
    fact, field = _FIELDS[name]
    quota = _DATA[fact]
    return Provenance(
        name=name,
        fact=fact,
        field=field,
        value=_read(fact, field),
        unit=quota["unit"],
        note=quota.get("note"),
        since=quota["since"],
        source=quota["source"],
        checked=quota["checked"],
    )


def constants() -> list[str]:
    """Names of all constants, in alphabetical order."""
    return sorted(_FIELDS)


# Function configuration
MEMORY_DEFAULT = _integer("MEMORY_DEFAULT", "memory_default")
MEMORY_MIN = _integer("MEMORY_MIN", "memory_min")
MEMORY_MAX = _integer("MEMORY_MAX", "memory_max")
MEMORY_PER_VCPU = _integer("MEMORY_PER_VCPU", "memory_mb_per_vcpu")
TIMEOUT_DEFAULT = _integer("TIMEOUT_DEFAULT", "timeout_default")
TIMEOUT_MIN = _integer("TIMEOUT_MIN", "timeout_min")
TIMEOUT_MAX = _integer("TIMEOUT_MAX", "timeout_max")
EPHEMERAL_STORAGE_DEFAULT = _integer("EPHEMERAL_STORAGE_DEFAULT", "ephemeral_storage_default")
EPHEMERAL_STORAGE_MAX = _integer("EPHEMERAL_STORAGE_MAX", "ephemeral_storage_max")
ENVIRONMENT_VARIABLES_TOTAL = _integer("ENVIRONMENT_VARIABLES_TOTAL", "env_vars_total")
LAYERS_PER_FUNCTION = _integer("LAYERS_PER_FUNCTION", "layers_per_function")
FUNCTION_NAME_MAX = _integer("FUNCTION_NAME_MAX", "function_name_max")
HANDLER_MAX = _integer("HANDLER_MAX", "handler_max")
DESCRIPTION_MAX = _integer("DESCRIPTION_MAX", "description_max")
RESOURCE_POLICY_SIZE = _integer("RESOURCE_POLICY_SIZE", "resource_policy_size")
ALIAS_VERSIONS = _integer("ALIAS_VERSIONS", "alias_versions")

# Functions in a VPC
VPC_ENI_DELETE_MINUTES = _integer("VPC_ENI_DELETE_MINUTES", "vpc_eni_delete")

# CodeDeploy
CODEDEPLOY_ALARMS = _integer("CODEDEPLOY_ALARMS", "codedeploy_alarms")
CODEDEPLOY_HOOK_TIMEOUT = _integer("CODEDEPLOY_HOOK_TIMEOUT", "codedeploy_hook_timeout")
CODEDEPLOY_CONFIGURATIONS: dict[str, tuple[int, int]] = {
    quota["value"]: (quota["parts"]["share"]["value"], quota["parts"].get("interval", {"value": 0})["value"])
    for fact, quota in _DATA.items()
    if fact.startswith("codedeploy_Lambda")
}
"""Share in percent and interval in minutes of the predefined configurations for Lambda."""

# Deployment packages
ZIP_DIRECT_UPLOAD = _integer("ZIP_DIRECT_UPLOAD", "zip_direct_upload")
PACKAGE_UNZIPPED = _integer("PACKAGE_UNZIPPED", "package_unzipped_including_layers")
CODE_STORAGE_GIGABYTES = _integer("CODE_STORAGE_GIGABYTES", "code_storage_per_region")

# Invocation
PAYLOAD_SYNCHRONOUS_REQUEST = _integer("PAYLOAD_SYNCHRONOUS_REQUEST", "payload_sync_request")
PAYLOAD_SYNCHRONOUS_RESPONSE = _integer("PAYLOAD_SYNCHRONOUS_RESPONSE", "payload_sync_response")
PAYLOAD_ASYNCHRONOUS = _integer("PAYLOAD_ASYNCHRONOUS", "payload_async")
PAYLOAD_INVOKE_ASYNC = _integer("PAYLOAD_INVOKE_ASYNC", "payload_invoke_async_legacy_api")
CLIENT_CONTEXT = _integer("CLIENT_CONTEXT", "client_context")
LOG_TAIL = _integer("LOG_TAIL", "log_tail")
RECURSION_THRESHOLD = _integer("RECURSION_THRESHOLD", "recursion_threshold")

# Execution environments
INIT_LIMIT = _integer("INIT_LIMIT", "init_limit")
SHUTDOWN_LIMIT_MILLISECONDS = _integer("SHUTDOWN_LIMIT_MILLISECONDS", "shutdown_limit", "parts.no_extension")

# Concurrency
ACCOUNT_CONCURRENCY = _integer("ACCOUNT_CONCURRENCY", "account_concurrency")
UNRESERVED_MINIMUM = _integer("UNRESERVED_MINIMUM", "unreserved_minimum")
SCALING_RATE_CAPACITY = _integer("SCALING_RATE_CAPACITY", "scaling_rate", "parts.capacity")
SCALING_RATE_REFILL_PER_SECOND = _integer("SCALING_RATE_REFILL_PER_SECOND", "scaling_rate", "parts.refill_per_second")
REQUESTS_PER_SECOND_FACTOR = _integer("REQUESTS_PER_SECOND_FACTOR", "rps_factor")

# Asynchronous invocation
ASYNC_RETRIES_MIN = _integer("ASYNC_RETRIES_MIN", "async_max_retries", "minimum")
ASYNC_RETRIES_MAX = _integer("ASYNC_RETRIES_MAX", "async_max_retries", "maximum")
ASYNC_RETRIES_DEFAULT = _integer("ASYNC_RETRIES_DEFAULT", "async_max_retries", "default")
ASYNC_RETRY_WAIT_FIRST = _integer("ASYNC_RETRY_WAIT_FIRST", "async_retry_waits", "parts.before_second_attempt")
ASYNC_RETRY_WAIT_SECOND = _integer("ASYNC_RETRY_WAIT_SECOND", "async_retry_waits", "parts.before_third_attempt")
ASYNC_RETRY_WAITS: tuple[int, int] = (ASYNC_RETRY_WAIT_FIRST, ASYNC_RETRY_WAIT_SECOND)
ASYNC_EVENT_AGE_MIN = _integer("ASYNC_EVENT_AGE_MIN", "async_event_age", "minimum")
ASYNC_EVENT_AGE_MAX = _integer("ASYNC_EVENT_AGE_MAX", "async_event_age", "maximum")
ASYNC_EVENT_AGE_DEFAULT = _integer("ASYNC_EVENT_AGE_DEFAULT", "async_event_age", "default")
ASYNC_BACKOFF_MIN = _integer("ASYNC_BACKOFF_MIN", "async_throttle_backoff", "minimum")
ASYNC_BACKOFF_MAX = _integer("ASYNC_BACKOFF_MAX", "async_throttle_backoff", "maximum")
DLQ_ERROR_MESSAGE = _integer("DLQ_ERROR_MESSAGE", "dlq_error_message")
SNS_MESSAGE = _integer("SNS_MESSAGE", "sns_message")
SQS_MESSAGE = _integer("SQS_MESSAGE", "sqs_message_size")

# Event source mappings
ESM_FILTERS = _integer("ESM_FILTERS", "esm_filters")
ESM_PAYLOAD_MEGABYTES = _integer("ESM_PAYLOAD_MEGABYTES", "esm_payload_cap")
ESM_WINDOW_REQUIRED_ABOVE = _integer("ESM_WINDOW_REQUIRED_ABOVE", "esm_window_required_above_batch")
SQS_BATCH_DEFAULT = _integer("SQS_BATCH_DEFAULT", "sqs_batch_default")
SQS_BATCH_MAX_FIFO = _integer("SQS_BATCH_MAX_FIFO", "sqs_batch_max_fifo")
SQS_INITIAL_CONCURRENCY = _integer("SQS_INITIAL_CONCURRENCY", "sqs_initial_concurrency")
SQS_SCALE_UP = _integer("SQS_SCALE_UP", "sqs_scale_up")
SQS_MAX_CONCURRENT = _integer("SQS_MAX_CONCURRENT", "sqs_max_concurrent")
SQS_POLLER_CONCURRENCY = _integer("SQS_POLLER_CONCURRENCY", "sqs_poller_capacity", "parts.concurrency.value")
SQS_PROVISIONED_SCALE_UP = _integer("SQS_PROVISIONED_SCALE_UP", "sqs_provisioned_scale_up")
SQS_POLLERS_MINIMUM_LOW = _integer(
    "SQS_POLLERS_MINIMUM_LOW", "sqs_provisioned_pollers", "parts.minimum_pollers_minimum"
)
SQS_POLLERS_MINIMUM_DEFAULT = _integer(
    "SQS_POLLERS_MINIMUM_DEFAULT", "sqs_provisioned_pollers", "parts.minimum_pollers_default"
)
SQS_POLLERS_MAXIMUM_LOW = _integer(
    "SQS_POLLERS_MAXIMUM_LOW", "sqs_provisioned_pollers", "parts.maximum_pollers_minimum"
)
SQS_POLLERS_MAXIMUM_DEFAULT = _integer(
    "SQS_POLLERS_MAXIMUM_DEFAULT", "sqs_provisioned_pollers", "parts.maximum_pollers_default"
)
KAFKA_POLLERS_MAXIMUM_HIGH = _integer("KAFKA_POLLERS_MAXIMUM_HIGH", "kafka_pollers", "parts.maximum_pollers_maximum")
KAFKA_POLLERS_MINIMUM_DEFAULT = _integer(
    "KAFKA_POLLERS_MINIMUM_DEFAULT", "kafka_pollers", "parts.minimum_pollers_default"
)
KAFKA_POLLERS_MAXIMUM_DEFAULT = _integer(
    "KAFKA_POLLERS_MAXIMUM_DEFAULT", "kafka_pollers", "parts.maximum_pollers_default"
)
KINESIS_BATCH_DEFAULT = _integer("KINESIS_BATCH_DEFAULT", "kinesis_batch", "default")
KINESIS_POLLS_PER_SECOND = _integer("KINESIS_POLLS_PER_SECOND", "kinesis_poll")
DYNAMODB_POLLS_PER_SECOND = _integer("DYNAMODB_POLLS_PER_SECOND", "ddb_poll")
TUMBLING_STATE_MEGABYTES = _integer("TUMBLING_STATE_MEGABYTES", "tumbling_state")

# Prices
PRICE_PER_MILLION_REQUESTS = _price("PRICE_PER_MILLION_REQUESTS", "price_request")
PRICE_GB_SECOND_X86 = _price("PRICE_GB_SECOND_X86", "price_gbs_x86_tier1")
PRICE_GB_SECOND_ARM = _price("PRICE_GB_SECOND_ARM", "price_gbs_arm_tier1")
PRICE_GB_SECOND_EPHEMERAL_STORAGE = _price("PRICE_GB_SECOND_EPHEMERAL_STORAGE", "price_ephemeral")
PRICE_GB_SECOND_PROVISIONED = _price("PRICE_GB_SECOND_PROVISIONED", "price_provisioned_concurrency")
BILLING_GRANULARITY_MILLISECONDS = _integer("BILLING_GRANULARITY_MILLISECONDS", "billing_granularity")
FREE_TIER_REQUESTS = _integer("FREE_TIER_REQUESTS", "free_tier_requests")
FREE_TIER_GB_SECONDS = _integer("FREE_TIER_GB_SECONDS", "free_tier_gbs")
