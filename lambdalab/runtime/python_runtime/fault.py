"""Faults the Python runtime reports under a ``Runtime.`` name of its own."""

from __future__ import annotations

__all__ = ["RuntimeFault"]


class RuntimeFault(Exception):
    """Not the handler's exception but the runtime's verdict.

    Parameters
    ----------
    error_type
        Such as ``Runtime.ImportModuleError``.
    message
        ``errorMessage`` of the error object.
    stack_trace
        Ready-made lines; None for none.
    """

    def __init__(self, error_type: str, message: str, stack_trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.stack_trace = stack_trace
