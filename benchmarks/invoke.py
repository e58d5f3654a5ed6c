"""Invocations: warm through boto3 in both executors, the engine's own share, and cold starts."""

from __future__ import annotations

import boto3

import lambdalab
from benchmarks.functions import PACKAGE
from benchmarks.measurement import Figure, in_own_process, median_seconds
from lambdalab.cloud import Cloud, ExecutorName

__all__ = ["figures"]


def figures(rounds: int) -> list[Figure]:
    """Six figures; the floor of the first two is unmodified moto, which runs no code."""
    floor = in_own_process("benchmarks.moto_invoke", str(rounds))
    measured = []
    for executor, limit, cold_limit in (("in-process", 1.3, 2.0), ("child-process", 1.6, 8.0)):
        with lambdalab.start(executor=executor) as cloud:  # type: ignore[arg-type]
            _create(cloud)
            client = boto3.client("lambda")

            def invoke(client: object = client) -> None:
                client.invoke(FunctionName="f", Payload=b"{}")["Payload"].read()  # type: ignore[attr-defined]

            for _ in range(20):
                invoke()
            warm = median_seconds(invoke, rounds, 10) * 1e6
            measured.append(Figure(f"warm invoke, {executor}", warm, "µs", floor, "moto, no execution", limit))
            if executor == "in-process":
                measured.append(Figure("engine share of it", _engine_share(cloud, rounds), "µs", None, "", 150))
        measured.append(Figure(f"cold start, {executor}", _cold_ms(executor, rounds), "ms", None, "", cold_limit))  # type: ignore[arg-type]
    return measured


def _create(cloud: Cloud, name: str = "f") -> None:
    boto3.client("lambda").create_function(
        FunctionName=name, Runtime="python3.12", Handler="h.h", Role=cloud.execution_role, Code={"ZipFile": PACKAGE}
    )


def _engine_share(cloud: Cloud, rounds: int) -> float:
    """Microseconds from the request at our door to the answer: no botocore, no moto."""
    headers = {"Content-Type": "application/json"}
    path = "/2015-03-31/functions/f/invocations"

    def answer() -> None:
        cloud.answer("123456789012", "us-east-1", "POST", path, "", headers, b"{}")

    return median_seconds(answer, rounds, 20) * 1e6


def _cold_ms(executor: ExecutorName, rounds: int) -> float:
    """Milliseconds by which the first invocation of a function of known code outlasts a later one."""
    with lambdalab.start(executor=executor) as cloud:
        _create(cloud, "first")
        client = boto3.client("lambda")

        def invoke(name: str) -> None:
            client.invoke(FunctionName=name, Payload=b"{}")["Payload"].read()

        invoke("first")
        names = [f"f{number}" for number in range(rounds)]
        for name in names:
            _create(cloud, name)
        fresh = iter(names)
        cold = median_seconds(lambda: invoke(next(fresh)), rounds)
        return max(0.0, cold - median_seconds(lambda: invoke("first"), rounds)) * 1e3
