"""The execution environments of every function version: found warm, made cold, retired."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType

from lambdalab.chance import Chance
from lambdalab.clock import SECOND, Clock
from lambdalab.functions.configuration import FunctionConfiguration
from lambdalab.functions.function import Function, FunctionVersion
from lambdalab.runtime.environment import ExecutionEnvironment
from lambdalab.runtime.executor import Executor, SandboxSpecification
from lambdalab.timeline import Timeline

__all__ = ["IDLE_LIFETIME", "EnvironmentPool"]

IDLE_LIFETIME = 300
"""Seconds an idle environment is kept. AWS names no number (behaviours §2.5): a modelling choice."""

LayerArchives = Callable[[str], bytes]
"""Layer version ARN → zip archive."""


class EnvironmentPool:
    """All environments of one account and Region."""

    def __init__(
        self,
        executor: Executor,
        clock: Clock,
        timeline: Timeline,
        chance: Chance,
        layer_archive: LayerArchives,
        idle_lifetime: float = IDLE_LIFETIME,
    ) -> None:
        self._executor = executor
        self._clock = clock
        self._timeline = timeline
        self._chance = chance
        self._layer_archive = layer_archive
        self._idle_lifetime_ns = round(idle_lifetime * SECOND)
        self._environments: dict[tuple[str, str], list[ExecutionEnvironment]] = {}
        self._running: set[str] = set()

    def idle(self, function: Function, version: FunctionVersion) -> ExecutionEnvironment | None:
        """The warm environment used last, or None. Those idle too long are shut down."""
        now = self._clock.time_ns
        environments = self._environments.get((function.name, version.number))
        if not environments:
            return None
        expired = [e for e in environments if self._expired(e, now)]
        for environment in expired:
            environments.remove(environment)
            with self._clock.at(environment.busy_until_ns + self._idle_lifetime_ns):
                environment.shut_down("idle")
        free = [e for e in environments if e.busy_until_ns <= now and e.environment_id not in self._running]
        return max(free, key=lambda e: e.busy_until_ns, default=None)

    def create(self, function: Function, version: FunctionVersion) -> ExecutionEnvironment:
        """A new environment for the version; its INIT runs with the first invocation."""
        environment_id = self._chance.hexadecimal("environment id", 32)
        specification = self._specification(function, version, environment_id)
        environment = ExecutionEnvironment(
            specification, self._executor.create(specification), self._clock, self._timeline
        )
        self._environments.setdefault((function.name, version.number), []).append(environment)
        return environment

    def occupy(self, environment: ExecutionEnvironment) -> None:
        """The environment begins to serve an event."""
        self._running.add(environment.environment_id)

    def release(self, environment: ExecutionEnvironment) -> None:
        """It has served the event; it stays busy until the virtual end."""
        self._running.discard(environment.environment_id)

    def retire(self, name: str, number: str | None, reason: str) -> None:
        """Shut down the environments of a version, or of the whole function; those in use finish first."""
        for key in [k for k in self._environments if k[0] == name and number in (None, k[1])]:
            for environment in self._environments.pop(key):
                environment.shut_down(reason)

    def close(self) -> None:
        """Shut every environment down."""
        for environments in self._environments.values():
            for environment in environments:
                environment.shut_down("stopped")
        self._environments.clear()

    def _expired(self, environment: ExecutionEnvironment, now: int) -> bool:
        idle_since = environment.busy_until_ns
        return environment.environment_id not in self._running and now - idle_since > self._idle_lifetime_ns

    def _specification(self, function: Function, version: FunctionVersion, environment_id: str) -> SandboxSpecification:
        configuration = version.configuration
        date = self._clock.now().strftime("%Y/%m/%d")
        log_stream = f"{date}/[{version.number}]{environment_id}"
        logging = configuration.logging
        return SandboxSpecification(
            environment_id=environment_id,
            function_name=function.name,
            function_arn=function.arn,
            version=version.number,
            handler=configuration.handler or "",
            runtime=configuration.runtime or "",
            code=configuration.code.archive,
            code_sha256=base64.b64decode(configuration.code.sha256).hex(),
            environment_variables=_variables(function, version.number, configuration, log_stream),
            memory_mb=configuration.memory_size,
            timeout_ns=configuration.timeout * SECOND,
            ephemeral_storage_mb=configuration.ephemeral_storage,
            log_group=logging.log_group,
            log_stream=log_stream,
            layers=tuple(self._layer_archive(arn) for arn in configuration.layers),
            log_format=logging.log_format,
            application_log_level=logging.application_log_level,
        )


def _variables(
    function: Function, number: str, configuration: FunctionConfiguration, log_stream: str
) -> Mapping[str, str]:
    """The environment variables of behaviours §2.8, the function's own under the reserved ones."""
    runtime = configuration.runtime or ""
    reserved = {
        "_HANDLER": configuration.handler or "",
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": number,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory_size),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": configuration.logging.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_LAMBDA_LOG_FORMAT": configuration.logging.log_format,
        "AWS_ACCESS_KEY_ID": "ASIALAMBDALAB0000000",
        "AWS_SECRET_ACCESS_KEY": "lambdalab",
        "AWS_SESSION_TOKEN": "lambdalab",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
    }
    if configuration.logging.application_log_level:
        reserved["AWS_LAMBDA_LOG_LEVEL"] = configuration.logging.application_log_level
    return MappingProxyType({**configuration.environment, **reserved})
