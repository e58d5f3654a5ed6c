"""The part of HTTP/1.1 a runtime and an AWS SDK speak to a loopback socket."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

__all__ = ["MalformedRequest", "Request", "RequestParser", "response_bytes"]

HEADERS_MAX = 2 * 1024 * 1024  # awslambdaric sends its X-Ray cause, up to 1 MiB, as a header
BODY_MAX = 256 * 1024 * 1024
_REQUEST_LINE = re.compile(r"([A-Z]{1,16}) (\S+) HTTP/(1\.[01])")
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?")


class MalformedRequest(Exception):
    """What arrived is not an HTTP request this server reads."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``headers`` keep the sender's spelling; `header` looks one up in any spelling."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    keep_alive: bool = True

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        """The value of a header, None when absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)


class RequestParser:
    """Turns the bytes of one connection into requests, whatever their cuts."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._head: tuple[str, str, dict[str, str], bool] | None = None
        self._length: int | None = None  # None: chunked
        self._body = bytearray()
        self._trailers = False

    def feed(self, received: bytes) -> None:
        """Add what the socket gave."""
        self._received += received

    def next_request(self) -> tuple[Request | None, bool]:
        """The next complete request or None, and whether the sender waits for ``100 Continue``.

        Raises
        ------
        MalformedRequest
            The connection is of no further use.
        """
        wants_continue = False
        if self._head is None:
            if not self._read_head():
                return None, False
            wants_continue = self._expects_continue()
        if not self._read_body():
            return None, wants_continue
        assert self._head is not None
        method, target, headers, keep_alive = self._head
        request = Request(method, target, headers, bytes(self._body), keep_alive)
        self._head, self._body, self._trailers = None, bytearray(), False
        return request, False

    def _expects_continue(self) -> bool:
        assert self._head is not None
        return any(
            name.lower() == "expect" and value.lower() == "100-continue" for name, value in self._head[2].items()
        )

    def _read_head(self) -> bool:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            if len(self._received) > HEADERS_MAX:
                raise MalformedRequest("the headers are too long")
            return False
        lines = bytes(self._received[:end]).decode("latin-1").split("\r\n")
        del self._received[: end + 4]
        matched = _REQUEST_LINE.fullmatch(lines[0])
        if matched is None:
            raise MalformedRequest("the first line is not a request line")
        method, target, version = matched.groups()
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise MalformedRequest("a header line has no name")
            value = value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        by_name = {name.lower(): value for name, value in headers.items()}
        connection = by_name.get("connection", "").lower()
        keep_alive = "close" not in connection if version == "1.1" else "keep-alive" in connection
        coding = by_name.get("transfer-encoding", "").lower()
        if coding not in ("", "identity", "chunked"):
            raise MalformedRequest(f"transfer encoding {coding} is not known")
        if coding == "chunked":
            self._length = None
        else:
            length = by_name.get("content-length", "0")
            if not (length.isascii() and length.isdigit()) or len(length) > 10 or int(length) > BODY_MAX:
                raise MalformedRequest("the content length is not usable")
            self._length = int(length)
        self._head = (method, target, headers, keep_alive)
        return True

    def _read_body(self) -> bool:
        if self._length is None:
            return self._read_chunks()
        if len(self._received) < self._length:
            return False
        self._body = self._received[: self._length]
        del self._received[: self._length]
        return True

    def _read_chunks(self) -> bool:
        while True:
            end = self._received.find(b"\r\n")
            if end < 0:
                if len(self._received) > HEADERS_MAX:
                    raise MalformedRequest("a chunk has no size")
                return False
            if self._trailers:
                del self._received[: end + 2]
                if end == 0:
                    return True
                continue
            matched = _CHUNK_SIZE.fullmatch(bytes(self._received[:end]))
            if matched is None:
                raise MalformedRequest("a chunk has no size")
            size = int(matched[1], 16)
            if size == 0:
                del self._received[: end + 2]
                self._trailers = True
                continue
            if len(self._body) + size > BODY_MAX:
                raise MalformedRequest("the body is too long")
            if len(self._received) < end + 2 + size + 2:
                return False
            self._body += self._received[end + 2 : end + 2 + size]
            if self._received[end + 2 + size : end + 4 + size] != b"\r\n":
                raise MalformedRequest("a chunk does not end where it says")
            del self._received[: end + 4 + size]


def response_bytes(
    status: int, body: bytes, headers: Iterable[tuple[str, str]] = (), content_length: int | None = None
) -> bytes:
    """A response as bytes; `content_length` for the answer to HEAD, which tells a length and has no body."""
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Status"
    lines = [f"HTTP/1.1 {status} {reason}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if status >= 200 and status not in (204, 304):
        lines.append(f"Content-Length: {len(body) if content_length is None else content_length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body
