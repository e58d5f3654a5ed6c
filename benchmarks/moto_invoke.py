"""Floor: microseconds of an Invoke through boto3 in unmodified moto, which runs no code. Own process."""

from __future__ import annotations

import json
import sys

import boto3
from moto import mock_aws

from benchmarks.functions import PACKAGE, ROLE_TRUST
from benchmarks.measurement import median_seconds


def main(rounds: int) -> None:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        role = boto3.client("iam", "us-east-1").create_role(
            RoleName="r", AssumeRolePolicyDocument=json.dumps(ROLE_TRUST)
        )["Role"]["Arn"]
        client = boto3.client("lambda", "us-east-1")
        client.create_function(
            FunctionName="f", Runtime="python3.12", Handler="h.h", Role=role, Code={"ZipFile": PACKAGE}
        )

        def invoke() -> None:
            client.invoke(FunctionName="f", Payload=b"{}")["Payload"].read()

        for _ in range(20):
            invoke()
        print(median_seconds(invoke, rounds, 10) * 1e6)


if __name__ == "__main__":
    main(int(sys.argv[1]))
