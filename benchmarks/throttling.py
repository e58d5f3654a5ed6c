"""Six virtual hours of throttled retries, against a scheduler that does nothing else."""

from __future__ import annotations

import time

import boto3

import lambdalab
from benchmarks.functions import PACKAGE
from benchmarks.measurement import Figure
from lambdalab.clock import SECOND, Clock, Scheduler
from lambdalab.timeline import EventDiscarded, Throttle

__all__ = ["figures"]


def figures(events: int) -> list[Figure]:
    """One figure: the retries of `events` events (80 attempts each), the floor being as many bare timers."""
    with lambdalab.start() as cloud:
        client = boto3.client("lambda")
        client.create_function(
            FunctionName="f", Runtime="python3.12", Handler="h.h", Role=cloud.execution_role, Code={"ZipFile": PACKAGE}
        )
        cloud.set_account_concurrency(0)
        for _ in range(events):
            client.invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
        started = time.perf_counter()
        cloud.advance(hours=6)
        seconds = time.perf_counter() - started
        attempts = sum(cloud.timeline.counts_per_second(Throttle).values())
        discarded = sum(cloud.timeline.counts_per_second(EventDiscarded).values())
    if discarded != events or attempts < 75 * events:
        raise RuntimeError(f"{discarded} of {events} events given up after {attempts} attempts: not the load meant")
    name = f"6 virtual hours, {events:,} throttled events, {attempts:,} attempts"
    return [Figure(name, seconds, "s", _bare_scheduler(events, attempts), "bare scheduler", 25)]


def _bare_scheduler(events: int, attempts: int) -> float:
    scheduler = Scheduler(Clock())
    left = attempts

    def again() -> None:
        nonlocal left
        left -= 1
        if left >= events:
            scheduler.after(300 * SECOND, again)

    for _ in range(events):
        scheduler.after(SECOND, again)
    started = time.perf_counter()
    scheduler.run_until_idle(scheduler.clock.time_ns + 1_000 * 3_600 * SECOND)
    return time.perf_counter() - started
