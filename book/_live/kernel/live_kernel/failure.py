"""An exception as the learner should see it: their own frames, and the line in the cell they ran."""

from __future__ import annotations

import os
import traceback
from typing import Any

__all__ = ["describe_failure"]


def _is_learners(filename: str) -> bool:
    """Whether code in `filename` was written in the page: a cell, or a file in the working folder."""
    if filename.startswith("<cell "):
        return True
    return not filename.startswith("<") and os.path.abspath(filename).startswith(os.getcwd() + os.sep)


def _trim(report: traceback.TracebackException) -> None:
    """Keep the learner's frames, in the exception and in those that led to it."""
    mine = [frame for frame in report.stack if _is_learners(frame.filename)]
    report.stack[:] = mine
    for other in (report.__cause__, report.__context__, *(report.exceptions or ())):
        if other is not None:
            _trim(other)


def _line(error: BaseException, filename: str) -> int | None:
    """The line of the cell `filename` that failed, counted from 1."""
    if isinstance(error, SyntaxError) and error.filename == filename:
        return error.lineno
    numbers = [
        number for frame, number in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == filename
    ]
    return numbers[-1] if numbers else None


def describe_failure(error: BaseException, filename: str) -> dict[str, Any]:
    """A notebook output of type ``error``, with one field more: ``line``, where in the cell it happened."""
    report = traceback.TracebackException.from_exception(error, compact=True)
    _trim(report)
    return {
        "output_type": "error",
        "ename": type(error).__name__,
        "evalue": str(error),
        "traceback": "".join(report.format()).rstrip("\n").splitlines(),
        "line": _line(error, filename),
    }
