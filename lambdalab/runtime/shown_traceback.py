"""Tracebacks as a reader on AWS sees them: with AWS's paths, and without the engine's own frames.

Error objects and printed tracebacks alike would otherwise differ from machine to machine.
"""

from __future__ import annotations

import linecache
import os
import sysconfig
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lambdalab.runtime.python_runtime import Frame

__all__ = ["Substitute", "shown_frames", "shown_path"]

_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep
_LIBRARY = os.path.dirname(os.__file__) + os.sep
_PACKAGES = sysconfig.get_path("purelib") + os.sep
_NAME = "_extract_from_extended_frame_gen"  # what every way to print or format a traceback goes through


def shown_path(file: str, runtime: str) -> str | None:
    """Where a file of this machine's Python lies on AWS; None for the engine's own files.

    >>> shown_path(os.__file__, "python3.12")
    '/var/lang/lib/python3.12/os.py'
    >>> shown_path("/var/task/lambda_function.py", "python3.12")
    '/var/task/lambda_function.py'
    """
    if file.startswith(_OWN_FOLDER):
        return None
    library = f"/var/lang/lib/{runtime if runtime.startswith('python') else 'python'}/"
    for real, shown in ((_PACKAGES, f"{library}site-packages/"), (_LIBRARY, library)):
        if file.startswith(real):
            return shown + file[len(real) :]
    return file


def shown_frames(trace: TracebackType | None, runtime: str) -> list[Frame]:
    """The frames of a traceback."""
    frames: list[Frame] = []
    for frame, line_number in traceback.walk_tb(trace):
        file = frame.f_code.co_filename
        shown = shown_path(file, runtime)
        if shown is not None:
            line = linecache.getline(file, line_number, frame.f_globals).strip()
            frames.append((shown, line_number, frame.f_code.co_name, line))
    return frames


class Substitute:
    """Lets the module ``traceback`` show what `shown_frames` shows.

    Parameters
    ----------
    runtime
        Such as ``python3.12``.
    """

    def __init__(self, runtime: str) -> None:
        self._real = real = vars(traceback.StackSummary)[_NAME]

        def extract(cls: Any, /, frames: Any, **options: Any) -> traceback.StackSummary:
            summary: traceback.StackSummary = real.__func__(cls, frames, **options)
            shown = []
            for frame in summary:
                path = shown_path(frame.filename, runtime)
                if path is not None:
                    _ = frame.line  # read from where the file is
                    frame.filename = path
                    shown.append(frame)
            summary[:] = shown
            return summary

        self._substitute = classmethod(extract)

    def put(self) -> None:
        """Put it in place."""
        setattr(traceback.StackSummary, _NAME, self._substitute)

    def put_back(self) -> None:
        """Put the real function back."""
        setattr(traceback.StackSummary, _NAME, self._real)
