"""A sandbox that does what its deployment package says, one line of JSON an invocation: the executor's seam, played."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from lambdalab.chance import Chance
from lambdalab.clock import MILLISECOND, SECOND, Clock, Scheduler
from lambdalab.functions.configuration import Code, FunctionConfiguration, LoggingConfiguration
from lambdalab.functions.function import Function, FunctionVersion
from lambdalab.invocation.data_plane import DataPlane
from lambdalab.runtime.executor import InitResult, InvokeRequest, InvokeResult, SandboxSpecification
from lambdalab.timeline import Timeline

ACCOUNT, REGION = "123456789012", "us-east-1"


class ScriptedSandbox:
    """Plays ``{"init_ms": …, "script": [{"outcome": …, "seconds": …}, …]}``; the last line repeats."""

    def __init__(self, clock: Clock, specification: SandboxSpecification, played: dict[str, int]) -> None:
        self.clock, self.specification, self.played = clock, specification, played
        self.script: dict[str, Any] = json.loads(specification.code)
        self.shut_down = 0

    def initialize(self, limit_ns: int) -> InitResult:
        self.clock.spend(self.script.get("init_ms", 100) * MILLISECOND)
        return InitResult("success")

    def invoke(self, request: InvokeRequest) -> InvokeResult:
        lines = self.script["script"]
        number = self.played.get(self.specification.function_name, 0)
        self.played[self.specification.function_name] = number + 1
        line = lines[min(number, len(lines) - 1)]
        self.clock.spend(round(line.get("seconds", 0.001) * SECOND))
        if line["outcome"] == "success":
            return InvokeResult("success", b'"done"', 40, log="working\n")
        if line["outcome"] == "error":
            return InvokeResult(
                "error", b'{"errorMessage": "boom", "errorType": "ValueError"}', 40, "ValueError", "boom"
            )
        error_type = {"timeout": "Sandbox.Timedout", "exit": "Runtime.ExitError"}[line["outcome"]]
        payload = json.dumps({"errorType": error_type, "errorMessage": "gone"}).encode()
        return InvokeResult(line["outcome"], payload, 40, error_type, "gone")

    def reset(self) -> None:
        pass

    def shutdown(self) -> None:
        self.shut_down += 1


class ScriptedExecutor:
    name = "scripted"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.played: dict[str, int] = {}
        self.sandboxes: list[ScriptedSandbox] = []

    def create(self, specification: SandboxSpecification) -> ScriptedSandbox:
        self.sandboxes.append(ScriptedSandbox(self.clock, specification, self.played))
        return self.sandboxes[-1]

    def close(self) -> None:
        pass


class RecordingTargets:
    """Takes everything; ``refusing`` ARNs raise."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, dict[str, Any]]] = []
        self.events: list[tuple[str, str, str, dict[str, Any], list[str]]] = []
        self.objects: list[tuple[str, str, bytes]] = []

    def send_message(self, queue_arn: str, body: str, attributes: dict[str, dict[str, str]]) -> None:
        self.messages.append((queue_arn, body, attributes))

    def publish(self, topic_arn: str, message: str, attributes: dict[str, dict[str, str]]) -> None:
        self.messages.append((topic_arn, message, attributes))

    def put_event(
        self, bus_arn: str, source: str, detail_type: str, detail: dict[str, Any], resources: list[str]
    ) -> None:
        self.events.append((bus_arn, source, detail_type, detail, resources))

    def put_object(self, bucket_arn: str, key: str, body: bytes, account: str) -> None:
        self.objects.append((bucket_arn, key, body))


class Stage:
    """A data plane over scripted sandboxes."""

    def __init__(self, seed: int = 0) -> None:
        self.clock = Clock()
        self.scheduler = Scheduler(self.clock)
        self.timeline = Timeline(self.clock.time_ns)
        self.executor = ScriptedExecutor(self.clock)
        self.targets = RecordingTargets()
        self.start_ns = self.clock.time_ns
        self.plane = DataPlane(
            self.clock, self.scheduler, self.timeline, Chance(seed), self.executor, self.targets, lambda arn: b""
        )

    @property
    def elapsed(self) -> float:
        return (self.clock.time_ns - self.start_ns) / SECOND

    def seconds(self, instant_ns: int) -> float:
        return (instant_ns - self.start_ns) / SECOND

    def function(self, name: str = "f", script: list[dict[str, Any]] | None = None, **settings: Any) -> Function:
        """A function in the store; ``settings`` go into its configuration."""
        init_ms = settings.pop("init_ms", 100)
        content = json.dumps({"init_ms": init_ms, "script": script or [{"outcome": "success"}]}).encode()
        sha256 = base64.b64encode(hashlib.sha256(content).digest()).decode()
        configuration = FunctionConfiguration(
            role=f"arn:aws:iam::{ACCOUNT}:role/r",
            code=Code(content, sha256, len(content)),
            logging=LoggingConfiguration(f"/aws/lambda/{name}"),
            runtime="python3.12",
            handler="h.h",
            **settings,
        )
        function = Function(
            ACCOUNT, REGION, name, FunctionVersion("$LATEST", configuration, "revision", self.clock.time_ns)
        )
        self.plane.store(ACCOUNT, REGION).add(function)
        return function


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="session")
def new_stage() -> type[Stage]:
    """For property tests, which need a stage an example."""
    return Stage
