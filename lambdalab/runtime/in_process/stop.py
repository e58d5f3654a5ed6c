"""How a sandbox takes control back from user code."""

from __future__ import annotations

__all__ = ["SandboxStop"]


class SandboxStop(BaseException):
    """Raised inside user code when its process is to end: at the deadline, at ``os._exit``, at an interrupt.

    Why is kept by the process, not by the exception: code may swallow this, and the reason must survive that.
    """
