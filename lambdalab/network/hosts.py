"""Pretend hosts: databases, caches and web servers that handlers can reach, without a real socket."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from lambdalab.errors import UsageError
from lambdalab.network.path import Target
from lambdalab.network.topology import Address, Interface

__all__ = ["HostRequest", "PlacedHost", "public_addresses"]


@dataclass(frozen=True, slots=True)
class HostRequest:
    """An HTTP request as a pretend host gets it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class PlacedHost:
    """A host. In a subnet it has an ``interface``; on the internet it has none."""

    name: str
    port: int
    answer: Any
    interface: Interface | None = None

    def target(self) -> Target:
        """What a call to it leads to."""
        if self.interface is not None:
            return Target(self.name, self.port, interface=self.interface)
        return Target(self.name, self.port, public_addresses(self.name))

    def reply(self, received: bytes) -> bytes | None:
        """The bytes it sends back for what it has received; None while a request is not complete."""
        head, separator, body = received.partition(b"\r\n\r\n")
        first = head.split(b"\r\n", 1)[0].split(b" ")
        if len(first) == 3 and first[2].startswith(b"HTTP/"):
            if not separator:
                return None
            headers = dict(_header(line) for line in head.decode("latin-1").split("\r\n")[1:])
            if len(body) < int(headers.get("content-length", "0")):
                return None
            return self._http(HostRequest(first[0].decode(), first[1].decode(), headers, body))
        answer = self.answer(received) if callable(self.answer) else self.answer
        return answer.encode() if isinstance(answer, str) else self._bytes(answer)

    def _bytes(self, answer: Any) -> bytes:
        if isinstance(answer, bytes):
            return answer
        raise UsageError(f"the host {self.name} speaks no HTTP here and can answer with text or bytes, not {answer!r}")

    def _http(self, request: HostRequest) -> bytes:
        answer = self.answer(request) if callable(self.answer) else self.answer
        status = 200
        if isinstance(answer, tuple) and len(answer) == 2:
            status, answer = answer
        if isinstance(answer, bytes):
            kind, content = "application/octet-stream", answer
        elif isinstance(answer, str):
            kind, content = "text/plain; charset=utf-8", answer.encode()
        else:
            kind, content = "application/json", json.dumps(answer).encode()
        head = f"HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\nConnection: close"
        return f"{head}\r\n\r\n".encode() + (b"" if request.method == "HEAD" else content)


def public_addresses(name: str) -> tuple[Address, ...]:
    """A public address of each IP version for a name, from the ranges set aside for documentation."""
    number = zlib.crc32(name.encode())
    return ip_address(f"203.0.113.{1 + number % 254}"), ip_address(f"2001:db8::{number % 0xFFFF:x}")


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()
