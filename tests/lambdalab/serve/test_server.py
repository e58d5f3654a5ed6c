"""A cloud behind a port, spoken to over real HTTP."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import boto3
import pytest

import lambdalab

# A process of its own: in this one moto would answer boto3 before anything reaches the wire.
COMMAND = [sys.executable, "-m", "lambdalab", "serve"]


@pytest.fixture
def server() -> Iterator[tuple[str, str]]:
    """URL and role of a server that was asked politely to stop and did."""
    process = subprocess.Popen([*COMMAND, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"(http://\S+)", process.stdout.readline())
    role = process.stdout.readline().split()[-1]
    assert found is not None
    try:
        yield found[1], role
    finally:
        process.send_signal(signal.SIGINT)
        _, problems = process.communicate(timeout=60)
    assert process.returncode == 0
    assert problems == ""


def client(service: str, url: str):
    return boto3.client(
        service, endpoint_url=url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )


def advance(url: str, body: bytes) -> dict[str, str]:
    with urllib.request.urlopen(urllib.request.Request(f"{url}/lambdalab/advance", data=body)) as answer:
        return json.loads(answer.read())


def test_lambda_and_s3_over_http(server: tuple[str, str]) -> None:
    # GIVEN a served cloud with a function and a bucket
    url, role = server
    functions, s3 = client("lambda", url), client("s3", url)
    package = lambdalab.deployment_package({"f.py": "def h(event, context): return event['n'] * 2"})
    functions.create_function(
        FunctionName="double", Runtime="python3.13", Handler="f.h", Role=role, Code={"ZipFile": package}
    )
    s3.create_bucket(Bucket="things")
    s3.put_object(Bucket="things", Key="a", Body=b"text")
    # WHEN both are used THEN the engine and moto answer
    assert json.loads(functions.invoke(FunctionName="double", Payload=b'{"n": 4}')["Payload"].read()) == 8
    assert s3.get_object(Bucket="things", Key="a")["Body"].read() == b"text"
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.invoke(FunctionName="nothing")


def test_the_clock_is_wound_from_outside(server: tuple[str, str]) -> None:
    url, _ = server
    assert advance(url, b'{"seconds": 90}')["now"].startswith("2026-01-01T00:01:3")
    for body in (b"no", b"[]", b'{"seconds": true}', b'{"seconds": NaN}', b'{"seconds": -1}'):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            advance(url, body)
        with refusal.value:
            assert refusal.value.code == 400


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        tried = subprocess.run([*COMMAND, "--port", str(port)], capture_output=True, text=True, timeout=60)
    assert tried.returncode == 1
    assert tried.stderr == f"lambdalab serve: port {port} is taken; choose another with --port\n"
