"""What a process uses: memory, and whether anything in it still runs."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["activity", "computed_ns", "peak_memory_mb"]

_LINUX = sys.platform == "linux"


def peak_memory_mb(pid: int) -> int:
    """The most resident memory the process has had, in MB; 0 when it is gone.

    Linux keeps the peak itself. Elsewhere this is what ``ps`` says now.
    """
    if _LINUX:
        try:
            status = Path(f"/proc/{pid}/status").read_bytes()
        except OSError:
            return 0
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


def activity(pid: int) -> tuple[tuple[str, str], ...] | None:
    """A picture of the process's threads that changes whenever one of them has run.

    None while a thread is running, or where the system does not tell.
    """
    if not _LINUX:
        return None
    picture = []
    try:
        for task in sorted(Path(f"/proc/{pid}/task").iterdir()):
            text = (task / "status").read_text("ascii", "replace")
            fields = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
            if not fields["State"].startswith("S"):
                return None
            picture.append((task.name, fields["voluntary_ctxt_switches"] + "/" + fields["nonvoluntary_ctxt_switches"]))
    except (OSError, KeyError):  # a thread ended while it was looked at
        return None
    return tuple(picture)
