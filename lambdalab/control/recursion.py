"""Recursive loop detection: whether Lambda ends a loop of a function."""

from __future__ import annotations

from typing import Any

from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane

__all__ = ["Recursion"]


class Recursion:
    """Operations on the recursion setting."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def get_function_recursion_config(self, call: Call) -> dict[str, Any]:
        """``Terminate`` unless it was allowed."""
        return {"RecursiveLoop": self._plane.unqualified(call).recursive_loop}

    def put_function_recursion_config(self, call: Call) -> dict[str, Any]:
        """Allow or terminate loops."""
        function = self._plane.unqualified(call)
        function.recursive_loop = call.parameters["RecursiveLoop"]
        return {"RecursiveLoop": function.recursive_loop}
