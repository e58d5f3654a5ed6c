"""The Lambda API in its place: plain boto3, moto's other services, virtual time."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from lambdalab import deployment_package

SOURCE = "def lambda_handler(event, context):\n    return event\n"
PACKAGE = deployment_package({"lambda_function.py": SOURCE})


def create(cloud: Any, name: str = "hello", **more: Any) -> dict[str, Any]:
    parameters = {
        "Runtime": "python3.12",
        "Handler": "lambda_function.lambda_handler",
        "Role": cloud.execution_role,
        "Code": {"ZipFile": PACKAGE},
    }
    answer: dict[str, Any] = boto3.client("lambda").create_function(FunctionName=name, **{**parameters, **more})
    return answer


def test_waiters_and_paginators_work(lambda_cloud: Any) -> None:
    client = boto3.client("lambda")
    create(lambda_cloud)
    client.get_waiter("function_active_v2").wait(FunctionName="hello")
    client.update_function_configuration(FunctionName="hello", Timeout=9)
    client.get_waiter("function_updated_v2").wait(FunctionName="hello")
    version = client.publish_version(FunctionName="hello")["Version"]
    client.get_waiter("published_version_active").wait(FunctionName="hello", Qualifier=version)
    for number in range(60):
        create(lambda_cloud, f"f{number}")
    functions = client.get_paginator("list_functions").paginate().build_full_result()["Functions"]
    assert len(functions) == 61


def test_a_program_may_change_a_function_right_after_making_it(lambda_cloud: Any) -> None:
    # GIVEN calls one after the other, WHEN none waits THEN each finds the function settled
    client = boto3.client("lambda")
    create(lambda_cloud)
    client.update_function_code(FunctionName="hello", ZipFile=deployment_package({"lambda_function.py": "x = 1\n"}))
    client.update_function_configuration(FunctionName="hello", Timeout=9)
    client.publish_version(FunctionName="hello")
    assert client.get_function_configuration(FunctionName="hello")["LastUpdateStatus"] == "Successful"


def test_calls_at_one_instant_meet_a_function_under_way(lambda_cloud: Any) -> None:
    client = boto3.client("lambda")
    results = lambda_cloud.at_once(
        lambda: create(lambda_cloud),
        lambda: client.update_function_configuration(FunctionName="hello", Timeout=9),
        return_exceptions=True,
    )
    assert results[0]["State"] == "Pending"
    assert isinstance(results[1], client.exceptions.ResourceConflictException)


def test_code_goes_up_through_s3_and_can_be_downloaded(lambda_cloud: Any) -> None:
    s3, client = boto3.client("s3", region_name="us-east-1"), boto3.client("lambda")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="hello.zip", Body=PACKAGE)
    create(lambda_cloud, Code={"S3Bucket": "code", "S3Key": "hello.zip"})
    location = client.get_function(FunctionName="hello")["Code"]["Location"]
    assert requests.get(location, timeout=5).content == PACKAGE
    assert client.invoke(FunctionName="hello", Payload=b"[1]")["Payload"].read() == b"[1]"
    # AND objects and buckets that are not there are S3's errors
    for bucket, error in (("code", "NoSuchKey"), ("none", "NoSuchBucket")):
        with pytest.raises(client.exceptions.InvalidParameterValueException, match=error):
            create(lambda_cloud, "other", Code={"S3Bucket": bucket, "S3Key": "other.zip"})


def test_the_role_is_a_real_one(lambda_cloud: Any) -> None:
    client, iam = boto3.client("lambda"), boto3.client("iam")
    for role in ("arn:aws:iam::123456789012:role/nobody", make_role(iam, "someone", "ec2.amazonaws.com")):
        with pytest.raises(client.exceptions.InvalidParameterValueException, match="cannot be assumed by Lambda"):
            create(lambda_cloud, Role=role)
    create(lambda_cloud, Role=make_role(iam, "lambda", "lambda.amazonaws.com"))


def make_role(iam: Any, name: str, service: str) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    return arn


def test_a_dead_letter_queue_and_a_destination_need_the_role_s_permission(lambda_cloud: Any) -> None:
    client, iam = boto3.client("lambda"), boto3.client("iam")
    arn = "arn:aws:sqs:us-east-1:123456789012:letters"
    role = make_role(iam, "writer", "lambda.amazonaws.com")
    # GIVEN a role without policies THEN neither is taken
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="SendMessage on SQS"):
        create(lambda_cloud, Role=role, DeadLetterConfig={"TargetArn": arn})
    create(lambda_cloud, Role=role)
    destination = {"OnFailure": {"Destination": arn}}
    with pytest.raises(client.exceptions.InvalidParameterValueException, match=f"SendMessage on {arn}"):
        client.put_function_event_invoke_config(FunctionName="hello", DestinationConfig=destination)
    # WHEN the role may send THEN both are
    allow = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName="writer", PolicyName="send", PolicyDocument=policy)
    client.update_function_configuration(FunctionName="hello", DeadLetterConfig={"TargetArn": arn})
    client.put_function_event_invoke_config(FunctionName="hello", DestinationConfig=destination)


def test_a_layer_s_files_are_there_when_the_handler_runs(lambda_cloud: Any) -> None:
    client = boto3.client("lambda")
    layer = deployment_package({"python/shared.py": "answer = 42\n"})
    published = client.publish_layer_version(LayerName="shared", Content={"ZipFile": layer})
    source = "import shared\ndef lambda_handler(event, context):\n    return shared.answer\n"
    package = deployment_package({"lambda_function.py": source})
    create(lambda_cloud, Code={"ZipFile": package}, Layers=[published["LayerVersionArn"]])
    client.delete_layer_version(LayerName="shared", VersionNumber=1)
    assert client.invoke(FunctionName="hello")["Payload"].read() == b"42"


def test_new_code_runs_at_the_next_invocation(lambda_cloud: Any) -> None:
    client = boto3.client("lambda")
    create(lambda_cloud)
    assert client.invoke(FunctionName="hello", Payload=b"1")["Payload"].read() == b"1"
    package = deployment_package({"lambda_function.py": SOURCE.replace("return event", "return 'new'")})
    client.update_function_code(FunctionName="hello", ZipFile=package)
    assert client.invoke(FunctionName="hello", Payload=b"1")["Payload"].read() == b'"new"'


def test_a_throttle_carries_its_reason(lambda_cloud: Any) -> None:
    client = boto3.client("lambda", config=boto3.session.Config(retries={"total_max_attempts": 1}))
    create(lambda_cloud)
    client.put_function_concurrency(FunctionName="hello", ReservedConcurrentExecutions=0)
    with pytest.raises(client.exceptions.TooManyRequestsException) as caught:
        client.invoke(FunctionName="hello")
    assert caught.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"


def test_what_is_not_emulated_is_said_once(lambda_cloud: Any) -> None:
    client = boto3.client("lambda")
    with pytest.raises(ClientError, match="lambdalab does not emulate function URLs") as caught:
        client.create_function_url_config(FunctionName="hello", AuthType="NONE")
    answer = caught.value.response["ResponseMetadata"]
    assert (answer["HTTPStatusCode"], answer["RetryAttempts"]) == (501, 0)


def test_every_api_call_takes_a_virtual_millisecond(lambda_cloud: Any) -> None:
    client, before = boto3.client("lambda"), lambda_cloud.now
    for _ in range(3):
        client.list_functions()
    assert (lambda_cloud.now - before).total_seconds() == pytest.approx(0.003)


def test_a_handler_may_use_the_api_itself(lambda_cloud: Any) -> None:
    source = (
        "import boto3\n"
        "def lambda_handler(event, context):\n"
        "    client = boto3.client('lambda')\n"
        "    client.update_function_configuration(FunctionName='other', Timeout=9)\n"
        "    client.get_waiter('function_updated_v2').wait(FunctionName='other')\n"
        "    return client.publish_version(FunctionName='other')['Version']\n"
    )
    create(lambda_cloud, "other")
    create(lambda_cloud, Code={"ZipFile": deployment_package({"lambda_function.py": source})}, Timeout=30)
    assert boto3.client("lambda").invoke(FunctionName="hello")["Payload"].read() == b'"1"'
