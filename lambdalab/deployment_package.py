"""Deployment packages: files, folders or sources, as the bytes of a zip archive."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from lambdalab.errors import PackagingError

__all__ = ["deployment_package"]

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest a zip archive can hold: equal contents give equal bytes
_SKIPPED = {"__pycache__", ".git", ".ipynb_checkpoints"}


def deployment_package(*contents: str | os.PathLike[str] | Mapping[str, str | bytes]) -> bytes:
    """Pack a deployment package for ``Code={"ZipFile": …}``.

    Parameters
    ----------
    contents
        Any mix of files (placed at the root under their own name), folders (their contents placed at the root,
        as Lambda expects them) and mappings of a path inside the package to its text or bytes.

    Returns
    -------
    bytes
        A zip archive. Equal contents give equal bytes: entries are sorted, times and owners fixed.
        Executable files stay executable, which a ``bootstrap`` needs.

    Raises
    ------
    PackagingError
        Nothing was given, a path does not exist, or two contents claim the same place.

    Examples
    --------
    >>> archive = deployment_package({"lambda_function.py": "def lambda_handler(event, context): return event"})
    >>> archive == deployment_package({"lambda_function.py": "def lambda_handler(event, context): return event"})
    True
    """
    if not contents:
        raise PackagingError("a deployment package needs at least one file, folder or mapping of names to sources")
    entries: dict[str, tuple[bytes, int]] = {}
    for content in contents:
        pairs = _sources(content) if isinstance(content, Mapping) else _files(Path(content))
        for name, data, mode in pairs:
            if name in entries and entries[name][0] != data:
                raise PackagingError(f"two of the contents claim the place {name!r} in the package")
            entries[name] = (data, mode)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(entries):
            data, mode = entries[name]
            info = zipfile.ZipInfo(name, _MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, wherever it is packed: otherwise modes and bytes differ
            info.external_attr = (0o100000 | mode) << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def _sources(sources: Mapping[str, str | bytes]) -> Iterator[tuple[str, bytes, int]]:
    for name, source in sources.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.name:
            raise PackagingError(f"{name!r} is not a path inside a package")
        data = source.encode() if isinstance(source, str) else bytes(source)
        yield str(path), data, 0o755 if data.startswith(b"#!") else 0o644


def _files(path: Path) -> Iterator[tuple[str, bytes, int]]:
    if path.is_file():
        yield path.name, path.read_bytes(), _mode(path)
    elif path.is_dir():
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path)
            if file.is_file() and not _SKIPPED.intersection(inside.parts):
                yield inside.as_posix(), file.read_bytes(), _mode(file)
    else:
        raise PackagingError(f"{str(path)!r} does not exist; the current folder is {os.getcwd()!r}")


def _mode(path: Path) -> int:
    return 0o755 if os.access(path, os.X_OK) else 0o644
