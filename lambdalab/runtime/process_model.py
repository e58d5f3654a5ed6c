"""How long things take, and how much memory, where nothing is measured.

Outputs must be the same on every machine, so real time never enters a duration. What AWS would
measure is modelled here, from the deployment package and the configuration alone. The numbers are modelling choices,
of the order AWS shows for small Python functions: the same everywhere, but no statement about AWS.
"""

from __future__ import annotations

from dataclasses import dataclass

from lambdalab.clock import MILLISECOND

__all__ = ["FULL_VCPU_MB", "ProcessModel", "read_cost_ns", "share_of_vcpu"]

FULL_VCPU_MB = 1_769
"""Memory at which a function has the equivalent of one vCPU (AWS's documentation of memory and CPU)."""

_MEBIBYTE = 1_048_576
_STEP = 65_536  # a comment more in a small handler changes nothing


def share_of_vcpu(memory_mb: int) -> float:
    """The part of one vCPU that single-threaded code gets, at most 1.

    >>> share_of_vcpu(1769)
    1.0
    >>> round(share_of_vcpu(128), 3)
    0.072
    """
    return min(memory_mb, FULL_VCPU_MB) / FULL_VCPU_MB


def read_cost_ns(reads: int) -> int:
    """What the `reads`-th look at a clock costs since the process last slept.

    The first thousand are free, so that measuring does not disturb what is measured. Then each costs more the more
    there were: code that waits by looking at the clock must come to its end.

    >>> read_cost_ns(1_000), read_cost_ns(1_001), read_cost_ns(10_500)
    (0, 5000, 50000)
    """
    return reads // 1_000 * 5_000 if reads > 1_000 else 0


@dataclass(frozen=True)
class ProcessModel:
    """Durations and memory of a process, modelled.

    Attributes
    ----------
    init_base_ns
        Starting the runtime and importing a small handler.
    init_sdk_ns
        Added when the package imports boto3.
    init_mebibyte_ns
        Added per MiB of unzipped code, layers included.
    init_max_ns
        INIT is modelled no longer than this; what the code itself sleeps or declares comes on top.
    invoke_base_ns, invoke_scaled_ns
        A handler that does nothing: the base, plus the scaled part times 128 MB / memory.
    memory_base_mb, memory_sdk_mb
        The runtime, and boto3.
    """

    init_base_ns: int = 84 * MILLISECOND
    init_sdk_ns: int = 96 * MILLISECOND
    init_mebibyte_ns: int = 12 * MILLISECOND
    init_max_ns: int = 250 * MILLISECOND
    invoke_base_ns: int = 1_040_000
    invoke_scaled_ns: int = 760_000
    memory_base_mb: int = 32
    memory_sdk_mb: int = 40

    def init_ns(self, unzipped_bytes: int, imports_sdk: bool) -> int:
        """Duration of INIT, without what the code sleeps or declares. AWS runs INIT at full CPU: memory has no say."""
        modelled = self.init_base_ns + self.init_mebibyte_ns * (unzipped_bytes // _STEP) // (_MEBIBYTE // _STEP)
        if imports_sdk:
            modelled += self.init_sdk_ns
        return min(modelled, self.init_max_ns)

    def invoke_ns(self, memory_mb: int) -> int:
        """Duration of a handler that does nothing."""
        return self.invoke_base_ns + self.invoke_scaled_ns * 128 // memory_mb

    def max_memory_mb(self, memory_mb: int, unzipped_bytes: int, imports_sdk: bool, payload_bytes: int) -> int:
        """Memory at its highest: runtime, code, and JSON text held about three times. At most the configured size."""
        used = self.memory_base_mb + -(-2 * unzipped_bytes // _MEBIBYTE) + 3 * payload_bytes // _MEBIBYTE
        if imports_sdk:
            used += self.memory_sdk_mb
        return min(used, memory_mb)
