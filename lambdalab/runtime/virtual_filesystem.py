"""The file system of an execution environment: ``/tmp``, ``/var/task`` and ``/opt``, kept in folders elsewhere."""

from __future__ import annotations

import contextlib
import errno
import os
import posixpath
import sys
from pathlib import Path
from typing import AnyStr, overload

from lambdalab.runtime.machine_folders import ENGINE, library_folders

__all__ = ["LAYERS", "TASK", "TMP", "VirtualFilesystem"]

TASK = "/var/task"
LAYERS = "/opt"
TMP = "/tmp"
_WRITABLE_ELSEWHERE = ("/dev/", "/proc/self/")
_MEBIBYTE = 1_048_576

# Bound at import: while a sandbox runs, the functions of os are not the real ones.
_scandir, _fspath, _mkdir = os.scandir, os.fspath, os.mkdir


class VirtualFilesystem:
    """Translates paths as a handler writes them into paths of this machine.

    Everything outside ``/tmp`` is read-only, as on AWS. Paths under none of the three folders are this machine's own.

    Parameters
    ----------
    task, layers, tmp
        Folders that stand for ``/var/task``, ``/opt`` (None: no layers) and ``/tmp``, whose parent must exist.
    limit_mb
        Size of ``/tmp``.

    Attributes
    ----------
    working_folder
        Current working folder, as the handler sees it.
    """

    def __init__(self, task: Path, layers: Path | None, tmp: Path, limit_mb: int) -> None:
        self._mounts = [(TMP, str(tmp)), (TASK, str(task))]
        # Without layers /opt is an empty folder: the one inside the task's that cannot exist.
        self._mounts.append((LAYERS, str(layers) if layers is not None else str(task / "\x7fno layers")))
        # This machine's Python may itself live below one of the three, and must find its own files.
        self._machine = tuple(
            folder
            for folder in (ENGINE, f"{sys.prefix}/", f"{sys.base_prefix}/", *library_folders())
            if folder.startswith((TMP + "/", TASK + "/", LAYERS + "/"))
        )
        self._tmp = str(tmp)
        self._tmp_made = False
        self._limit = limit_mb * _MEBIBYTE
        self._used = 0  # as last measured
        self._since = 0  # written since, at most
        self.working_folder = TASK

    @overload
    def real(self, path: int, writing: bool = False) -> int: ...
    @overload
    def real(self, path: str | os.PathLike[str], writing: bool = False) -> str: ...
    @overload
    def real(self, path: bytes, writing: bool = False) -> bytes: ...
    def real(self, path: int | str | bytes | os.PathLike[str], writing: bool = False) -> int | str | bytes:
        """Where a path of the handler lies on this machine. File descriptors stay what they are.

        Raises
        ------
        OSError
            ``EROFS``: `writing` to a place that is read-only.
        """
        if isinstance(path, int):
            return path
        given = _fspath(path)
        if isinstance(given, bytes):
            return os.fsencode(self.real(os.fsdecode(given), writing))
        if not given:
            return given
        absolute = self.absolute(given)
        if self._machine and absolute.startswith(self._machine) and not writing:
            return absolute
        if self._is_real(absolute, writing):
            return absolute
        for mount, folder in self._mounts:
            if absolute == mount or absolute.startswith(mount + "/"):
                if writing and mount != TMP:
                    break
                if mount == TMP and not self._tmp_made:
                    self._make_tmp()
                return folder + absolute[len(mount) :]
        else:
            if not writing or absolute.startswith(_WRITABLE_ELSEWHERE):
                return absolute
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), given)

    def _is_real(self, absolute: str, writing: bool) -> bool:
        """Whether a path is translated already: it lies in one of the folders themselves."""
        for mount, folder in self._mounts:
            if absolute.startswith(folder + "/"):
                return mount == TMP or not writing
        return False

    def _make_tmp(self) -> None:
        """Most functions never look at ``/tmp``: it is made when one does."""
        with contextlib.suppress(FileExistsError):
            _mkdir(self._tmp)
        self._tmp_made = True

    def absolute(self, path: str) -> str:
        """A path of the handler made absolute and plain."""
        return posixpath.normpath(path if path.startswith("/") else f"{self.working_folder}/{path}")

    def virtual(self, path: AnyStr) -> AnyStr:
        """The path a handler sees, for one on this machine."""
        if isinstance(path, bytes):
            return os.fsencode(self.virtual(os.fsdecode(path)))
        for mount, folder in self._mounts:
            if path == folder or path.startswith(folder + "/"):
                return mount + path[len(folder) :]
        return path

    def reserve(self, size: int) -> None:
        """Make sure `size` more bytes fit into ``/tmp``.

        Raises
        ------
        OSError
            ``ENOSPC``: they do not.
        """
        self._since += size
        if self._used + self._since <= self._limit:
            return
        self._used, self._since = _size(self._tmp), 0
        if self._used + size > self._limit:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._since = size


def _size(folder: str) -> int:
    """Bytes in the files below a folder."""
    total = 0
    with _scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                total += _size(entry.path)
            else:
                total += entry.stat(follow_symlinks=False).st_size
    return total
