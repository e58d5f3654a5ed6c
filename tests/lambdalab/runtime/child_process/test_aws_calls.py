"""AWS calls of a handler in a process of its own, answered by moto in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import lambdalab


@pytest.fixture
def cloud() -> Iterator[Any]:
    with lambdalab.start(seed=7, executor="child-process") as started:
        yield started


def create(cloud: Any, name: str, source: str, **configuration: Any) -> Any:
    client = boto3.client("lambda")
    client.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Handler="lambda_function.lambda_handler",
        Role=cloud.execution_role,
        Code={"ZipFile": lambdalab.deployment_package({"lambda_function.py": source})},
        MemorySize=512,
        **configuration,
    )
    return client


def invoke(client: Any, name: str, event: Any = None) -> Any:
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.loads(answer["Payload"].read())


def test_a_handler_uses_dynamodb_and_s3(cloud: Any) -> None:
    # GIVEN a table, a bucket, and a handler that uses both
    boto3.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    boto3.client("s3").create_bucket(Bucket="receipts")
    client = create(
        cloud,
        "order",
        """
import boto3, time
table = boto3.resource("dynamodb").Table("orders")
s3 = boto3.client("s3")
def lambda_handler(event, context):
    began = time.time()
    table.put_item(Item={"id": event["id"], "total": 7})
    s3.put_object(Bucket="receipts", Key="2026/a b+c", Body=b"x" * 3_000_000)
    head = s3.head_object(Bucket="receipts", Key="2026/a b+c")
    body = s3.get_object(Bucket="receipts", Key="2026/a b+c")["Body"].read()
    try:
        s3.get_object(Bucket="receipts", Key="other")
    except s3.exceptions.NoSuchKey as error:
        code = error.response["Error"]["Code"]
    return [head["ContentLength"], len(body), code, time.time() > began]
""",
        Timeout=30,
    )
    # WHEN it is invoked THEN every call reaches the services of this process, and takes virtual time
    assert invoke(client, "order", {"id": "o-1"}) == [3_000_000, 3_000_000, "NoSuchKey", True]
    items = boto3.client("dynamodb").scan(TableName="orders")["Items"]
    assert items == [{"id": {"S": "o-1"}, "total": {"N": "7"}}]
    assert boto3.client("s3").list_objects_v2(Bucket="receipts")["Contents"][0]["Key"] == "2026/a b+c"


def test_a_handler_invokes_another(cloud: Any) -> None:
    # GIVEN a handler that invokes another and waits for it
    create(
        cloud, "inner", "import time\ndef lambda_handler(event, context):\n    time.sleep(2)\n    return event + 1\n"
    )
    client = create(
        cloud,
        "outer",
        """
import boto3, json, time
client = boto3.client("lambda")
def lambda_handler(event, context):
    began = time.time()
    answer = client.invoke(FunctionName="inner", Payload=json.dumps(event))
    return [json.loads(answer["Payload"].read()), round(time.time() - began)]
""",
        Timeout=30,
    )
    # WHEN it is invoked THEN the inner one's time is part of its own
    assert invoke(client, "outer", 41) == [42, 2]


def test_calls_of_several_threads_overlap(cloud: Any) -> None:
    # GIVEN a handler that invokes another three times at once, and once more alone
    source = "import time\ndef lambda_handler(event, context):\n    time.sleep(event)\n    return event\n"
    create(cloud, "inner", source, Timeout=10)
    client = create(
        cloud,
        "outer",
        """
import boto3, concurrent.futures, json, time
client = boto3.client("lambda")
def call(seconds):
    answer = client.invoke(FunctionName="inner", Payload=json.dumps(seconds))
    return [json.loads(answer["Payload"].read()), round(time.time() - began, 1)]
def lambda_handler(event, context):
    global began
    began = time.time()
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        return [list(pool.map(call, [1, 3, 2])), call(2)]
""",
        Timeout=30,
    )
    invoke(client, "inner", 0)
    # WHEN it is invoked
    results = invoke(client, "outer")
    # THEN the three take as long as the longest, whatever cold starts come to
    assert [answer for answer, _ in results[0]] == [1, 3, 2]
    ends = [end for _, end in results[0]]
    assert [1 <= ends[0] < 1.5, 3 <= ends[1] < 3.5, 2 <= ends[2] < 2.5] == [True, True, True]
    assert results[1][0] == 2
    assert max(ends) + 2 <= results[1][1] < max(ends) + 2.5


def test_the_timeout_strikes_within_an_aws_call(cloud: Any) -> None:
    # GIVEN a handler with 1 s that waits for another which takes 5 s
    create(cloud, "slow", "import time\ndef lambda_handler(event, context):\n    time.sleep(5)\n", Timeout=10)
    client = create(
        cloud,
        "hasty",
        "import boto3\nclient = boto3.client('lambda')\n"
        "def lambda_handler(event, context):\n    client.invoke(FunctionName='slow')\n",
        Timeout=1,
    )
    # WHEN it is invoked
    answer = client.invoke(FunctionName="hasty")
    # THEN it times out
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "Sandbox.Timedout"


def test_without_an_aws_calls_are_refused(environment: Any) -> None:
    # GIVEN an executor that was made without AWS
    made = environment(
        "import os, urllib.error, urllib.request\n"
        "def lambda_handler(event, context):\n"
        "    try:\n        urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/bucket')\n"
        "    except urllib.error.HTTPError as error:\n        return [error.code, error.read().decode()]\n"
    )
    # WHEN a handler calls one THEN the answer says so
    status, body = made.answer()
    assert status == 501
    assert "without AWS" in body


def test_nothing_of_this_is_imported_before_it_is_asked_for(root: Any) -> None:
    # GIVEN a program that uses the in-process executor alone
    program = (
        "import sys, lambdalab\n"
        "with lambdalab.start() as cloud: pass\n"
        "print([n for n in sys.modules if 'child_process' in n])\n"
    )
    # WHEN it runs
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    # THEN no module of the child-process executor was imported
    assert ran.stdout == "[]\n"
