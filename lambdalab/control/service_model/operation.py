"""One operation of the service model, prepared for reading requests and writing answers."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from lambdalab.control.service_model.validation import Constraint, constraint_of

__all__ = ["Member", "Operation"]


@dataclass(frozen=True, slots=True)
class Member:
    """A top-level member of a request or an answer.

    ``wire_name`` is its name in the path, the query, the header or the JSON body.
    """

    name: str
    wire_name: str
    shape: Shape


class Operation:
    """An operation. Its address is read at once, its shapes when it is first used: the model is large.

    Attributes
    ----------
    name
        Such as ``CreateFunction``.
    method, segments
        How it is called: the method, and the path's segments, where ``None`` stands for a parameter.
    discriminator
        Name and value of a query parameter that is part of the address, or None.
    response_code
        Status of a successful answer, unless the answer carries its own.
    output, errors
        Shape of the answer, and shapes of the errors by code.
    uri, query, headers, body
        Members of the request by where they travel.
    payload
        The member that is the whole body, or None.
    required
        Names of members that must be there.
    constraints
        What members must satisfy, in the model's order.
    """

    def __init__(self, model: ServiceModel, name: str, http: Mapping[str, Any], unchecked: Container[str] = ()) -> None:
        self.name = name
        self._model = model
        self._unchecked = unchecked
        self.response_code: int = http.get("responseCode", 200)
        self.method: str = http["method"]
        path, _, query = http["requestUri"].partition("?")
        parameter, _, value = query.partition("=")
        self.discriminator: tuple[str, str] | None = (parameter, value) if query else None
        parts = path.strip("/").split("/")
        self.segments: tuple[str | None, ...] = tuple(None if part.startswith("{") else part for part in parts)
        self._uri_order = [part[1:-1] for part in parts if part.startswith("{")]

    def __getattr__(self, name: str) -> Any:
        # Called only for what is not there yet: the first use of a shape reads them all.
        if name.startswith("_") or "errors" in self.__dict__:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        self._read_shapes()
        return getattr(self, name)

    def _read_shapes(self) -> None:
        model: OperationModel = self._model.operation_model(self.name)
        inputs: StructureShape | None = model.input_shape
        located: dict[str | None, list[Member]] = {"uri": [], "querystring": [], "header": [], None: []}
        self.payload: Member | None = None
        members = inputs.members if inputs is not None else {}
        for member_name, shape in members.items():
            member = Member(member_name, shape.serialization.get("name", member_name), shape)
            if inputs is not None and member_name == inputs.serialization.get("payload"):
                self.payload = member
            else:
                located[shape.serialization.get("location")].append(member)
        by_wire_name = {member.wire_name: member for member in located["uri"]}
        self.uri: tuple[Member, ...] = tuple(by_wire_name[wire_name] for wire_name in self._uri_order)
        self.query: tuple[Member, ...] = tuple(located["querystring"])
        self.headers: tuple[Member, ...] = tuple(located["header"])
        self.body: tuple[Member, ...] = tuple(located[None])
        self.required: tuple[str, ...] = tuple(inputs.required_members) if inputs is not None else ()
        found = ((n, constraint_of(shape)) for n, shape in members.items() if n not in self._unchecked)
        self.constraints: tuple[tuple[str, Constraint], ...] = tuple((n, c) for n, c in found if c is not None)
        self.output: StructureShape | None = model.output_shape
        self.errors: dict[str, StructureShape] = {shape.error_code: shape for shape in model.error_shapes}

    def __repr__(self) -> str:
        return f"<Operation {self.name}>"

    def violations(self, parameters: dict[str, Any]) -> list[str]:
        """What is wrong with parsed `parameters`, in AWS's words and the model's order."""
        found = [missing(name) for name in self.required if parameters.get(name) is None]
        for name, constraint in self.constraints:
            value = parameters.get(name)
            if value is not None:
                constraint.check(value, name[0].lower() + name[1:], found)
        return found


def missing(name: str) -> str:
    """AWS's words for a required member that is not there."""
    return f"Value null at '{name[0].lower() + name[1:]}' failed to satisfy constraint: Member must not be null"
