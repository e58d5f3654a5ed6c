"""The standard library for the page: Pyodide's, without what a page cannot use, compiled."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

__all__ = ["unpack_standard_library"]

# Programs, protocols without a network, terminals, processes, and the Python twins of modules that are compiled in.
_LEFT_OUT = (
    "_pydatetime.py",
    "_pydecimal.py",
    "_pyio.py",
    "_pyrepl",
    "cProfile.py",
    "doctest.py",
    "ensurepip",
    "ctypes",
    "ftplib.py",
    "idlelib",
    "imaplib.py",
    "lib2to3",
    "mailbox.py",
    "pdb.py",
    "pickletools.py",
    "poplib.py",
    "profile.py",
    "pstats.py",
    "pydoc_data",
    "smtplib.py",
    "tkinter",
    "trace.py",
    "turtle.py",
    "turtledemo",
    "venv",
    "wsgiref",
    "xmlrpc",
    "zipapp.py",
)
# Text encodings that boto3, zip archives and a lesson on text may meet. The others are tables of old code pages.
_ENCODINGS = frozenset(
    {
        "__init__",
        "aliases",
        "ascii",
        "base64_codec",
        "charmap",
        "cp1252",
        "cp437",
        "hex_codec",
        "idna",
        "iso8859_1",
        "iso8859_15",
        "latin_1",
        "mac_roman",
        "punycode",
        "raw_unicode_escape",
        "rot_13",
        "undefined",
        "unicode_escape",
        "utf_16",
        "utf_16_be",
        "utf_16_le",
        "utf_32",
        "utf_32_be",
        "utf_32_le",
        "utf_7",
        "utf_8",
        "utf_8_sig",
        "zlib_codec",
    }
)


def unpack_standard_library(archive: Path, target: Path) -> None:
    """Unpack Pyodide's ``python_stdlib.zip`` into `target`, without what no page uses."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(target)
    for name in _LEFT_OUT:
        path = target / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for path in (target / "encodings").glob("*.py"):
        if path.stem not in _ENCODINGS:
            path.unlink()
