"""Reserved concurrency: a cap and a guarantee for one function."""

from __future__ import annotations

from typing import Any

from lambdalab import quotas
from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane
from lambdalab.errors import InvalidParameterValueException, ResourceNotFoundException
from lambdalab.functions.function import Function
from lambdalab.functions.identifier import LATEST

__all__ = ["Concurrency"]

_UNQUALIFIED = (
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
    "Please specify either a function name or an unqualified function ARN."
)


class Concurrency:
    """Operations on reserved concurrency."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def _function(self, call: Call) -> Function:
        named = self._plane.identifier(call)
        if named.qualifier is not None:
            raise InvalidParameterValueException(_UNQUALIFIED)
        store = self._plane.store(call)
        if named.name not in store:
            raise ResourceNotFoundException(f"Function not found: {named.arn}:{LATEST}")
        return store.get(named.name)

    def put_function_concurrency(self, call: Call) -> dict[str, Any]:
        """Reserve; enough must remain for functions without a reservation."""
        function, store = self._function(call), self._plane.store(call)
        wanted: int = call.parameters["ReservedConcurrentExecutions"]
        others = store.reserved_concurrency - (function.reserved_concurrency or 0)
        if store.concurrency_limit - others - wanted < quotas.UNRESERVED_MINIMUM:
            raise InvalidParameterValueException(
                "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
                f"below its minimum value of [{quotas.UNRESERVED_MINIMUM}]."
            )
        function.reserved_concurrency = wanted
        return {"ReservedConcurrentExecutions": wanted}

    def get_function_concurrency(self, call: Call) -> dict[str, Any]:
        """The reservation; nothing is shown without one."""
        function = self._plane.unqualified(call)
        return {"ReservedConcurrentExecutions": function.reserved_concurrency}

    def delete_function_concurrency(self, call: Call) -> dict[str, Any]:
        """Give the reservation back."""
        self._function(call).reserved_concurrency = None
        return {}
