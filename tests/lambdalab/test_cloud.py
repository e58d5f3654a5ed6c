"""The face: started and stopped cleanly, wound forward, and seen through plain boto3."""

from __future__ import annotations

import datetime
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.endpoint
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws

import lambdalab
from lambdalab.cloud import Cloud
from lambdalab.errors import AlreadyStartedError, ClockError, NotStartedError, UsageError
from lambdalab.timeline import Attempt, Delivery, Throttle

ECHO = "def lambda_handler(event, context):\n    return event\n"
FAIL = "def lambda_handler(event, context):\n    raise ValueError('no')\n"
SLOW = "import time\ndef lambda_handler(event, context):\n    time.sleep(2)\n    return 'slept'\n"
NO_RETRIES = {"retries": {"max_attempts": 0}}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with lambdalab.start(seed=7) as cloud:
        yield cloud


def create(cloud: Cloud, source: str = ECHO, name: str = "f", **settings: Any) -> Any:
    client = boto3.client("lambda")
    client.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Handler="lambda_function.lambda_handler",
        Role=cloud.execution_role,
        Code={"ZipFile": lambdalab.deployment_package({"lambda_function.py": source})},
        **settings,
    )
    return client


def queue(name: str = "dead") -> tuple[str, str]:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


# -- life -----------------------------------------------------------------------------------------------------------


def test_a_handler_runs(cloud: Cloud) -> None:
    client = create(cloud)
    answer = client.invoke(FunctionName="f", Payload=b'{"hello": "world"}')
    assert json.loads(answer["Payload"].read()) == {"hello": "world"}
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")


def test_starting_twice_is_refused_and_the_first_goes_on(cloud: Cloud) -> None:
    with pytest.raises(AlreadyStartedError, match="already running"):
        lambdalab.start()
    assert create(cloud).invoke(FunctionName="f", Payload=b"1")["StatusCode"] == 200


def test_stopping_twice_is_harmless_and_a_stopped_cloud_says_so(cloud: Cloud) -> None:
    cloud.stop()
    cloud.stop()
    with pytest.raises(NotStartedError, match="stopped"):
        cloud.advance(seconds=1)


def test_a_client_made_inside_can_do_nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN somebody signed in to AWS
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "REALKEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    # WHEN a client is made inside a cloud
    with lambdalab.start():
        client = boto3.client("lambda")
    # THEN it keeps moto's credentials afterwards, and the environment has its own back
    assert client._request_signer._credentials.access_key == "FOOBARKEY"
    assert os.environ["AWS_ACCESS_KEY_ID"] == "REALKEY"


def test_an_exception_inside_leaves_the_process_clean() -> None:
    # GIVEN the process as it is
    before = (os.environ.copy(), botocore.endpoint.time, set(sys.meta_path), threading.active_count())

    def leave_by_an_exception() -> None:
        with lambdalab.start() as cloud:
            create(cloud).invoke(FunctionName="f", Payload=b"{}")
            raise RuntimeError("mine")

    # WHEN a cloud is left by an exception
    with pytest.raises(RuntimeError, match="mine"):
        leave_by_an_exception()
    # THEN nothing is left of it
    assert (os.environ.copy(), botocore.endpoint.time, set(sys.meta_path), threading.active_count()) == before
    assert lambdalab.running() is None


def test_moto_is_usable_without_us_before_within_and_after() -> None:
    def moto_alone() -> list[str]:
        with mock_aws():
            client = boto3.client("lambda", "us-east-1")
            return [f["FunctionName"] for f in client.list_functions()["Functions"]]

    assert moto_alone() == []
    with lambdalab.start() as cloud:
        create(cloud)
        with mock_aws():  # nested: moto counts, nothing is lost
            assert boto3.client("lambda").list_functions()["Functions"][0]["FunctionName"] == "f"
        assert boto3.client("lambda").list_functions()["Functions"][0]["FunctionName"] == "f"
    assert moto_alone() == []
    from moto.awslambda.models import LambdaBackend, lambda_backends

    assert lambda_backends.backend is LambdaBackend


def test_data_made_in_moto_before_the_start_is_there_afterwards() -> None:
    with mock_aws():
        boto3.client("s3", "us-east-1").create_bucket(Bucket="kept")
        with lambdalab.start() as cloud:
            create(cloud)
            assert boto3.client("s3").list_buckets()["Buckets"][0]["Name"] == "kept"
        assert boto3.client("s3", "us-east-1").list_buckets()["Buckets"][0]["Name"] == "kept"


def test_the_kernel_keeps_its_own_clock(cloud: Cloud) -> None:
    real = time.time()
    cloud.advance(days=30)
    assert abs(time.time() - real) < 60
    assert datetime.datetime.now(datetime.UTC).year != 2026 or cloud.now.month == 1


def test_regions_and_accounts_are_apart(cloud: Cloud) -> None:
    create(cloud, name="here")
    elsewhere = boto3.client("lambda", "eu-west-1")
    assert elsewhere.list_functions()["Functions"] == []
    with pytest.raises(elsewhere.exceptions.ResourceNotFoundException):
        elsewhere.invoke(FunctionName="here")
    role = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::111122223333:role/r", RoleSessionName="session")
    keys = role["Credentials"]
    other = boto3.client(
        "lambda",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert other.list_functions()["Functions"] == []


def test_unknown_executor_is_named() -> None:
    with pytest.raises(UsageError, match="no executor 'docker'"):
        lambdalab.start(executor="docker")  # type: ignore[arg-type]
    assert lambdalab.running() is None


# -- determinism ----------------------------------------------------------------------------------------------------


def story(seed: int) -> tuple[list[str], str]:
    with lambdalab.start(seed=seed) as cloud:
        url, arn = queue()
        client = create(cloud, FAIL, DeadLetterConfig={"TargetArn": arn})
        client.invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
        cloud.run_until_idle()
        messages = boto3.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
        return [repr(entry) for entry in cloud.timeline], json.dumps(messages, sort_keys=True)


def test_same_seed_same_timeline_and_messages() -> None:
    assert story(11) == story(11)
    assert story(11)[0] != story(12)[0]


# -- clock ----------------------------------------------------------------------------------------------------------


def test_a_failing_event_retries_into_its_dead_letter_queue(cloud: Cloud) -> None:
    # GIVEN a function with a dead-letter queue
    url, arn = queue()
    client = create(cloud, FAIL, DeadLetterConfig={"TargetArn": arn})
    # WHEN an event is sent and three minutes pass
    answer = client.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"order": 1}')
    assert answer["StatusCode"] == 202
    cloud.advance(minutes=4)
    # THEN it was tried three times and lies in the queue, with the reason
    assert len(cloud.timeline.of(Attempt)) == 3
    (message,) = boto3.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert message["Body"] == '{"order": 1}'
    assert message["MessageAttributes"]["ErrorMessage"]["StringValue"] == "no"
    assert message["MessageAttributes"]["RequestID"]["StringValue"] == answer["ResponseMetadata"]["RequestId"]
    (delivery,) = cloud.timeline.of(Delivery)
    assert delivery.error is None


def test_a_deleted_dead_letter_queue_is_on_record(cloud: Cloud) -> None:
    url, arn = queue()
    client = create(cloud, FAIL, DeadLetterConfig={"TargetArn": arn})
    boto3.client("sqs").delete_queue(QueueUrl=url)
    client.invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
    cloud.run_until_idle()
    (delivery,) = cloud.timeline.of(Delivery)
    assert delivery.error is not None
    assert "queue does not exist" in delivery.error


def test_the_clock_cannot_be_turned_back(cloud: Cloud) -> None:
    with pytest.raises(ClockError, match="only runs forward"):
        cloud.advance(minutes=-1)


def test_unknown_units_are_named(cloud: Cloud) -> None:
    with pytest.raises(UsageError, match="minutes=3"):
        cloud.advance(fortnights=1)


def test_what_remains_is_said(cloud: Cloud) -> None:
    client = create(cloud, FAIL)
    client.invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
    remaining = cloud.run_until_idle(datetime.timedelta(seconds=30))
    assert len(remaining.waiting) == 1
    assert "not idle" in str(remaining)
    assert cloud.run_until_idle().waiting == ()


def test_a_long_poll_spends_virtual_time(cloud: Cloud) -> None:
    url, _ = queue()
    before = cloud.now
    assert "Messages" not in boto3.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert 20 <= (cloud.now - before).total_seconds() < 20.1


def test_a_long_poll_ends_when_a_message_comes(cloud: Cloud) -> None:
    # GIVEN an event whose record will arrive in the queue
    url, arn = queue()
    client = create(cloud, SLOW)
    client.put_function_event_invoke_config(FunctionName="f", DestinationConfig={"OnSuccess": {"Destination": arn}})
    client.invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
    before = cloud.now
    # WHEN the queue is polled
    answer = boto3.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)
    # THEN the poll ends soon after the record came
    assert json.loads(answer["Messages"][0]["Body"])["responsePayload"] == "slept"
    assert (cloud.now - before).total_seconds() < 4


def test_waiters_wait_in_virtual_time(cloud: Cloud) -> None:
    client = create(cloud)
    client.get_waiter("function_active_v2").wait(FunctionName="f")
    assert client.get_function(FunctionName="f")["Configuration"]["State"] == "Active"


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_boto3_retries_a_throttle_in_virtual_time(cloud: Cloud, mode: str) -> None:
    # GIVEN a function that may not run, and a client that makes four attempts
    create(cloud).put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    client = boto3.client("lambda", config=Config(retries={"mode": mode, "total_max_attempts": 4}))
    before = cloud.now
    # WHEN it is called
    with pytest.raises(ClientError) as caught:
        client.invoke(FunctionName="f")
    # THEN the client tried four times, waited on the virtual clock, and said why it gave up
    assert caught.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert caught.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    throttles = [entry.at for entry in cloud.timeline.of(Throttle)]
    assert len(throttles) == 4
    assert throttles[0] - before < datetime.timedelta(milliseconds=10) < throttles[-1] - before


# -- at once --------------------------------------------------------------------------------------------------------


def slow_call(client: Any) -> Callable[[], str]:
    return lambda: str(json.loads(client.invoke(FunctionName="f")["Payload"].read()))


def test_calls_at_once_overlap(cloud: Cloud) -> None:
    client = create(cloud, SLOW)
    before = cloud.now
    assert cloud.at_once(*[slow_call(client)] * 3) == ["slept"] * 3
    assert 2 <= (cloud.now - before).total_seconds() < 3
    assert len({attempt.environment_id for attempt in cloud.timeline.of(Attempt)}) == 3


def test_exceptions_at_once_are_raised_or_returned(cloud: Cloud) -> None:
    create(cloud, SLOW)
    client = boto3.client("lambda", config=Config(**NO_RETRIES))
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    with pytest.raises(ClientError, match="Rate Exceeded"):
        cloud.at_once(*[slow_call(client)] * 2)
    cloud.advance(minutes=1)
    good, bad = cloud.at_once(*[slow_call(client)] * 2, return_exceptions=True)
    assert good == "slept"
    assert isinstance(bad, ClientError)


def test_calls_from_threads_all_answer_and_overlap(cloud: Cloud) -> None:
    client = create(cloud, SLOW)
    before, answers = cloud.now, []
    threads = [threading.Thread(target=lambda: answers.append(slow_call(client)())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == ["slept"] * 4
    assert (cloud.now - before).total_seconds() <= 4 * 2.5


# -- logs -----------------------------------------------------------------------------------------------------------


def test_logs_are_in_cloudwatch_in_virtual_time(cloud: Cloud) -> None:
    client = create(cloud, "def lambda_handler(event, context):\n    print('hello')\n")
    client.invoke(FunctionName="f")
    logs = boto3.client("logs")
    (stream,) = logs.describe_log_streams(logGroupName="/aws/lambda/f")["logStreams"]
    assert stream["logStreamName"].startswith("2026/01/01/[$LATEST]")
    events = logs.get_log_events(logGroupName="/aws/lambda/f", logStreamName=stream["logStreamName"])["events"]
    assert [e["message"].split(" ")[0].strip() for e in events] == ["START", "hello", "END", "REPORT"]
    assert all(abs(e["timestamp"] / 1000 - cloud.now.timestamp()) < 5 for e in events)


def test_moto_reset_forgets_the_functions(cloud: Cloud) -> None:
    import requests

    client = create(cloud)
    requests.post("http://motoapi.amazonaws.com/moto-api/reset", timeout=5)
    assert client.list_functions()["Functions"] == []
