"""HTTP as runtimes and AWS SDKs speak it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalab.runtime.child_process.http_message import (
    BODY_MAX,
    HEADERS_MAX,
    MalformedRequest,
    Request,
    RequestParser,
    response_bytes,
)

STREAM = (
    b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n"
    b"POST /a?b=c HTTP/1.1\r\nContent-Length: 5\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\nhello"
    b"PUT /chunks HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    b"3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Trailer: y\r\n\r\n"
    b"HEAD / HTTP/1.0\r\n\r\n"
)
REQUESTS = [
    Request("GET", "/2018-06-01/runtime/invocation/next", {"Host": "x"}, b""),
    Request("POST", "/a?b=c", {"Content-Length": "5", "X-Twice": "1, 2"}, b"hello"),
    Request(
        "PUT", "/chunks", {"Transfer-Encoding": "chunked", "Connection": "close"}, b"abc0123456789", keep_alive=False
    ),
    Request("HEAD", "/", {}, b"", keep_alive=False),
]


def read_all(pieces: list[bytes]) -> list[Request]:
    parser = RequestParser()
    requests = []
    for piece in pieces:
        parser.feed(piece)
        while (request := parser.next_request()[0]) is not None:
            requests.append(request)
    return requests


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_requests_do_not_depend_on_how_the_bytes_arrive(cuts: list[int]) -> None:
    # GIVEN a stream of requests cut anywhere
    places = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[begin:end] for begin, end in itertools.pairwise(places)]
    # WHEN it is read THEN the same requests come out
    assert read_all(pieces) == REQUESTS


def test_a_client_that_expects_to_be_told_to_continue_is_told_once() -> None:
    # GIVEN a request that waits for 100 Continue before its body
    parser = RequestParser()
    parser.feed(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    # WHEN it is read
    assert parser.next_request() == (None, True)
    # THEN the wish is reported once, and the body completes the request
    assert parser.next_request() == (None, False)
    parser.feed(b"ok")
    request, wants_continue = parser.next_request()
    assert request is not None
    assert (request.body, wants_continue) == (b"ok", False)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"get / HTTP/1.1\r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n: no name\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1e3\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (BODY_MAX + 1),
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
        b"x" * (HEADERS_MAX + 1),
    ],
    ids=lambda nonsense: str(nonsense[:40]),
)
def test_nonsense_is_called_that(nonsense: bytes) -> None:
    # GIVEN bytes that are no request WHEN they are read THEN the parser says so
    with pytest.raises(MalformedRequest):
        read_all([nonsense])


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_nonsense(data: bytes) -> None:
    # GIVEN any bytes WHEN they are read THEN there are requests, nothing, or the one error
    try:
        requests = read_all([data])
    except MalformedRequest:
        return
    assert all(isinstance(request, Request) for request in requests)


def test_headers_are_found_in_any_spelling() -> None:
    request = Request("GET", "/a?b", {"Content-TYPE": "text/plain"}, b"")
    assert (request.header("content-type"), request.header("accept"), request.path) == ("text/plain", None, "/a")


def test_responses() -> None:
    # GIVEN a body, no body, and a body whose length alone is told WHEN responses are made THEN they are HTTP
    assert response_bytes(202, b"{}", [("A", "b")]) == b"HTTP/1.1 202 Accepted\r\nA: b\r\nContent-Length: 2\r\n\r\n{}"
    assert response_bytes(204, b"") == b"HTTP/1.1 204 No Content\r\n\r\n"
    assert response_bytes(200, b"", content_length=7) == b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
    assert response_bytes(299, b"").startswith(b"HTTP/1.1 299 Status\r\n")
