"""Folders of this machine's Python: its standard library, its packages, the engine.

They are read by code that runs inside an environment, wherever they lie – be it below ``/tmp`` or ``/opt``,
which mean something else there.
"""

from __future__ import annotations

import functools
import os
import site
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

__all__ = ["ENGINE", "library_folders"]

ENGINE = str(Path(__file__).resolve().parent.parent) + os.sep
"""The engine's own package; what is beside it belongs to some project."""


@functools.cache
def library_folders() -> tuple[str, ...]:
    """The folders modules are installed in, each with a separator at its end."""
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {os.path.dirname(os.__file__), os.path.join(sys.base_prefix, "lib"), os.path.join(sys.prefix, "lib")}
    folders |= {*site.getsitepackages(), site.getusersitepackages()}
    # Where the SDK lies is a library, whatever the folder is called: the browser's bundle has a place of its own.
    for name in ("boto3", "moto"):
        specification = find_spec(name)
        if specification is not None and specification.origin is not None:
            folders.add(os.path.dirname(os.path.dirname(specification.origin)))
    folders |= {os.path.realpath(folder) for folder in folders if folder}
    return tuple(sorted(folder.rstrip(os.sep) + os.sep for folder in folders if folder and folder != os.sep))
