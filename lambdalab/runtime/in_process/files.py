"""Functions of ``os``, and ``open``, that see a running process's files; the machine's for everyone else."""

from __future__ import annotations

import errno
import io
import os
import signal
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from lambdalab.errors import NotEmulatedError
from lambdalab.runtime.in_process.presence import here

__all__ = ["OPEN", "OS"]

_real = dict(vars(os))
_real_open = io.open
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_READ_FUNCTIONS = (
    "access",
    "getxattr",
    "listdir",
    "listxattr",
    "lstat",
    "pathconf",
    "stat",
    "statvfs",
)
_WRITE_FUNCTIONS = (
    "chflags",
    "chmod",
    "chown",
    "lchown",
    "mkdir",
    "mkfifo",
    "mknod",
    "remove",
    "removexattr",
    "rmdir",
    "setxattr",
    "truncate",
    "unlink",
    "utime",
)
_REFUSED_FUNCTIONS = (
    "execl",
    "execle",
    "execlp",
    "execlpe",
    "execv",
    "execve",
    "execvp",
    "execvpe",
    "fork",
    "forkpty",
    "chroot",
)


def _translated(name: str, writing: bool) -> Callable[..., Any]:
    """A function of os whose first argument is a path."""
    real = _real[name]

    def function(*arguments: Any, **keywords: Any) -> Any:
        process = here()
        if process is None:
            return real(*arguments, **keywords)
        if arguments:
            path, rest = arguments[0], arguments[1:]
        else:
            path, rest = keywords.pop("path", "."), ()
        if keywords.get("dir_fd") is not None and not os.path.isabs(path):
            return real(path, *rest, **keywords)
        try:
            return real(process.filesystem.real("." if path is None else path, writing), *rest, **keywords)
        except OSError as error:
            raise _renamed(error, path) from None

    return _named(function, name)


def _named(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__module__ = "os"
    return function


def _renamed(error: OSError, path: Any) -> OSError:
    """The error, naming the path as the handler wrote it."""
    if error.filename is not None and not isinstance(path, int):
        error.filename = os.fspath(path)
    error.__context__ = None
    return error.with_traceback(None)


def _two_paths(name: str) -> Callable[..., Any]:
    real = _real[name]

    def function(src: Any, dst: Any, **keywords: Any) -> Any:
        process = here()
        if process is None:
            return real(src, dst, **keywords)
        translate = process.filesystem.real
        try:
            return real(translate(src, True), translate(dst, True), **keywords)
        except OSError as error:
            if error.filename2 is not None:
                error.filename2 = os.fspath(dst)
            raise _renamed(error, src) from None

    return _named(function, name)


def _symlink(src: Any, dst: Any, target_is_directory: bool = False, **keywords: Any) -> None:
    process = here()
    if process is None:
        _real["symlink"](src, dst, target_is_directory, **keywords)
        return
    target = process.filesystem.real(src) if os.path.isabs(src) else src
    _real["symlink"](target, process.filesystem.real(dst, True), target_is_directory, **keywords)


def _readlink(path: Any, **keywords: Any) -> Any:
    process = here()
    if process is None or keywords.get("dir_fd") is not None:
        return _real["readlink"](path, **keywords)
    try:
        return process.filesystem.virtual(_real["readlink"](process.filesystem.real(path)))
    except OSError as error:
        raise _renamed(error, path) from None


def _open_descriptor(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
    process = here()
    if process is None or (dir_fd is not None and not os.path.isabs(path)):
        return _real["open"](path, flags, mode, dir_fd=dir_fd)  # type: ignore[no-any-return]
    try:
        return _real["open"](process.filesystem.real(path, bool(flags & _WRITING)), flags, mode)  # type: ignore[no-any-return]
    except OSError as error:
        raise _renamed(error, path) from None


def _write_descriptor(fd: int, data: Any, /) -> int:
    process = here()
    if process is None:
        return _real["write"](fd, data)  # type: ignore[no-any-return]
    if fd in (1, 2):
        process.output.add(bytes(data))
        return len(data)
    process.filesystem.reserve(len(data))
    return _real["write"](fd, data)  # type: ignore[no-any-return]


def _sendfile(out_fd: int, in_fd: int, offset: int | None, count: int, **keywords: Any) -> int:
    process = here()
    if process is not None:
        process.filesystem.reserve(min(count, os.fstat(in_fd).st_size))
    return _real["sendfile"](out_fd, in_fd, offset, count, **keywords)  # type: ignore[no-any-return]


def _working_folder() -> str:
    process = here()
    return _real["getcwd"]() if process is None else process.filesystem.working_folder


def _working_folder_bytes() -> bytes:
    return os.fsencode(_working_folder())


def _change_folder(path: Any) -> None:
    process = here()
    if process is None:
        _real["chdir"](path)
        return
    if isinstance(path, int):
        raise NotEmulatedError('os.fchdir inside an in-process sandbox; use executor="child-process"')
    filesystem = process.filesystem
    try:
        if not _real["stat"](filesystem.real(path)).st_mode & 0o040000:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), os.fspath(path))
    except OSError as error:
        raise _renamed(error, path) from None
    filesystem.working_folder = filesystem.absolute(os.fsdecode(path))


class _DirectoryEntry:
    """An ``os.DirEntry`` whose path is the handler's."""

    def __init__(self, entry: os.DirEntry[Any], path: Any) -> None:
        self._entry = entry
        self.name = entry.name
        self.path = path

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entry, name)

    def __fspath__(self) -> Any:
        return self.path

    def __repr__(self) -> str:
        return f"<DirEntry {self.name!r}>"


class _Scan:
    """What ``os.scandir`` answers: an iterator that is a context manager."""

    def __init__(self, entries: Any, folder: Any) -> None:
        self._entries = entries
        self._folder = folder

    def __iter__(self) -> Iterator[_DirectoryEntry]:
        return self

    def __next__(self) -> _DirectoryEntry:
        entry = next(self._entries)
        return _DirectoryEntry(entry, os.path.join(self._folder, entry.name))

    def __enter__(self) -> _Scan:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._entries.close()


def _scandir(path: Any = ".") -> Any:
    process = here()
    if process is None or isinstance(path, int):
        return _real["scandir"](path)
    folder = "." if path is None else os.fspath(path)
    try:
        return _Scan(_real["scandir"](process.filesystem.real(folder)), folder)
    except OSError as error:
        raise _renamed(error, folder) from None


def _exit(status: int) -> None:
    process = here()
    if process is None:
        _real["_exit"](status)
        return
    process.exit(status & 0xFF)


def _abort() -> None:
    process = here()
    if process is None:
        _real["abort"]()
        return
    process.signals.receive(signal.SIGABRT)


def _kill(pid: int, signum: int, /) -> None:
    process = here()
    if process is None or pid != os.getpid() or signum == 0:
        _real["kill"](pid, signum)
        return
    process.signals.receive(signum)


def _refused(name: str) -> Callable[..., Any]:
    real = _real[name]

    def function(*arguments: Any, **keywords: Any) -> Any:
        if here() is None:
            return real(*arguments, **keywords)
        raise NotEmulatedError(f'os.{name} inside an in-process sandbox; use executor="child-process"')

    return _named(function, name)


def _open_file(
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """``open``, in the file system of the running process."""
    process = here()
    if process is None or isinstance(file, int) or opener is not None:
        return _real_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
    writing = isinstance(mode, str) and not set("wax+").isdisjoint(mode)
    if encoding is None and isinstance(mode, str) and "b" not in mode:
        encoding = "utf-8"
    try:
        real = process.filesystem.real(file, writing)
        opened = _real_open(real, mode, buffering, encoding, errors, newline, closefd)
    except OSError as error:
        raise _renamed(error, file) from None
    raw: Any = getattr(getattr(opened, "buffer", opened), "raw", opened)
    raw.name = file
    if writing:
        _limit_writes(raw, process.filesystem.reserve)
    return opened


def _limit_writes(raw: Any, reserve: Callable[[int], None]) -> None:
    # A weak reference: a file that only a cycle kept alive would not be flushed when its last user lets go.
    reference = weakref.ref(raw)

    def write(data: Any, /) -> Any:
        reserve(memoryview(data).nbytes)
        return io.FileIO.write(reference(), data)  # type: ignore[arg-type]

    raw.write = write


_open_file.__name__ = _open_file.__qualname__ = "open"


def _substitutes() -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name in _READ_FUNCTIONS:
        if name in _real:
            table[name] = _translated(name, writing=False)
    for name in _WRITE_FUNCTIONS:
        if name in _real:
            table[name] = _translated(name, writing=True)
    for name in ("rename", "replace", "link"):
        if name in _real:
            table[name] = _two_paths(name)
    for name in _REFUSED_FUNCTIONS:
        if name in _real:
            table[name] = _refused(name)
    special: dict[str, Callable[..., Any]] = {
        "symlink": _symlink,
        "readlink": _readlink,
        "open": _open_descriptor,
        "write": _write_descriptor,
        "sendfile": _sendfile,
        "getcwd": _working_folder,
        "getcwdb": _working_folder_bytes,
        "chdir": _change_folder,
        "scandir": _scandir,
        "_exit": _exit,
        "abort": _abort,
        "kill": _kill,
    }
    table.update({name: _named(function, name) for name, function in special.items() if name in _real})
    # shutil and others ask these sets what a function can do.
    for name in ("supports_dir_fd", "supports_fd", "supports_follow_symlinks", "supports_effective_ids"):
        capable = _real[name]
        table[name] = capable | {function for key, function in table.items() if _real.get(key) in capable}
    return table


OS: dict[str, Any] = _substitutes()
"""Substitutes for names of the module ``os``."""

OPEN = _open_file
"""Substitute for ``builtins.open`` and ``io.open``."""
