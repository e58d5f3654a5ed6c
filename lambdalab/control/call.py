"""One call of the Lambda API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lambdalab.control.http import HttpRequest
from lambdalab.control.service_model import Operation

__all__ = ["Call"]


@dataclass(slots=True)
class Call:
    """A call, checked against the service model.

    Attributes
    ----------
    operation
        What is asked for.
    account, region
        Whose account, in which Region.
    parameters
        In the model's names; what was not given is not there.
    request
        As it came in.
    function_arn
        Unqualified ARN of the function concerned, once known; "" before. For the timeline.
    request_id
        Of the invocation, which the answer carries as its own; None for other calls.
    """

    operation: Operation
    account: str
    region: str
    parameters: dict[str, Any]
    request: HttpRequest
    function_arn: str = ""
    request_id: str | None = None
