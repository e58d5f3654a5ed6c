"""botocore's descriptions of AWS's services, read once a process.

Every session reads them anew, and every cloud and every environment has a session of its own: parsing them
took half of the time of a graded notebook.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["ServiceDescriptions"]

# What botocore's files say does not change while a process lives, so the next cloud may use it, too.
_files: dict[str, Any] = {}
_services: dict[tuple[str, ...], list[str]] = {}


class ServiceDescriptions:
    """Lets botocore's loaders share what they have read. Sessions merge additions into it, the same ones each time."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def install(self) -> None:
        """Take effect, for sessions made from now on."""
        from botocore import loaders

        load_file = loaders.JSONFileLoader.load_file
        list_available_services = loaders.Loader.list_available_services

        def load_file_once(loader: Any, file_path: str) -> Any:
            found = _files.get(file_path)
            if found is None:
                found = load_file(loader, file_path)
                if found is not None and loader.__class__ is loaders.JSONFileLoader:
                    _files[file_path] = found
            return found

        def list_available_services_once(loader: Any, type_name: str) -> list[str]:
            key = (type_name, *loader.search_paths)
            if key not in _services:
                _services[key] = list_available_services(loader, type_name)
            return list(_services[key])

        loaders.JSONFileLoader.load_file = load_file_once
        loaders.Loader.list_available_services = list_available_services_once
        self._undo += [
            lambda: setattr(loaders.JSONFileLoader, "load_file", load_file),
            lambda: setattr(loaders.Loader, "list_available_services", list_available_services),
        ]

    def uninstall(self) -> None:
        """Put botocore's own back."""
        while self._undo:
            self._undo.pop()()
