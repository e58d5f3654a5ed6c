"""Archives whose bytes depend on nothing but names and contents."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

__all__ = ["compress", "tar_of", "zip_of"]

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest instant a zip archive can hold


def _files(folder: Path) -> list[tuple[str, bytes]]:
    return sorted(
        (path.relative_to(folder).as_posix(), path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    )


def tar_of(folder: Path) -> bytes:
    """A tar archive of the files under `folder`, in the one form that the page's own reader knows."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in _files(folder):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def zip_of(folder: Path) -> bytes:
    """A zip archive of the files under `folder`, stored uncompressed: it travels compressed as a whole."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _files(folder):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return buffer.getvalue()


def compress(data: bytes) -> bytes:
    """`data` as gzip, without time or name in the header."""
    return gzip.compress(data, compresslevel=9, mtime=0)
