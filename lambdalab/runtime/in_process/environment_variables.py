"""An ``os.environ`` of a process's own: what is set in it stays in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

__all__ = ["EnvironmentVariables"]


class EnvironmentVariables(MutableMapping[str, str]):
    """Names and values, both strings, as ``os.environ`` insists."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)

    def __getitem__(self, name: str) -> str:
        return self._variables[_string(name)]

    def get(self, name: str, default: Any = None) -> Any:
        return self._variables.get(name, default)

    def __setitem__(self, name: str, value: str) -> None:
        name, value = _string(name), _string(value)
        if not name or "=" in name:
            raise ValueError("illegal environment variable name")
        if "\0" in name or "\0" in value:
            raise ValueError("embedded null byte")
        self._variables[name] = value

    def __delitem__(self, name: str) -> None:
        del self._variables[_string(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._variables))

    def __len__(self) -> int:
        return len(self._variables)

    def __repr__(self) -> str:
        return f"environ({self._variables!r})"

    def copy(self) -> dict[str, str]:
        """The variables as a dict."""
        return dict(self._variables)

    def setdefault(self, name: str, value: str) -> str:
        if name not in self:
            self[name] = value
        return self[name]

    def __or__(self, other: Mapping[str, str]) -> dict[str, str]:
        return {**self._variables, **other}

    def __ror__(self, other: Mapping[str, str]) -> dict[str, str]:
        return {**other, **self._variables}

    def __ior__(self, other: Mapping[str, str]) -> EnvironmentVariables:
        self.update(other)
        return self


def _string(value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"str expected, not {type(value).__name__}")
    return value
