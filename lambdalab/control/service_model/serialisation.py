"""From an operation's result, or its error, to the HTTP answer."""

from __future__ import annotations

import base64
import datetime
import json
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from lambdalab.control.http import HttpResponse
from lambdalab.control.service_model.operation import Operation
from lambdalab.errors import AwsError, EngineFault

__all__ = ["serialise", "serialise_error"]


def serialise(operation: Operation, result: dict[str, Any], request_id: str) -> HttpResponse:
    """The answer of `operation`; `result` is in the model's names, members that are None are left out.

    Raises
    ------
    EngineFault
        The result has a member the model does not know.
    """
    headers = {"x-amzn-RequestId": request_id}
    status, output = operation.response_code, operation.output
    if output is None:
        return HttpResponse(status, headers)
    payload = output.serialization.get("payload")
    body: dict[str, Any] = {}
    content = b""
    for name, value in result.items():
        shape = output.members.get(name)
        if shape is None:
            raise EngineFault(f"{operation.name} answers no member {name}")
        location = shape.serialization.get("location")
        if value is None:
            continue
        if location == "statusCode":
            status = value
        elif location == "header":
            headers[shape.serialization["name"]] = str(value)
        elif name == payload:
            content = value
        else:
            body[shape.serialization.get("name", name)] = _to_json(shape, value)
    if payload is None and any("location" not in shape.serialization for shape in output.members.values()):
        content = json.dumps(body).encode()
    if content:
        headers["Content-Type"] = "application/json"
    return HttpResponse(status, headers, content)


def _to_json(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        document = {}
        for name, inner in value.items():
            member = shape.members.get(name)
            if member is None:
                raise EngineFault(f"{shape.name} has no member {name}")
            if inner is not None:
                document[member.serialization.get("name", name)] = _to_json(member, inner)
        return document
    if isinstance(shape, ListShape):
        return [_to_json(shape.member, inner) for inner in value]
    if isinstance(shape, MapShape):
        return {key: _to_json(shape.value, inner) for key, inner in value.items()}
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def serialise_error(operation: Operation | None, error: AwsError, request_id: str) -> HttpResponse:
    """The answer that makes SDKs raise `error`, with the members its shape has in the model."""
    shape = operation.errors.get(error.code) if operation else None
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": error.code, "Content-Type": "application/json"}
    body: dict[str, Any] = {"Type": "User" if error.http_status < 500 else "Service"}
    body["Message" if shape is not None and "Message" in shape.members else "message"] = error.message
    for name, value in error.members.items():
        member = shape.members.get(name) if shape is not None else None
        if member is not None and member.serialization.get("location") == "header":
            headers[member.serialization["name"]] = str(value)
        else:
            body[name] = value
    return HttpResponse(error.http_status, headers, json.dumps(body).encode())
