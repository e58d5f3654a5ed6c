"""AWS calls that a handler in a child process sends to its endpoint: answered by moto in this process."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from lambdalab.errors import EngineFault

__all__ = ["answer_aws_call"]

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_HOSTS = {"dynamodbstreams": "streams.dynamodb", "cloudwatch": "monitoring", "stepfunctions": "states"}
_HOP = frozenset({"transfer-encoding", "connection", "date", "server", "status"})


def answer_aws_call(
    method: str, url_path: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    """Answer a signed AWS request whose host is the endpoint of the child.

    The service and Region are those the request is signed for.

    Raises
    ------
    EngineFault
        The request carries no signature, so that nothing tells which service it is for.
    """
    from botocore.awsrequest import AWSPreparedRequest, HeadersDict
    from botocore.exceptions import BotoCoreError
    from moto.core.models import botocore_stubber

    scope = _SCOPE.search(headers.get("authorization", headers.get("Authorization", "")))
    if scope is None:
        raise EngineFault(f"{method} {url_path} from a handler is not signed; unsigned AWS requests are not emulated")
    host = f"{_HOSTS.get(scope['service'], scope['service'])}.{scope['region']}.amazonaws.com"
    passed = HeadersDict({name: value for name, value in headers.items() if name.lower() not in {"host", "connection"}})
    request = AWSPreparedRequest(method, f"https://{host}{url_path}", passed, body, False)
    try:
        answer = botocore_stubber.process_request(request)
    except BotoCoreError as unreachable:
        # The connection to the engine stands already; that there is none to AWS must be said in an answer.
        return 504, {"content-type": "application/json"}, json.dumps({"message": str(unreachable)}).encode()
    if answer is None:
        raise EngineFault(f"moto does not answer {method} https://{host}{url_path}")
    status, answer_headers, content = answer
    kept = {name: str(value) for name, value in answer_headers.items() if name.lower() not in _HOP}
    return int(status), kept, content.encode() if isinstance(content, str) else bytes(content or b"")
