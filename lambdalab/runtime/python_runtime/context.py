"""The context object, second argument of every handler."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from typing import Any

from lambdalab.runtime.python_runtime.fault import RuntimeFault

__all__ = ["Client", "ClientContext", "CognitoIdentity", "LambdaContext", "client_context"]

_TRACE_CONTEXT_FIELDS = ("traceparent", "tracestate", "baggage")


class _Record:
    """Attributes named by ``__slots__``, None where nothing is known; shown one by one."""

    __slots__: tuple[str, ...] = ()

    def __init__(self, known: Any = None) -> None:
        for name in self.__slots__:
            setattr(self, name, None if known is None else known.get(name))

    def __repr__(self) -> str:
        members = ",".join(f"{name}={getattr(self, name)}" for name in self.__slots__)
        return f"{type(self).__name__}([{members}])"


class CognitoIdentity(_Record):
    """Who calls from a mobile app; empty in every other case."""

    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(_Record):
    """The calling mobile app."""

    __slots__ = ("app_package_name", "app_title", "app_version_code", "app_version_name", "installation_id")

    def __repr__(self) -> str:
        names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
        return f"Client([{','.join(f'{name}={getattr(self, name)}' for name in names)}])"


class ClientContext(_Record):
    """What the caller sent as client context."""

    __slots__ = ("client", "custom", "env")
    client: Any
    custom: Any
    env: Any

    def __repr__(self) -> str:
        return f"ClientContext([custom={self.custom},env={self.env},client={self.client}])"


def client_context(text: str | None) -> Any:
    """The decoded client context; None for none.

    Raises
    ------
    RuntimeFault
        ``Runtime.LambdaContextUnmarshalError``: not JSON.
    """
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise RuntimeFault(
            "Runtime.LambdaContextUnmarshalError", f"Unable to parse Client Context JSON: {error}"
        ) from error


class LambdaContext:
    """The invocation, the function and its environment.

    Built inside the environment: names and limits come from its variables, as in AWS's runtime.

    Attributes
    ----------
    aws_request_id, function_name, function_version, invoked_function_arn
        Strings.
    memory_limit_in_mb, log_group_name, log_stream_name
        Strings, too.
    identity, client_context
        `CognitoIdentity`; `ClientContext` or None.
    tenant_id
        None unless the function isolates tenants.
    """

    def __init__(
        self,
        request_id: str,
        client: Any,
        deadline_ms: int,
        invoked_function_arn: str,
        tenant_id: str | None = None,
    ) -> None:
        variable = os.environ.get
        self.aws_request_id = request_id
        self.log_group_name = variable("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = variable("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = variable("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = variable("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = invoked_function_arn
        self.tenant_id = tenant_id
        self._trace_context = _trace_context(client)
        self.client_context = None if client is None else ClientContext(client)
        if self.client_context is not None and self.client_context.client is not None:
            self.client_context.client = Client(self.client_context.client)
        self.identity = CognitoIdentity()
        self._deadline_ms = deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the timeout, never negative."""
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def w3c(self) -> dict[str, str]:
        """The W3C trace context the caller sent."""
        return dict(self._trace_context)

    def log(self, message: object) -> None:
        """Write to the log, without a line end of its own."""
        for handler in logging.getLogger().handlers:
            sink = getattr(handler, "log_sink", None)
            if sink is not None:
                sink.log(str(message))
                return
        sys.stdout.write(str(message))

    def __repr__(self) -> str:
        names = (
            "aws_request_id",
            "log_group_name",
            "log_stream_name",
            "function_name",
            "memory_limit_in_mb",
            "function_version",
            "invoked_function_arn",
            "client_context",
            "identity",
            "tenant_id",
        )
        return f"LambdaContext([{','.join(f'{name}={getattr(self, name)}' for name in names)}])"


def _trace_context(client: Any) -> dict[str, str]:
    """The trace context, taken out of the client context: handlers do not see it there."""
    if not isinstance(client, dict):
        return {}
    sent = client.pop("w3c", None)
    if not isinstance(sent, dict):
        return {}
    return {name: sent[name] for name in _TRACE_CONTEXT_FIELDS if isinstance(sent.get(name), str)}
