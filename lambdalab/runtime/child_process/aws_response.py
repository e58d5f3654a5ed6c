"""Answers to the AWS calls of a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lambdalab.runtime.child_process.http_message import Request, response_bytes

__all__ = ["AnswerAwsCall", "aws_response"]

AnswerAwsCall = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]
"""Method, path with query, headers, body → status, headers, body."""

_OURS = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})


def aws_response(answer_aws_call: AnswerAwsCall | None, request: Request) -> bytes:
    """The answer to one call, as it goes over the socket."""
    if answer_aws_call is None:
        return response_bytes(501, b'{"__type":"NotImplemented","message":"this executor was made without AWS"}')
    status, headers, body = answer_aws_call(request.method, request.target, request.headers, request.body)
    kept = [(name, value) for name, value in headers.items() if name.lower() not in _OURS]
    if request.method != "HEAD":
        return response_bytes(status, body, kept)
    length = next((value for name, value in headers.items() if name.lower() == "content-length"), "0")
    return response_bytes(status, b"", kept, int(length))
