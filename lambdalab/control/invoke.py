"""The HTTP side of an invocation: what may be sent, and how the answer travels."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from lambdalab import quotas
from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane
from lambdalab.control.json_text import JsonTextError, check_json
from lambdalab.errors import (
    InvalidRequestContentException,
    RequestTooLargeException,
    ResourceNotFoundException,
    UnsupportedMediaTypeException,
)
from lambdalab.functions.function import Function
from lambdalab.functions.identifier import LATEST
from lambdalab.invocation.invocation import Invocation

__all__ = ["Invocations"]

# SDKs send blobs without a type, or as octets; the content counts.
_MEDIA_TYPES = ("", "application/json", "application/octet-stream", "binary/octet-stream")


class Invocations:
    """Operations that run functions."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def invoke(self, call: Call) -> dict[str, Any]:
        """Check the request, hand it over, shape the answer."""
        parameters = call.parameters
        invocation_type = parameters.get("InvocationType", "RequestResponse")
        payload: bytes = parameters["Payload"]
        limit = quotas.PAYLOAD_ASYNCHRONOUS if invocation_type == "Event" else quotas.PAYLOAD_SYNCHRONOUS_REQUEST
        if len(payload) > limit:
            raise RequestTooLargeException(
                f"{len(payload)} byte payload is too large for the {invocation_type} invocation type "
                f"(limit {limit} bytes)"
            )
        _check_media_type(call.request.header("Content-Type"))
        context = _client_context(parameters.get("ClientContext"))
        function, qualifier = self._function(call)
        self._plane.check_invocable(function, qualifier)
        payload = _event(payload)
        answer = self._plane.invoker.invoke(
            Invocation(
                function=function,
                qualifier=qualifier,
                payload=payload,
                invocation_type=invocation_type,
                log_tail=parameters.get("LogType") == "Tail",
                client_context=context,
            )
        )
        call.request_id = answer.request_id
        log = answer.log_result
        return {
            "StatusCode": answer.status,
            "FunctionError": answer.function_error,
            "LogResult": None if log is None else base64.b64encode(log).decode(),
            "ExecutedVersion": answer.executed_version,
            "Payload": answer.payload,
        }

    def invoke_async(self, call: Call) -> dict[str, Any]:
        """The operation from before invocation types: an event for the unqualified function."""
        payload: bytes = call.parameters["InvokeArgs"]
        if len(payload) > quotas.PAYLOAD_INVOKE_ASYNC:
            raise RequestTooLargeException(
                f"{len(payload)} byte payload is too large for the Event invocation type "
                f"(limit {quotas.PAYLOAD_INVOKE_ASYNC} bytes)"
            )
        function, qualifier = self._function(call)
        self._plane.check_invocable(function, qualifier)
        answer = self._plane.invoker.invoke(Invocation(function, qualifier, _event(payload), "Event", False, None))
        call.request_id = answer.request_id
        return {"Status": answer.status}

    def _function(self, call: Call) -> tuple[Function, str | None]:
        named = self._plane.identifier(call)
        store = self._plane.store(call)
        if named.name not in store:
            raise ResourceNotFoundException(f"Function not found: {named.arn}:{named.qualifier or LATEST}")
        return store.get(named.name, named.qualifier), named.qualifier


def _check_media_type(header: str | None) -> None:
    media_type = (header or "").partition(";")[0].strip().lower()
    if media_type not in _MEDIA_TYPES and not media_type.endswith("+json"):
        raise UnsupportedMediaTypeException(f"Unsupported content type: {media_type}")


def _event(payload: bytes) -> bytes:
    if not payload:
        return b"{}"
    try:
        check_json(payload)
    except JsonTextError as error:
        raise InvalidRequestContentException(
            f"Could not parse request body into json: Could not parse payload into json: {error}"
        ) from None
    return payload


def _client_context(header: str | None) -> str | None:
    if header is None:
        return None
    if len(header) > quotas.CLIENT_CONTEXT:
        raise InvalidRequestContentException(
            f"Client context must be no more than {quotas.CLIENT_CONTEXT} bytes when base64-encoded."
        )
    try:
        decoded = base64.b64decode(header, validate=True)
        check_json(decoded)
    except (binascii.Error, JsonTextError):
        decoded = b""
    if not decoded.lstrip().startswith(b"{"):
        raise InvalidRequestContentException("Client context must be a valid Base64-encoded JSON object.")
    return decoded.decode()
