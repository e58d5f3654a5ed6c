"""Limits and use of an account in a Region."""

from __future__ import annotations

from typing import Any

from lambdalab import quotas
from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane

__all__ = ["Account"]


class Account:
    """Operations on the account."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def get_account_settings(self, call: Call) -> dict[str, Any]:
        """What the account may use, and what it uses."""
        store = self._plane.store(call)
        return {
            "AccountLimit": {
                "TotalCodeSize": store.code_storage_limit,
                "CodeSizeUnzipped": quotas.PACKAGE_UNZIPPED,
                "CodeSizeZipped": quotas.ZIP_DIRECT_UPLOAD,
                "ConcurrentExecutions": store.concurrency_limit,
                "UnreservedConcurrentExecutions": store.concurrency_limit - store.reserved_concurrency,
            },
            "AccountUsage": {"TotalCodeSize": store.code_size, "FunctionCount": sum(1 for _ in store)},
        }
