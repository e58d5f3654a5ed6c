"""The Lambda API behind a real boto3 client; fakes stand only where other rooms and other services begin."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from lambdalab import quotas
from lambdalab.chance import Chance
from lambdalab.clock import MILLISECOND, Clock, Scheduler
from lambdalab.control import HttpRequest, HttpResponse, LambdaApi
from lambdalab.errors import ObjectNotFoundError
from lambdalab.functions.function import Function, FunctionStore
from lambdalab.invocation.invocation import Invocation, InvocationAnswer
from lambdalab.sources.mapping import EventSourceMapping
from lambdalab.sources.mappings import EventSourceMappings
from lambdalab.timeline import Timeline

ACCOUNT, REGION = "123456789012", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/example"


@dataclass
class RecordingInvoker:
    """Notes what it is asked, and returns the payload."""

    invocations: list[Invocation] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    failure: Exception | None = None
    function_error: str | None = None

    def invoke(self, invocation: Invocation) -> InvocationAnswer:
        self.invocations.append(invocation)
        if self.failure is not None:
            raise self.failure
        if invocation.invocation_type == "RequestResponse":
            log = b"START\nEND\n" if invocation.log_tail else None
            return InvocationAnswer(200, invocation.payload, "7", self.function_error, log, "an-invocation")
        status = 202 if invocation.invocation_type == "Event" else 204
        return InvocationAnswer(status, b"", None, None, None)

    def code_changed(self, function: Function, number: str) -> None:
        self.changed.append((function.name, number))

    def function_deleted(self, function: Function) -> None:
        self.deleted.append(function.name)


@dataclass
class SomeRoles:
    """Every role exists; one whose name ends in ``stranger`` does not trust Lambda. ``forbidden`` actions."""

    forbidden: set[str] = field(default_factory=set)

    def assumable(self, role_arn: str) -> bool:
        return not role_arn.endswith("stranger")

    def allows(self, role_arn: str, action: str, resource_arn: str) -> bool:
        return action not in self.forbidden


@dataclass
class SomeObjects:
    """A bucket in memory."""

    kept: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def read(self, account: str, region: str, bucket: str, key: str, version: str | None) -> bytes:
        if (bucket, key) not in self.kept:
            raise ObjectNotFoundError("NoSuchKey", "The specified key does not exist.")
        return self.kept[bucket, key]

    def location(self, account: str, region: str, key: str, archive: bytes) -> str:
        self.kept["lambda", key] = archive
        return f"https://lambda.example/{key}"


@dataclass
class SomeSources:
    """Queues with their visibility timeouts; streams exist unless their name ends in ``gone``."""

    queues: dict[str, int] = field(default_factory=dict)

    def visibility_timeout(self, queue_arn: str) -> int | None:
        return self.queues.get(queue_arn)

    def stream_exists(self, stream_arn: str) -> bool:
        return not stream_arn.endswith("gone")


class RecordingPoller:
    """Notes the mappings it reads."""

    def __init__(self, mapping: EventSourceMapping, reading: list[str]) -> None:
        self._mapping, self._reading = mapping, reading

    def start(self) -> None:
        self._reading.append(self._mapping.uuid)

    def stop(self) -> None:
        if self._mapping.uuid in self._reading:
            self._reading.remove(self._mapping.uuid)


class Body(io.BytesIO):
    """A body as botocore wants to read it."""

    def stream(self, amount: int = 65536, **_: Any) -> Any:
        while chunk := self.read(amount):
            yield chunk


@cache
def client() -> Any:
    """One for all tests: making it takes longer than using it."""
    return boto3.client(
        "lambda",
        region_name=REGION,
        aws_access_key_id="x",
        aws_secret_access_key="y",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


class Api:
    """A boto3 client whose requests end in a `LambdaApi`, with what the tests look at.

    Call it with an operation of the API; `refuse` gives the error instead. The client validates nothing itself.
    """

    account, region, role = ACCOUNT, REGION, ROLE

    def __init__(self, seed: int = 7, settles_after_ns: int = MILLISECOND // 2) -> None:
        self.clock = Clock()
        self.scheduler = Scheduler(self.clock)
        self.timeline = Timeline(self.clock.time_ns)
        self.invoker, self.roles, self.objects = RecordingInvoker(), SomeRoles(), SomeObjects()
        self.sources = SomeSources()
        self.reading: list[str] = []
        self._stores: dict[tuple[str, str], FunctionStore] = {}
        self.api = LambdaApi(
            self.store,
            self.clock,
            self.scheduler,
            Chance(seed),
            self.timeline,
            self.invoker,
            self.roles,
            self.objects,
            self.sources,
            EventSourceMappings(
                self.clock, self.scheduler, self.timeline, lambda mapping: RecordingPoller(mapping, self.reading)
            ),
            settles_after_ns,
        )

    def store(self, account: str = ACCOUNT, region: str = REGION) -> FunctionStore:
        if (account, region) not in self._stores:
            self._stores[account, region] = FunctionStore(account, region, quotas.ACCOUNT_CONCURRENCY)
        return self._stores[account, region]

    def _carry(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        parts = urlsplit(request.url)
        body = request.body.read() if hasattr(request.body, "read") else request.body or b""
        body = body.encode() if isinstance(body, str) else bytes(body)
        answer = self.send(request.method, parts.path, parts.query, request.headers, body)
        return AWSResponse(request.url, answer.status, answer.headers, Body(answer.body))

    def send(
        self, method: str, path: str, query: str = "", headers: Mapping[str, Any] | None = None, body: bytes = b""
    ) -> HttpResponse:
        """A raw request, one virtual millisecond after the last."""
        self.clock.spend(MILLISECOND)
        return self.api.answer(ACCOUNT, REGION, HttpRequest(method, path, query, headers or {}, body))

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        events = client().meta.events
        events.register("before-send.lambda", self._carry)
        try:
            answer: dict[str, Any] = getattr(client(), xform_name(operation))(**parameters)
        finally:
            events.unregister("before-send.lambda", self._carry)
        return answer

    def create(self, name: str = "hello", **parameters: Any) -> dict[str, Any]:
        """A function."""
        defaults = {
            "Runtime": "python3.12",
            "Handler": "lambda_function.lambda_handler",
            "Role": ROLE,
            "Code": {"ZipFile": self.package},
        }
        return self("CreateFunction", FunctionName=name, **{**defaults, **parameters})

    def refuse(self, operation: str, **parameters: Any) -> tuple[int, str, str]:
        """Status, code and message of the error `operation` must answer with."""
        with pytest.raises(ClientError) as caught:
            self(operation, **parameters)
        response = caught.value.response
        self.error = response
        return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]

    @staticmethod
    def zip_of(files: Mapping[str, str | bytes]) -> bytes:
        """A zip archive; equal files make equal bytes."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, compresslevel=1)
        return buffer.getvalue()

    @property
    def package(self) -> bytes:
        return self.zip_of({"lambda_function.py": "def lambda_handler(event, context):\n    return event\n"})

    def arn(self, name: str = "hello", qualifier: str | None = None) -> str:
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        return f"{arn}:{qualifier}" if qualifier else arn


@pytest.fixture
def api() -> Api:
    """An account without functions."""
    return Api()


@pytest.fixture(scope="session")
def make_api() -> Callable[..., Api]:
    """As many of them as a test wants."""
    return Api
