"""The one magic a page knows, ``%%writefile``, and clear words about the others."""

from __future__ import annotations

import os
import re
import shlex

__all__ = ["MagicError", "foreign_syntax", "write_file"]


class MagicError(Exception):
    """Notebook syntax that does not run in the page."""


def foreign_syntax(source: str) -> str | None:
    """Name notebook syntax other than Python in `source`: a magic, or a shell command. None when there is none.

    Only called for source that is not valid Python, so that a ``%`` inside a string is not taken for a magic.
    """
    for line in source.splitlines():
        if match := re.match(r"\s*(?:\w+\s*=\s*)?(%%?\w+|!\S*)", line):
            return match[1]
    return None


def write_file(source: str) -> str | None:
    """Run `source` if it is a ``%%writefile`` cell: write the body to the file. The message to print, else None."""
    first, _, body = source.lstrip("\n").partition("\n")
    if not first.startswith("%%"):
        return None
    words = shlex.split(first)
    if words[0] != "%%writefile":
        raise MagicError(f"{words[0]} does not run in the page, only in JupyterLab. Here the one magic is %%writefile.")
    append = "-a" in words or "--append" in words
    names = [word for word in words[1:] if word not in ("-a", "--append")]
    if len(names) != 1 or names[0].startswith("-"):
        raise MagicError("usage: %%writefile [-a] filename")
    name = os.path.expanduser(names[0])
    existed = os.path.exists(name)
    with open(name, "a" if append else "w", encoding="utf-8") as file:
        file.write(body if body.endswith("\n") or not body else body + "\n")
    if not existed:
        return f"Writing {name}"
    return f"Appending to {name}" if append else f"Overwriting {name}"
