"""The context object."""

from __future__ import annotations

import json
from typing import Any

REQUEST = "11111111-2222-4333-8444-555555555555"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:hello:prod"


def test_context_names_the_invocation_and_the_function(environment: Any) -> None:
    # GIVEN a handler that returns what its context says
    made = environment(
        "def lambda_handler(event, context):\n"
        "    return {name: getattr(context, name) for name in ('aws_request_id', 'log_group_name', 'log_stream_name',\n"
        "        'function_name', 'function_version', 'invoked_function_arn', 'memory_limit_in_mb', 'client_context',\n"
        "        'tenant_id')} | {'identity': context.identity.cognito_identity_id}\n",
        memory_mb=256,
    )
    # WHEN it is invoked through an alias THEN everything is named
    assert made.answer(request_id=REQUEST, invoked_function_arn=ARN) == {
        "aws_request_id": REQUEST,
        "log_group_name": "/aws/lambda/hello",
        "log_stream_name": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
        "function_name": "hello",
        "function_version": "$LATEST",
        "invoked_function_arn": ARN,
        "memory_limit_in_mb": "256",
        "client_context": None,
        "tenant_id": None,
        "identity": None,
    }


def test_context_remaining_time_is_virtual(environment: Any) -> None:
    # GIVEN a handler that looks at its remaining time around a sleep
    made = environment(
        "import time\n"
        "def lambda_handler(event, context):\n"
        "    first = context.get_remaining_time_in_millis()\n"
        "    time.sleep(1.5)\n"
        "    return [first, context.get_remaining_time_in_millis()]\n",
        timeout=3,
    )
    # WHEN it is invoked THEN virtual time has passed, and only that
    first, second = made.answer()
    assert 2_990 <= first <= 3_000
    assert first - second in (1_499, 1_500, 1_501)


def test_context_client_context(environment: Any) -> None:
    # GIVEN a handler that returns its client context
    made = environment(
        "def lambda_handler(event, context):\n"
        "    client = context.client_context\n"
        "    app = client.client\n"
        "    return [client.custom, client.env, app.app_title, app.installation_id, context.w3c()]\n"
    )
    # WHEN the caller sends one
    sent = {"custom": {"a": "ü"}, "env": {"b": "2"}, "client": {"app_title": "shop"}, "w3c": {"traceparent": "00-1"}}
    # THEN its parts are attributes
    assert made.answer(client_context=json.dumps(sent)) == [
        {"a": "ü"},
        {"b": "2"},
        "shop",
        None,
        {"traceparent": "00-1"},
    ]


def test_context_shows_itself(environment: Any) -> None:
    # GIVEN a handler that prints its context WHEN it is invoked THEN it reads as on AWS
    log = environment("def lambda_handler(event, context):\n    print(context)\n").invoke(request_id=REQUEST).log
    assert log == (
        f"LambdaContext([aws_request_id={REQUEST},log_group_name=/aws/lambda/hello,"
        "log_stream_name=2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef,function_name=hello,"
        "memory_limit_in_mb=128,function_version=$LATEST,"
        "invoked_function_arn=arn:aws:lambda:us-east-1:123456789012:function:hello,client_context=None,"
        "identity=CognitoIdentity([cognito_identity_id=None,cognito_identity_pool_id=None]),tenant_id=None])\n"
    )
