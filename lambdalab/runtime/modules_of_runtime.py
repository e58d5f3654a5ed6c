"""Modules AWS's Python runtime has loaded when it imports the handler: a package cannot put its own in their place."""

from __future__ import annotations

__all__ = ["LOADED_BEFORE_HANDLER"]

LOADED_BEFORE_HANDLER = frozenset(
    {
        "abc",
        "awslambdaric",
        "codecs",
        "collections",
        "copyreg",
        "datetime",
        "decimal",
        "encodings",
        "enum",
        "functools",
        "genericpath",
        "importlib",
        "io",
        "json",
        "keyword",
        "linecache",
        "logging",
        "math",
        "numbers",
        "operator",
        "os",
        "posixpath",
        "re",
        "reprlib",
        "runtime_client",
        "simplejson",
        "site",
        "stat",
        "string",
        "struct",
        "sys",
        "threading",
        "time",
        "tokenize",
        "traceback",
        "types",
        "typing",
        "warnings",
        "weakref",
    }
)
