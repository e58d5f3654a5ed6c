"""Handlers that call AWS: moto answers outside of them, on the same clock."""

from __future__ import annotations

import json
import logging
import textwrap
import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import boto3
import pytest

import lambdalab

Invoke = Callable[..., Any]


@pytest.fixture
def cloud() -> Iterator[lambdalab.Cloud]:
    with lambdalab.start(seed=7) as started:
        yield started


@pytest.fixture
def deploy(cloud: lambdalab.Cloud) -> Callable[..., Invoke]:
    """Create a function from a handler's body; the answer invokes it and decodes what it returns."""
    client = boto3.client("lambda")

    def create(name: str, body: str, timeout: int = 10) -> Invoke:
        indented = textwrap.indent(textwrap.dedent(body), "    ")
        source = f"import boto3, json, time\n\ndef lambda_handler(event, context):\n{indented}"
        client.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Handler="lambda_function.lambda_handler",
            Role=cloud.execution_role,
            Code={"ZipFile": lambdalab.deployment_package({"lambda_function.py": source})},
            Timeout=timeout,
        )

        def invoke(event: Any = None) -> Any:
            answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
            return json.load(answer["Payload"])

        return invoke

    return create


def test_files_of_the_handler_travel_to_s3_and_back(deploy: Any) -> None:
    # GIVEN a handler that uploads and downloads files in /tmp, by the SDK's threads and from memory
    invoke = deploy(
        "files",
        """
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="bucket")
        with open("/tmp/up", "wb") as file:
            file.write(b"y" * event)
        s3.upload_file("/tmp/up", "bucket", "uploaded")
        s3.download_file("bucket", "uploaded", "/tmp/down")
        s3.put_object(Bucket="bucket", Key="put", Body=open("/tmp/down", "rb"))
        return [len(open("/tmp/down").read()), s3.get_object(Bucket="bucket", Key="put")["ContentLength"]]
        """,
        timeout=60,
    )
    # WHEN it runs with a small file and with one of several parts THEN all of it arrives
    assert invoke(1_000) == [1_000, 1_000]
    assert invoke(10_000_000) == [10_000_000, 10_000_000]


def test_calls_of_several_threads_overlap(deploy: Any, cloud: lambdalab.Cloud) -> None:
    # GIVEN a function that takes two seconds, and one that invokes it three times at once
    deploy("inner", "time.sleep(2)\nreturn 'inner'\n")
    fan_out = deploy(
        "fan-out",
        """
        from concurrent.futures import ThreadPoolExecutor
        client = boto3.client("lambda")
        began = time.time()
        with ThreadPoolExecutor(3) as pool:
            answers = pool.map(lambda _: json.load(client.invoke(FunctionName="inner")["Payload"]), range(3))
            return [list(answers), round(time.time() - began, 2)]
        """,
    )
    # WHEN it runs THEN the three ran in environments of their own, at the same time
    answers, took = fan_out()
    assert answers == ["inner"] * 3
    assert took < 2.2
    inner = [attempt for attempt in cloud.timeline.of(lambdalab.timeline.Attempt) if attempt.function_name == "inner"]
    assert len({attempt.environment_id for attempt in inner}) == 3


def test_a_call_beyond_the_timeout_ends_the_handler(deploy: Any, cloud: lambdalab.Cloud) -> None:
    # GIVEN a handler that waits for a slower function, and swallows everything
    deploy("slow", "time.sleep(5)\n")
    impatient = deploy(
        "impatient",
        """
        try:
            boto3.client("lambda").invoke(FunctionName="slow")
        except BaseException:
            pass
        print("never printed")
        """,
        timeout=1,
    )
    # WHEN it runs THEN it times out after a second
    assert impatient()["errorMessage"].endswith("Task timed out after 1.00 seconds")
    lines = [line.text for line in cloud.timeline.of(lambdalab.timeline.LogLine)]
    assert "never printed" not in lines


def test_waiters_wait_in_virtual_time(deploy: Any) -> None:
    # GIVEN a handler that makes a table, waits for it and uses it
    invoke = deploy(
        "table",
        """
        table = boto3.resource("dynamodb").create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        table.wait_until_exists()
        table.put_item(Item={"id": "1", "amount": 5})
        return table.get_item(Key={"id": "1"})["Item"]
        """,
        timeout=60,
    )
    # WHEN it runs THEN numbers come back as the numbers they are
    assert invoke() == {"id": "1", "amount": 5}


def test_errors_of_aws_show_no_folder_of_this_machine(deploy: Any) -> None:
    # GIVEN a handler whose call fails
    invoke = deploy("failing", 'boto3.client("s3").get_object(Bucket="nowhere", Key="x")\n')
    # WHEN it runs THEN the stack trace has the paths of AWS
    error = invoke()
    assert error["errorType"] == "NoSuchBucket"
    assert all(line.startswith('  File "/var/') for line in error["stackTrace"])


def test_many_calls_are_no_endless_loop(deploy: Any) -> None:
    # GIVEN a handler whose calls take longer in real time than it may compute
    invoke = deploy(
        "chatty",
        """
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="queue")["QueueUrl"]
        for number in range(event):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))
        return event
        """,
        timeout=60,
    )
    # WHEN it runs THEN it comes to its end
    assert invoke(500) == 500


def test_what_the_sdk_logs_goes_to_the_functions_log_and_never_waits_for_the_notebooks_handlers(deploy: Any) -> None:
    # GIVEN a notebook whose root logger shows records as a kernel's stream does: it waits for another thread
    class Waiting(logging.Handler):
        records: ClassVar[list[str]] = []

        def emit(self, record: logging.LogRecord) -> None:
            threading.Event().wait(60)
            self.records.append(record.getMessage())

    root, level = logging.getLogger(), logging.getLogger().level
    root.handlers.append(waiting := Waiting(level=logging.INFO))
    root.setLevel(logging.INFO)
    invoke = deploy(
        "logs",
        """
        import logging, time
        logging.getLogger().setLevel(event)
        began = time.time()
        boto3.session.Session().client("s3")  # says where it found credentials
        return time.time() - began
        """,
    )
    try:
        # WHEN a handler makes a client of the SDK, which the notebook had imported
        waited = [invoke("WARNING"), invoke("INFO")]
    finally:
        root.handlers.remove(waiting)
        root.setLevel(level)
    # THEN the handler does not wait for the notebook, and the record is in the function's log when its level lets it
    assert waited == [0, 0]
    logs = boto3.client("logs")
    events = logs.filter_log_events(logGroupName="/aws/lambda/logs")["events"]
    assert sum("Found credentials" in event["message"] for event in events) == 1
    assert Waiting.records == []
