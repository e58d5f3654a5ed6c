"""What a process uses: memory, and whether anything in it still runs."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["computed_ns", "has_several_threads", "is_quiet", "peak_memory_mb", "resident_memory_mb"]

_LINUX = sys.platform == "linux"


def peak_memory_mb(pid: int) -> int:
    """The most resident memory the process has had, in MB; 0 when it is gone.

    Linux keeps the peak itself. Elsewhere this is what ``ps`` says now.
    """
    if _LINUX:
        try:
            file = os.open(f"/proc/{pid}/status", os.O_RDONLY)  # once per invocation: the plainest way
        except OSError:
            return 0
        try:
            status = os.read(file, 4096)
        except ProcessLookupError:
            return 0
        finally:
            os.close(file)
        _, found, rest = status.partition(b"VmHWM:")
        return math.ceil(int(rest.split(None, 1)[0]) / 1024) if found else 0
    return resident_memory_mb(pid)


def resident_memory_mb(pid: int) -> int:
    """The resident memory of the process now, in MB, as ``ps`` tells it; 0 when it is gone."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return math.ceil(int(told) / 1024) if told.strip() else 0


def computed_ns(pid: int) -> int | None:
    """Processor time the process has used, all of its threads together; None where the system does not tell."""
    if not _LINUX:
        return None
    try:
        return time.clock_gettime_ns((~pid << 3) | 2)  # how Linux numbers the processor clocks of processes
    except OSError:
        return None


def has_several_threads(pid: int) -> bool:
    """Whether the process has more than one thread; False where the system does not tell."""
    if not _LINUX:
        return False
    try:
        return len(os.listdir(f"/proc/{pid}/task")) > 1
    except OSError:
        return False


def is_quiet(pid: int) -> bool:
    """Whether every thread of the process waits, and no program it started is there.

    Two pictures that are the same: a thread that was woken between them has changed its count of switches. Where the
    system does not tell, a process counts as quiet.
    """
    if not _LINUX:
        return True
    first = _picture(pid)
    return first is not None and first == _picture(pid)


def _picture(pid: int) -> list[tuple[str, str, str]] | None:
    """The threads, and how often each has been switched; None while one runs."""
    picture = []
    try:
        for task in sorted(os.listdir(f"/proc/{pid}/task")):
            status = Path(f"/proc/{pid}/task/{task}/status").read_text("ascii", "replace")
            fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            if not fields["State"].startswith("S"):
                return None
            children = Path(f"/proc/{pid}/task/{task}/children")
            if children.exists() and children.read_bytes():
                return None
            picture.append((task, fields["voluntary_ctxt_switches"], fields["nonvoluntary_ctxt_switches"]))
    except (OSError, KeyError):  # a thread ended while it was looked at
        return None
    return picture
