"""What an SDK call comes to when the network stops it."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from lambdalab.network.path import Obstacle

__all__ = ["refuse"]


def refuse(obstacle: Obstacle, request: Any) -> tuple[int, dict[str, str], bytes]:
    """The answer of an endpoint whose policy says no.

    Raises
    ------
    botocore.exceptions.ConnectTimeoutError
        Nothing answered.
    botocore.exceptions.EndpointConnectionError
        The name could not be looked up.
    """
    from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

    if obstacle.hangs:
        raise ConnectTimeoutError(endpoint_url=request.url)
    if obstacle.kind == "DNS":
        raise EndpointConnectionError(endpoint_url=request.url)
    words = f"User is not authorized to perform this action because no VPC endpoint policy allows it: {obstacle.text}"
    if "X-Amz-Target" in request.headers:
        body = json.dumps({"__type": "AccessDeniedException", "message": words}).encode()
        return 400, {"content-type": "application/x-amz-json-1.0"}, body
    error = f"<Error><Code>AccessDenied</Code><Message>{escape(words)}</Message></Error>"
    if not (request.url.partition("?")[0].rstrip("/").endswith("amazonaws.com") and request.method == "POST"):
        return 403, {"content-type": "application/xml"}, error.encode()
    return 403, {"content-type": "text/xml"}, f"<ErrorResponse>{error}</ErrorResponse>".encode()
