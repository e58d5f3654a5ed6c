"""Declared work: how a handler of a lab says how much computing it stands for."""

from __future__ import annotations

import os
import time

from lambdalab.errors import UsageError
from lambdalab.runtime.process_model import share_of_vcpu

__all__ = ["work"]


def work(seconds: float) -> None:
    """Let the handler spend `seconds` of single-threaded computing at one full vCPU.

    Real computing takes no virtual time, so a handler declares what it stands for. The less memory the function
    has, the smaller its share of a vCPU and the longer this takes: 1,769 MB make one vCPU, and more
    memory does not make one thread faster.

    Parameters
    ----------
    seconds
        Duration at 1,769 MB or more.

    Raises
    ------
    UsageError
        Called outside a handler, or with a negative duration.

    Examples
    --------
    A tenth of a second of work takes 1.38 s at 128 MB::

        import lambdalab

        def lambda_handler(event, context):
            lambdalab.work(0.1)
    """
    memory = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
    if memory is None:
        raise UsageError("work() declares the computing of a handler; it was called outside one")
    if seconds < 0:
        raise UsageError(f"work cannot take {seconds} seconds")
    # Inside a handler time.sleep is virtual in both executors: it spends the function's time and knows its deadline.
    time.sleep(seconds / share_of_vcpu(int(memory)))
