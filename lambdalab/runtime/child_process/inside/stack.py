"""The frames of a traceback as they would be on AWS."""

from __future__ import annotations

import linecache
import os
import sysconfig
import traceback
from types import TracebackType

__all__ = ["frames"]

# lambdalab/runtime/, to which everything between the runtime and the function's code belongs.
_OWN_FOLDER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep
_LIBRARY = os.path.dirname(os.__file__)
_PACKAGES = sysconfig.get_paths()["purelib"]


def frames(trace: TracebackType | None, runtime: str) -> list[tuple[str, int | None, str, str]]:
    """File, line number, function and source line of each frame, without the engine's own."""
    library = f"/var/lang/lib/{runtime}"
    shown: list[tuple[str, int | None, str, str]] = []
    for frame, line_number in traceback.walk_tb(trace):
        file = frame.f_code.co_filename
        if file.startswith(_OWN_FOLDER):
            continue
        line = linecache.getline(file, line_number, frame.f_globals).strip()
        for real, shown_as in ((_PACKAGES, f"{library}/site-packages"), (_LIBRARY, library)):
            if file.startswith(real):
                file = shown_as + file[len(real) :]
                break
        shown.append((file, line_number, frame.f_code.co_name, line))
    return shown
