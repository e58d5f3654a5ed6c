"""Processes that do not keep to the Runtime API: the engine answers in order, and never hangs."""

from __future__ import annotations

from typing import Any

import pytest

# A handler that talks to the Runtime API itself, behind its runtime's back.
TALK = """
import http.client, json, os, socket, threading

def say(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request(method, "/2018-06-01/runtime/" + path, body, headers)
    answer = connection.getresponse()
    return [answer.status, json.loads(answer.read())["errorType"] if answer.status > 299 else None]

def raw(data):
    host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
    connection = socket.create_connection((host, int(port)))
    connection.sendall(data)
    return connection
"""


def talking(body: str) -> str:
    return TALK + "def lambda_handler(event, context):\n" + "".join(f"    {line}\n" for line in body.splitlines())


def test_a_result_for_another_event_is_refused(environment: Any) -> None:
    # GIVEN a handler that posts results for events that are not its own
    made = environment(
        talking(
            "return [say('POST', 'invocation/other/response', '1'), say('POST', 'invocation/other/error', '{}'),\n"
            " say('POST', 'init/error', '{}'), say('GET', 'invocation/next'), say('POST', 'invocation/next', ''),\n"
            " say('GET', 'nothing'), say('GET', 'restore/next')]"
        )
    )
    # WHEN it is invoked THEN each is refused, and its own result counts
    assert made.answer() == [
        [400, "InvalidRequestID"],
        [400, "InvalidRequestID"],
        [403, "InvalidStateTransition"],
        [403, "InvalidStateTransition"],
        [404, "NotFound"],
        [404, "NotFound"],
        [404, "NotEmulated"],
    ]


@pytest.mark.parametrize("path", ["/2020-01-01/extension/register", "/2022-07-01/telemetry", "/2020-08-15/logs"])
def test_extensions_are_refused_by_name(environment: Any, path: str) -> None:
    # GIVEN a handler that wants to be an extension WHEN it asks THEN the answer names what is not there
    made = environment(
        TALK + "def lambda_handler(event, context):\n"
        "    connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])\n"
        f"    connection.request('POST', {path!r}, '{{}}')\n"
        "    answer = connection.getresponse()\n"
        "    return [answer.status, json.loads(answer.read())]\n"
    )
    assert made.answer() == [404, {"errorType": "NotEmulated", "errorMessage": f"{path} is not emulated"}]


def test_the_first_result_counts(environment: Any) -> None:
    # GIVEN a handler that posts a result before its runtime does
    made = environment(
        talking("print(say('POST', f'invocation/{context.aws_request_id}/response', '\"first\"'))\nreturn 'second'")
    )
    # WHEN it is invoked
    result = made.invoke()
    # THEN the first counts; the runtime's own post is refused, and what it does then is its affair
    assert (result.outcome, result.payload) == ("success", b'"first"')
    assert result.log.startswith("[202, None]\n")


def test_the_environment_recovers_from_a_runtime_that_left_after_its_answer(environment: Any) -> None:
    # GIVEN a runtime that ends between its answer and its next request
    made = environment(
        "import os\nprint('static code')\n"
        + talking("if event: say('POST', f'invocation/{context.aws_request_id}/response', '1'); os._exit(3)\nreturn 2")
    )
    assert made.answer(True) == 1
    # WHEN the next event comes THEN the static code runs again within it
    result = made.invoke(False)
    assert (result.payload, result.log) == (b"2", "static code\n")


def test_nonsense_on_the_socket_is_answered_and_forgotten(environment: Any) -> None:
    # GIVEN a handler that sends what is no HTTP, half requests, and more connections than anyone needs
    made = environment(
        talking(
            "answered = raw(b'nonsense\\r\\n\\r\\n').recv(1000).decode().split('\\r\\n')[0]\n"
            "half = raw(b'POST /2018-06-01/runtime/init/error HTTP/1.1\\r\\nContent-Length: 1000\\r\\n\\r\\nabc')\n"
            "many = [raw(b'GET ') for _ in range(200)]\n"
            "closed = raw(b'')\n"
            "closed.close()\n"
            "reset = raw(b'GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\n\\r\\n')\n"
            "reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, 0, 0, 0, 0, 0, 0, 0]))\n"
            "reset.close()\n"
            "for connection in many: connection.close()\n"
            "return answered"
        )
    )
    # WHEN it is invoked, twice THEN only the handler's own result counts
    assert made.answer() == "HTTP/1.1 400 Bad Request"
    assert made.answer() == "HTTP/1.1 400 Bad Request"


def test_answers_nobody_reads_do_not_block(environment: Any) -> None:
    # GIVEN a handler that asks for a great deal and reads nothing
    made = environment(
        talking(
            "connection = raw(b'')\n"
            "connection.setblocking(False)\n"
            "request = b'GET /2018-06-01/runtime/nothing HTTP/1.1\\r\\n\\r\\n'\n"
            "sent = 0\n"
            "try:\n"
            "    while sent < 20_000_000: sent += connection.send(request * 100)\n"
            "except BlockingIOError: pass\n"
            "return sent > 100_000"
        )
    )
    # WHEN it is invoked THEN it gets its answer through
    assert made.answer() is True


def test_an_endless_conversation_ends(environment: Any) -> None:
    # GIVEN a handler that never stops asking
    made = environment(talking("while True: say('GET', 'invocation/next')"))
    # WHEN it is invoked THEN it times out
    assert made.invoke().outcome == "timeout"


def test_events_end_whatever_a_runtime_does_with_its_requests(environment: Any) -> None:
    # GIVEN a runtime that posts a result, asks for the next event on a connection it closes, and posts a second result
    made = environment(
        talking(
            "say('POST', f'invocation/{context.aws_request_id}/response', '1')\n"
            "raw(b'GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\n\\r\\n').close()\n"
            "return 2"
        )
    )
    # WHEN events come THEN each comes to an end, and the first result counts
    assert made.invoke().payload == b"1"
    assert made.invoke().outcome in ("success", "exit")


def test_the_engines_own_actions_are_checked(environment: Any) -> None:
    # GIVEN a handler that asks for time in ways that make no sense
    made = environment(
        TALK + "def ask(action, body):\n"
        "    connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])\n"
        "    connection.request('POST', '/.lambdalab/' + action, body)\n"
        "    return connection.getresponse().status\n"
        "def lambda_handler(event, context):\n"
        "    return [ask(*request) for request in event]\n"
    )
    requests = [
        ["sleep", '{"nanoseconds": -1}'],
        ["sleep", '{"nanoseconds": 1.5}'],
        ["sleep", '{"nanoseconds": true}'],
        ["sleep", '{"seconds": 1e400}'],
        ["sleep", '{"seconds": NaN}'],
        ["sleep", "[]"],
        ["sleep", "{}"],
        ["sleep", ""],
        ["jump", '{"seconds": 1}'],
        ["wake", ""],
    ]
    # WHEN it is invoked THEN each is refused; only calling off nothing is harmless
    assert made.answer(requests) == [400] * 9 + [200]


@pytest.mark.parametrize(("spent_ns", "outcome"), [(-(10**15), "success"), (10**18, "timeout")])
def test_a_process_that_tampers_with_its_clock_hurts_itself_alone(
    environment: Any, spent_ns: int, outcome: str
) -> None:
    # GIVEN a handler that writes into the memory it shares with the engine
    made = environment(
        "import time\ndef lambda_handler(event, context):\n"
        "    process = time.time.__func__.__globals__['here']()\n"
        f"    process._clock.spend({spent_ns})\n"
    )
    began = made.clock.time_ns
    # WHEN it is invoked THEN time neither runs backwards nor beyond the deadline
    assert made.invoke().outcome == outcome
    assert began < made.clock.time_ns <= began + 3_000_000_000
