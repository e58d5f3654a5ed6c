"""An answer over HTTP."""

from __future__ import annotations

import json
from typing import NamedTuple

__all__ = ["Response", "json_response", "refusal"]


class Response(NamedTuple):
    """Status, headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes


def json_response(status: int, value: object) -> Response:
    """`value` as JSON."""
    return Response(status, {"Content-Type": "application/json"}, json.dumps(value).encode() + b"\n")


def refusal(status: int, code: str, message: str) -> Response:
    """An error as AWS's JSON protocols write it."""
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return Response(status, headers, json.dumps({"__type": code, "message": message}).encode() + b"\n")
