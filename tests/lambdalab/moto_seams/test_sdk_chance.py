"""Retries of the SDK: the same waits in every run, and botocore as it was afterwards."""

from __future__ import annotations

import boto3
import pytest
from botocore import retryhandler
from botocore.config import Config
from botocore.retries import standard

import lambdalab


def waited(seed: int, mode: str) -> float:
    """Seconds until a client gives up that meets no room."""
    with lambdalab.start(seed=seed) as cloud:
        client = boto3.client("lambda", config=Config(retries={"mode": mode, "total_max_attempts": 4}))
        client.create_function(
            FunctionName="f",
            Runtime="python3.13",
            Handler="f.f",
            Role=cloud.execution_role,
            Code={"ZipFile": lambdalab.deployment_package({"f.py": "def f(event, context): pass"})},
        )
        client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
        before = cloud.now
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.invoke(FunctionName="f")
        return (cloud.now - before).total_seconds()


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_the_same_seed_waits_the_same(mode: str) -> None:
    assert waited(1, mode) == waited(1, mode)
    assert waited(1, mode) != waited(2, mode)


def test_botocore_is_as_it_was_afterwards() -> None:
    before = retryhandler.random, standard.ExponentialBackoff.__init__.__defaults__
    with lambdalab.start():
        assert retryhandler.random is not before[0]
    assert (retryhandler.random, standard.ExponentialBackoff.__init__.__defaults__) == before
