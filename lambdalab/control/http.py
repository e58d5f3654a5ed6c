"""A request to the Lambda API and its answer, as they travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["HttpRequest", "HttpResponse"]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request.

    Attributes
    ----------
    method
        ``GET``, ``POST`` …
    path
        As sent: still percent-encoded, without the query.
    query
        What follows the question mark, as sent; "" when there is nothing.
    headers
        Looked up without regard to case by their own ``get``; values are ``str`` or ``bytes``.
    body
        The bytes sent.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str | bytes]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """A header as text, None when it was not sent."""
        value = self.headers.get(name)
        return value.decode("latin-1") if isinstance(value, bytes) else value


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
