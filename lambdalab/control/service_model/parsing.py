"""From a request to the operation's parameters."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.model import ListShape, MapShape, Shape, StructureShape

from lambdalab.control.http import HttpRequest
from lambdalab.control.service_model.operation import Operation
from lambdalab.errors import AwsError, NotEmulatedError

__all__ = ["SerializationException", "parse"]


class SerializationException(AwsError):
    """The request cannot be read by the model: malformed JSON or a value of the wrong type."""

    code, http_status = "SerializationException", 400


def parse(operation: Operation, segments: list[str], request: HttpRequest) -> dict[str, Any]:
    """Read the parameters of `operation`, in the model's names and Python's types.

    Raises
    ------
    SerializationException
        The body is not JSON, or a value has the wrong type.
    NotEmulatedError
        The body has a member the model does not know.
    """
    parameters: dict[str, Any] = {}
    if operation.uri:
        raw = [segment for fixed, segment in zip(operation.segments, segments, strict=True) if fixed is None]
        for member, text in zip(operation.uri, raw, strict=True):
            parameters[member.name] = _from_text(member.shape, unquote(text))
    if request.query and operation.query:
        fields = parse_qs(request.query, keep_blank_values=True)
        for member in operation.query:
            if member.wire_name in fields:
                values = fields[member.wire_name]
                if isinstance(member.shape, ListShape):
                    parameters[member.name] = [_from_text(member.shape.member, value) for value in values]
                else:
                    parameters[member.name] = _from_text(member.shape, values[-1])
    header = request.headers.get
    for member in operation.headers:
        value = header(member.wire_name)
        if value is not None:
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            parameters[member.name] = _from_text(member.shape, text)
    if operation.payload is not None:
        parameters[operation.payload.name] = request.body
    elif operation.body:
        _parse_body(operation, request.body, parameters)
    return parameters


def _parse_body(operation: Operation, body: bytes, parameters: dict[str, Any]) -> None:
    try:
        document = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        raise SerializationException("Could not parse request body into json.", Type="User") from None
    if not isinstance(document, dict):
        message = f"{_kind(document)} can not be converted to a {operation.name}Request"
        raise SerializationException(message, Type="User")
    for member in operation.body:
        value = document.pop(member.wire_name, None)
        if value is not None:
            parameters[member.name] = _from_json(member.shape, value)
    # A newer SDK may know more than the installed botocore; a parameter must not be dropped in silence.
    if unknown := sorted(document):
        names = ", ".join(unknown)
        raise NotEmulatedError(f"{operation.name} has no parameter {names} in the installed botocore's model.")


def _from_text(shape: Shape, text: str) -> Any:
    kind = shape.type_name
    if kind == "string":
        return text
    try:
        return _TEXT[kind](text)
    except (KeyError, ValueError):
        raise SerializationException(f"STRING_VALUE can not be converted to {_article(kind)}", Type="User") from None


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


_TEXT: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": _boolean,
    "timestamp": datetime.datetime.fromisoformat,
}


def _from_json(shape: Shape, value: Any) -> Any:
    kind = shape.type_name
    if isinstance(shape, StructureShape):
        if isinstance(value, dict):
            return {
                name: _from_json(member, value[wire_name])
                for name, member in shape.members.items()
                if value.get(wire_name := member.serialization.get("name", name)) is not None
            }
    elif isinstance(shape, ListShape):
        if isinstance(value, list):
            return [None if inner is None else _from_json(shape.member, inner) for inner in value]
    elif isinstance(shape, MapShape):
        if isinstance(value, dict):
            return {key: None if inner is None else _from_json(shape.value, inner) for key, inner in value.items()}
    elif kind == "blob":
        if isinstance(value, str):
            try:
                return base64.b64decode(value, validate=True)
            except binascii.Error:
                raise SerializationException("Invalid Base64", Type="User") from None
    elif kind == "boolean":
        if isinstance(value, bool):
            return value
    elif kind in ("integer", "long"):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif kind in ("float", "double"):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif kind == "timestamp" and isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.datetime.fromtimestamp(value, datetime.UTC)
    elif isinstance(value, str):
        return value
    raise SerializationException(f"{_kind(value)} can not be converted to {_article(kind)}", Type="User")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    kinds = {str: "STRING_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE", list: "START_ARRAY", dict: "START_OBJECT"}
    return kinds.get(type(value), "NULL_VALUE")


def _article(kind: str) -> str:
    return f"an {kind.capitalize()}" if kind == "integer" else f"a {kind.capitalize()}"
