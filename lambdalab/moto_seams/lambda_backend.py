"""What moto's other services see when they look for Lambda."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from moto.core.base_backend import BackendDict, BaseBackend

from lambdalab.errors import NotEmulatedError
from lambdalab.moto_seams.front import LambdaFront, account_of

__all__ = ["InvokableFunction", "LambdaBackendSeam"]

SendToFunction = Callable[[str, bytes], None]
"""Function ARN (qualified or not) and payload: into the asynchronous queue."""


@dataclass(frozen=True)
class InvokableFunction:
    """A function as moto's push sources use it: something to invoke asynchronously."""

    function_arn: str
    send: SendToFunction

    def invoke(self, body: str | bytes, request_headers: Any, response_headers: Any) -> bytes:
        """Queue the event. moto's sources never wait for an answer."""
        self.send(self.function_arn, body.encode() if isinstance(body, str) else body)
        return b""


class LambdaBackendSeam:
    """Replaces the class behind moto's ``lambda_backends`` and its URLs while a cloud is running."""

    def __init__(self, front: LambdaFront, send: SendToFunction, exists: Callable[[str], bool]) -> None:
        self._front = front
        self._send = send
        self._exists = exists
        self._moto_reset: Any = None
        self._previous: tuple[type, dict[str, Any], dict[str, Any]] | None = None

    def install(self) -> None:
        """Take the place of moto's own Lambda."""
        from moto.awslambda import models, urls

        backends = models.lambda_backends
        self._previous = (backends.backend, dict(backends), dict(urls.url_paths))
        backends.clear()
        backends.backend = self._backend_class()
        urls.url_paths.clear()
        urls.url_paths["{0}/.*"] = self._dispatch
        self._moto_reset = BackendDict.__dict__["reset"]
        BackendDict.reset = classmethod(self._reset)  # type: ignore[method-assign,assignment]

    def uninstall(self) -> None:
        """Give the place back, with what moto's own Lambda held before."""
        from moto.awslambda import models, urls

        if self._previous is None:
            return
        backend, accounts, paths = self._previous
        models.lambda_backends.clear()
        models.lambda_backends.backend = backend
        models.lambda_backends.update(accounts)
        urls.url_paths.clear()
        urls.url_paths.update(paths)
        BackendDict.reset = self._moto_reset  # type: ignore[method-assign]
        self._previous = None

    def _reset(self, backends: type[BackendDict[Any]]) -> None:
        """moto forgets all its data: by its own API, or when the last mock of a nest ends."""
        self._moto_reset.__func__(backends)
        self._front.reset()

    def _dispatch(self, request: Any, full_url: str, headers: Any) -> tuple[int, dict[str, str], bytes]:
        """A request that came through moto's own server rather than through botocore."""
        parts = urlsplit(request.raw_url)
        region = (parts.hostname or "").split(".")[1]
        return self._front.answer(
            account_of(headers), region, request.method, parts.path, parts.query, headers, request.data
        )

    def _backend_class(self) -> type:
        send, exists = self._send, self._exists

        class LambdaBackend(BaseBackend):
            """moto derives the service and its URLs from the module's name."""

            __module__ = "moto.awslambda.models"

            def get_function(self, function_name_or_arn: str, qualifier: str | None = None) -> InvokableFunction:
                arn = self._arn(function_name_or_arn, qualifier)
                if not exists(arn):
                    from moto.awslambda.exceptions import UnknownFunctionException

                    raise UnknownFunctionException(arn)
                return InvokableFunction(arn, send)

            def send_sns_message(
                self, function_name: str, message: str, subject: str | None = None, qualifier: str | None = None
            ) -> None:
                raise NotEmulatedError(
                    f"SNS cannot invoke {function_name}: subscriptions of Lambda functions are not emulated yet"
                )

            def _arn(self, name: str, qualifier: str | None) -> str:
                arn = (
                    name
                    if name.startswith("arn:")
                    else f"arn:aws:lambda:{self.region_name}:{self.account_id}:function:{name}"
                )
                return f"{arn}:{qualifier}" if qualifier else arn

            def __getattr__(self, name: str) -> Any:
                raise AttributeError(
                    f"moto asked Lambda for {name!r}, which lambdalab does not emulate in place of moto's own Lambda"
                )

        return LambdaBackend
