"""From method and path to the operation."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qs

from lambdalab.control.service_model.operation import Operation

__all__ = ["Router"]


class Router:
    """Finds the operation a request addresses."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._routes: dict[tuple[str, str, int], list[Operation]] = {}
        for operation in operations:
            first = operation.segments[0]
            assert first is not None  # every path of the model begins with the date of its API version
            self._routes.setdefault((operation.method, first, len(operation.segments)), []).append(operation)
        for candidates in self._routes.values():
            # An address with a fixed query parameter, or with more fixed segments, is the more specific one.
            candidates.sort(key=lambda o: (o.discriminator is None, sum(s is None for s in o.segments)))

    def match(self, method: str, path: str, query: str) -> tuple[Operation, list[str]] | None:
        """The operation and the raw segments of the path; None when there is no such operation."""
        segments = path.strip("/").split("/")
        for operation in self._routes.get((method, segments[0], len(segments)), ()):
            for fixed, segment in zip(operation.segments, segments, strict=True):
                if fixed is not None and fixed != segment:
                    break
            else:
                if operation.discriminator is None:
                    return operation, segments
                name, value = operation.discriminator
                if value in parse_qs(query, keep_blank_values=True).get(name, ()):
                    return operation, segments
        return None
