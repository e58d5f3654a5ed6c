"""``lambdalab serve``: plain SDK clients in another process, a clock that is wound over HTTP, clear refusals."""

from __future__ import annotations

import concurrent.futures
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.config import Config

import lambdalab
from lambdalab.errors import UsageError
from lambdalab.serve import CloudServer

HANDLER = """
import boto3, time

def lambda_handler(event, context):
    if event.get("fail"):
        raise ValueError("as asked")
    time.sleep(event.get("seconds", 0))
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="seen")["QueueUrl"], MessageBody="x")
    return {"echo": event}
"""


def client(served: Any, service: str) -> Any:
    """A client as any other program would make it: nothing of lambdalab is in this process."""
    return boto3.client(
        service,
        endpoint_url=served.endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )


def ask(served: Any, path: str, value: Any = None) -> Any:
    data = None if value is None else json.dumps(value).encode()
    with urllib.request.urlopen(f"{served.endpoint}/_lambdalab/{path}", data=data) as answer:
        text = answer.read().decode()
    return json.loads(text) if answer.headers["Content-Type"] == "application/json" else text


def deploy(served: Any) -> Any:
    functions = client(served, "lambda")
    role = next(line for line in served.greeting if line.startswith("Execution role")).split()[-1]
    functions.create_function(
        FunctionName="echo",
        Runtime="python3.13",
        Handler="f.lambda_handler",
        Role=role,
        Timeout=60,
        Code={"ZipFile": lambdalab.deployment_package({"f.py": HANDLER})},
    )
    client(served, "sqs").create_queue(QueueName="seen")
    return functions


def test_functions_are_created_and_called_over_http(served: Any) -> None:
    # GIVEN a server, and a client that knows no more than its address
    functions = deploy(served)
    # WHEN a function is called
    answer = functions.invoke(FunctionName="echo", Payload=json.dumps({"name": "Grüße"}), LogType="Tail")
    # THEN the code has run, its own AWS call too
    assert json.loads(answer["Payload"].read()) == {"echo": {"name": "Grüße"}}
    assert answer["ExecutedVersion"] == "$LATEST"
    assert answer["LogResult"]
    url = client(served, "sqs").get_queue_url(QueueName="seen")["QueueUrl"]
    assert len(client(served, "sqs").receive_message(QueueUrl=url)["Messages"]) == 1


def test_bytes_and_streams_of_s3_pass(served: Any) -> None:
    storage = client(served, "s3")
    storage.create_bucket(Bucket="things")
    body = bytes(range(256)) * 1_000
    storage.put_object(Bucket="things", Key="k", Body=body)
    assert storage.head_object(Bucket="things", Key="k")["ContentLength"] == len(body)
    assert storage.get_object(Bucket="things", Key="k")["Body"].read() == body


def test_aws_refusals_come_as_they_are(served: Any) -> None:
    functions = client(served, "lambda")
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_function(FunctionName="nobody")


def test_the_clock_is_wound_over_http(served: Any) -> None:
    # GIVEN an event whose handler fails
    functions = deploy(served)
    functions.invoke(FunctionName="echo", InvocationType="Event", Payload=b'{"fail": true}')
    began = ask(served, "clock")["now"]
    # WHEN the clock is wound THEN retries happen at once, AND the timeline shows them
    ask(served, "advance", {"minutes": 2})
    assert ask(served, "clock")["now"] > began
    assert ask(served, "run-until-idle", {})["waiting"] == []
    assert "1 event" in ask(served, "timeline")
    assert "<svg" in ask(served, "timeline?format=svg")
    assert "<svg" in ask(served, "timeline?format=html")


@pytest.mark.parametrize(
    ("path", "value", "status", "says"),
    [
        ("advance", {"fortnights": 1}, 400, "minutes"),
        ("advance", {"minutes": -1}, 400, "only runs forward"),
        ("timeline?format=png", None, 400, "text, html, svg"),
        ("time-travel", None, 404, "POST advance"),
    ],
)
def test_what_it_does_not_understand_is_said(served: Any, path: str, value: Any, status: int, says: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(served, path, value)
    assert refused.value.code == status
    assert says in json.loads(refused.value.read())["message"]


def test_an_unsigned_request_is_refused_as_aws_does(served: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{served.endpoint}/2015-03-31/functions/")
    assert refused.value.code == 403
    assert json.loads(refused.value.read())["message"] == "Missing Authentication Token"


def test_callers_at_the_same_time_are_all_answered(served: Any) -> None:
    functions = deploy(served)
    with concurrent.futures.ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda n: functions.invoke(FunctionName="echo", Payload=f'{{"n": {n}}}'), range(24)))
    assert [json.loads(answer["Payload"].read())["echo"]["n"] for answer in answers] == list(range(24))


def test_an_endless_handler_times_out_and_the_server_lives(served: Any) -> None:
    functions = deploy(served)
    package = lambdalab.deployment_package({"f.py": "def lambda_handler(event, context):\n    while True: pass"})
    functions.update_function_code(FunctionName="echo", ZipFile=package)
    assert b"Task timed out" in functions.invoke(FunctionName="echo")["Payload"].read()
    assert functions.get_function(FunctionName="echo")


def test_ctrl_c_ends_it_quietly(served: Any) -> None:
    deploy(served)
    assert served.interrupt() == (0, "\nstopped\n", "")


def test_a_taken_port_is_one_clear_message(served: Any) -> None:
    port = served.endpoint.rpartition(":")[2]
    second = subprocess.run(
        [sys.executable, "-m", "lambdalab", "serve", "--port", port], capture_output=True, text=True, check=False
    )
    assert second.returncode == 2
    assert second.stderr == f"lambdalab: port {port} is taken; stop what listens there, or choose another with --port\n"


def test_a_time_that_is_none_is_one_clear_message() -> None:
    command = [sys.executable, "-m", "lambdalab", "serve", "--at", "yesterday"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 2
    assert done.stderr.startswith("lambdalab: 'yesterday' is not an ISO 8601 instant")


def test_a_port_that_cannot_be_is_refused() -> None:
    with lambdalab.start() as cloud, pytest.raises(UsageError, match="there is no port 70000"):
        CloudServer(cloud, 70_000)
