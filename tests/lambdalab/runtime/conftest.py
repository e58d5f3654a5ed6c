"""Executors under test, and what a test needs to run a handler on one."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import itertools
import json
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdalab.clock import MILLISECOND, SECOND, Clock
from lambdalab.deployment_package import deployment_package
from lambdalab.runtime.child_process import ChildProcessExecutor
from lambdalab.runtime.child_process.executor import RuntimeClient
from lambdalab.runtime.child_process.zygote import Zygote
from lambdalab.runtime.executor import Executor, InitResult, InvokeRequest, InvokeResult, Sandbox, SandboxSpecification
from lambdalab.runtime.in_process import InProcessExecutor


def _in_process(clock: Clock) -> Executor:
    return InProcessExecutor(clock, budget_seconds=0.3)


@functools.cache
def _zygote() -> Zygote:
    """One for all tests; it ends with the interpreter."""
    return Zygote()


def _child_process(clock: Clock, runtime_client: RuntimeClient) -> Executor:
    zygote = _zygote() if sys.platform == "linux" else False
    return ChildProcessExecutor(clock, budget_seconds=2, runtime_client=runtime_client, zygote=zygote)


EXECUTORS: dict[str, Callable[[Clock], Executor]] = {
    "in-process": _in_process,
    "child-process": functools.partial(_child_process, runtime_client="own"),
}
if importlib.util.find_spec("awslambdaric"):  # wheels for Linux only
    EXECUTORS["child-process-awslambdaric"] = functools.partial(_child_process, runtime_client="awslambdaric")
"""Every executor passes the whole behaviour suite."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=sorted(EXECUTORS))
def executor(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Executor]:
    made = EXECUTORS[request.param](clock)
    yield made
    made.close()


@dataclass
class Environment:
    """An execution environment as the tests drive it."""

    sandbox: Sandbox
    clock: Clock
    timeout_ns: int
    _requests: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def initialize(self, limit: float = 10) -> InitResult:
        return self.sandbox.initialize(round(limit * SECOND))

    def invoke(self, event: Any = None, **request: Any) -> InvokeResult:
        """Invoke with an event, or with ``payload``; other keywords go into the request."""
        request.setdefault("request_id", f"00000000-0000-4000-8000-{next(self._requests):012}")
        request.setdefault("payload", json.dumps(event).encode())
        request.setdefault("deadline_ns", self.clock.time_ns + self.timeout_ns)
        request.setdefault("invoked_function_arn", "arn:aws:lambda:us-east-1:123456789012:function:hello")
        request.setdefault("trace_id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0")
        return self.sandbox.invoke(InvokeRequest(**request))

    def answer(self, event: Any = None, **request: Any) -> Any:
        """Invoke, insist on success and decode the answer."""
        result = self.invoke(event, **request)
        assert result.outcome == "success", result
        return json.loads(result.payload)

    def error(self, event: Any = None, **request: Any) -> dict[str, Any]:
        """Invoke, insist on an error object and decode it."""
        result = self.invoke(event, **request)
        assert result.outcome != "success", result
        decoded: dict[str, Any] = json.loads(result.payload)
        return decoded

    def spent_ms(self, call: Callable[[], object]) -> float:
        """Virtual milliseconds a call takes."""
        began = self.clock.time_ns
        call()
        return (self.clock.time_ns - began) / MILLISECOND


@pytest.fixture
def handler() -> Callable[..., str]:
    """Make the source of a module: ``handler(body, before="")``, both dedented."""

    def source(body: str, before: str = "") -> str:
        indented = textwrap.indent(textwrap.dedent(body), "    ")
        return f"{textwrap.dedent(before)}\ndef lambda_handler(event, context):\n{indented}"

    return source


MakeEnvironment = Callable[..., Environment]


def make_environment_on(
    executor: Executor,
    clock: Clock,
    source: str | dict[str, str | bytes],
    timeout: float = 3,
    number: int = 1,
    **specification: Any,
) -> Environment:
    """An environment from source text (of ``lambda_function.py``) or a mapping of files; not initialised yet."""
    code = deployment_package({"lambda_function.py": source} if isinstance(source, str) else source)
    memory = specification.setdefault("memory_mb", 128)
    variables = {
        "AWS_LAMBDA_FUNCTION_NAME": "hello",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory),
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/hello",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
        "AWS_EXECUTION_ENV": "AWS_Lambda_" + specification.get("runtime", "python3.12"),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        **specification.pop("environment_variables", {}),
    }
    if specification.get("log_format") == "JSON":
        variables["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        variables["AWS_LAMBDA_LOG_LEVEL"] = specification.setdefault("application_log_level", "INFO")
    described: dict[str, Any] = {
        "environment_id": f"{number:032x}",
        "function_name": "hello",
        "function_arn": "arn:aws:lambda:us-east-1:123456789012:function:hello",
        "version": "$LATEST",
        "handler": "lambda_function.lambda_handler",
        "runtime": "python3.12",
        "code": code,
        "code_sha256": f"sha256 of package {number}",
        "environment_variables": variables,
        "timeout_ns": round(timeout * SECOND),
        "ephemeral_storage_mb": 512,
        "log_group": "/aws/lambda/hello",
        "log_stream": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
        **specification,
    }
    described["layers"] = tuple(deployment_package(layer) for layer in described.get("layers", ()))
    sandbox = executor.create(SandboxSpecification(**described))
    return Environment(sandbox, clock, described["timeout_ns"])


@pytest.fixture
def make_environment(executor: Executor, clock: Clock) -> MakeEnvironment:
    """Make environments on the executor under test; they are numbered from 1."""
    numbers = itertools.count(1)
    return lambda source, **keywords: make_environment_on(executor, clock, source, number=next(numbers), **keywords)


@pytest.fixture
def every_executor() -> Iterator[dict[str, MakeEnvironment]]:
    """For each executor by name: make environments on it, on a clock of its own."""
    made = {name: (EXECUTORS[name], Clock()) for name in sorted(EXECUTORS)}
    with contextlib.ExitStack() as stack:
        makers: dict[str, MakeEnvironment] = {}
        for name, (make_executor, clock) in made.items():
            executor = make_executor(clock)
            stack.callback(executor.close)
            makers[name] = functools.partial(make_environment_on, executor, clock)
        yield makers


@pytest.fixture
def environment(make_environment: MakeEnvironment) -> MakeEnvironment:
    """Make environments that are initialised."""

    def make(source: str | dict[str, str | bytes], **specification: Any) -> Environment:
        made = make_environment(source, **specification)
        result = made.initialize()
        assert result.outcome == "success", result
        return made

    return make
