"""Every AWS request on its way into moto: what it costs in virtual time, and where ours go: Lambda, CodeDeploy."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from lambdalab.moto_seams.refusal import refuse
from lambdalab.network.path import Obstacle

__all__ = ["LambdaAnswer", "LambdaFront", "RequestFront"]

_OUR_HOST = re.compile(r"(?P<service>lambda|codedeploy)\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
_CREDENTIAL = re.compile(r"Credential=([^/,]+)/")

Gate = Callable[[Any], Obstacle | None]
"""Says what stops a request on its way out of a VPC."""


class LambdaAnswer(NamedTuple):
    """An answer as moto passes it on."""

    status: int
    headers: dict[str, str]
    body: bytes


class LambdaFront(Protocol):
    """Answers requests to Lambda and CodeDeploy, and is told about all others."""

    def answer(
        self,
        account: str,
        region: str,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str | bytes],
        body: bytes,
    ) -> LambdaAnswer:
        """Answer a request to the Lambda API. ``path`` is still percent-encoded."""

    def answer_codedeploy(
        self, account: str, region: str, headers: Mapping[str, str | bytes], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer a request to the CodeDeploy API."""

    def arriving(self, overlapping: bool) -> None:
        """A request to any service arrives; ``overlapping`` when another thread's request is still running."""

    def leaving(self) -> None:
        """Its answer leaves."""

    def reset(self) -> None:
        """moto forgets everything; so must Lambda."""


class RequestFront:
    """Stands in front of moto's dispatcher while a cloud is running.

    One request at a time: moto is not made for more. A request that meets another thread's running one
    begins at the same virtual instant, so that calls from threads overlap.
    """

    def __init__(
        self,
        front: LambdaFront,
        after_request: Callable[[], None],
        outside: Callable[[], AbstractContextManager[None]],
        gate: Gate,
    ) -> None:
        self._front = front
        self._outside = outside
        self._gate = gate
        self._after_request = after_request
        self._lock = threading.RLock()
        self._dispatch: Callable[[Any], Any] | None = None

    def install(self) -> None:
        """Take moto's place for requests from boto3."""
        from moto.core.models import botocore_stubber

        self._dispatch = botocore_stubber.process_request
        botocore_stubber.process_request = self.process_request  # type: ignore[method-assign]

    def uninstall(self) -> None:
        """Give the place back."""
        from moto.core.models import botocore_stubber

        if self._dispatch is not None:
            del botocore_stubber.process_request  # the class's own method shows again
            self._dispatch = None

    def process_request(self, request: Any) -> tuple[int, dict[str, str], Any] | None:
        """Answer a prepared botocore request: Lambda's here, all others through moto.

        A handler that makes the request is left meanwhile: moto is to see this program's files, clocks and streams.
        """
        if hasattr(request.body, "read"):  # a file of the handler's, perhaps not opened yet
            request.body = request.body.read()
        with self._outside():
            obstacle = self._gate(request)
            if obstacle is None:
                return self._in_turn(request)
        return refuse(obstacle, request)

    def _in_turn(self, request: Any) -> tuple[int, dict[str, str], Any] | None:
        if getattr(threading.current_thread(), "inside_handler", False):
            return self._process(request)  # a thread the running handler started: its request belongs to that handler
        overlapping = not self._lock.acquire(blocking=False)
        if overlapping:
            self._lock.acquire()
        try:
            self._front.arriving(overlapping)
            try:
                return self._process(request)
            finally:
                self._front.leaving()
        finally:
            self._lock.release()

    def _process(self, request: Any) -> tuple[int, dict[str, str], Any] | None:
        parts = urlsplit(request.url)
        host = _OUR_HOST.fullmatch(parts.hostname or "")
        if host is None:
            assert self._dispatch is not None
            answer: tuple[int, dict[str, str], Any] | None = self._dispatch(request)
            self._after_request()
            return answer
        headers = request.headers
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        elif not isinstance(body, bytes):
            body = bytes(body)
        if host["service"] == "codedeploy":
            return self._front.answer_codedeploy(account_of(headers), host["region"], headers, body)
        return self._front.answer(
            account_of(headers), host["region"], request.method, parts.path, parts.query, headers, body
        )


def account_of(headers: Mapping[str, str | bytes]) -> str:
    """The account a request is signed for, as moto decides it. ``headers`` are looked up regardless of case."""
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.iam.models import get_account_id_from, iam_backends

    account = headers.get("x-moto-account-id")
    if account:
        return _text(account)
    if len(iam_backends) == 0:
        return DEFAULT_ACCOUNT_ID
    credential = _CREDENTIAL.search(_text(headers.get("Authorization") or ""))
    return get_account_id_from(credential[1]) if credential else DEFAULT_ACCOUNT_ID


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)
