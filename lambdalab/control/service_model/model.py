"""The Lambda service model of the installed botocore."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

from lambdalab.control.http import HttpRequest
from lambdalab.control.service_model.operation import Operation
from lambdalab.control.service_model.parsing import parse
from lambdalab.control.service_model.routing import Router
from lambdalab.errors import AwsError, ValidationException

__all__ = ["LambdaServiceModel", "UnknownOperationException", "lambda_service_model"]

# The service checks these itself, in other words than the model's enumeration (see control.runtimes).
_CHECKED_ELSEWHERE = {"CreateFunction": ("Runtime",), "UpdateFunctionConfiguration": ("Runtime",)}


class UnknownOperationException(AwsError):
    """No operation answers to this method and path."""

    code, http_status = "UnknownOperationException", 404


class LambdaServiceModel:
    """All operations of the model, and the way from a request to one of them.

    Attributes
    ----------
    operations
        Operations by name.
    runtimes
        Every runtime identifier the model lists.
    """

    def __init__(self) -> None:
        document = Loader().load_service_model("lambda", "service-2")
        model = ServiceModel(document, "lambda")
        self.operations: dict[str, Operation] = {
            name: Operation(model, name, operation["http"], _CHECKED_ELSEWHERE.get(name, ()))
            for name, operation in document["operations"].items()
        }
        self._router = Router(self.operations.values())
        self.runtimes: tuple[str, ...] = tuple(model.shape_for("Runtime").enum)

    def route(self, request: HttpRequest) -> tuple[Operation, list[str]]:
        """The operation `request` addresses, and the segments of its path.

        Raises
        ------
        UnknownOperationException
            There is none.
        """
        found = self._router.match(request.method, request.path, request.query)
        if found is None:
            raise UnknownOperationException(f"Unknown operation: {request.method} {request.path}")
        return found

    def parameters(self, operation: Operation, segments: list[str], request: HttpRequest) -> dict[str, Any]:
        """The parameters of `operation`, checked against the model.

        Raises
        ------
        lambdalab.control.service_model.parsing.SerializationException
            The request cannot be read.
        ValidationException
            It violates the model, with all violations in one message as AWS words them.
        """
        parameters = parse(operation, segments, request)
        if violations := operation.violations(parameters):
            count = len(violations)
            plural = "s" if count > 1 else ""
            raise ValidationException(f"{count} validation error{plural} detected: {'; '.join(violations)}")
        return parameters


@cache
def lambda_service_model() -> LambdaServiceModel:
    """The model, read once per process: it does not change."""
    return LambdaServiceModel()
