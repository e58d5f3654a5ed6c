"""A process of ours: frozen and thawed, watched and measured, ended with everything it started.

Each is the leader of a process group. It is not reaped before its group has been killed, so that
neither its id nor the group's can have passed to somebody else.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

__all__ = ["ChildProcess", "Ending", "ForkedProcess", "StartedProcess", "has_descriptor_of_process"]


def has_descriptor_of_process() -> bool:
    """Whether the system can hand out a descriptor that tells when a process ends (Linux 5.3 and later)."""
    if not hasattr(os, "pidfd_open"):
        return False
    try:
        descriptor = os.pidfd_open(os.getpid())
    except OSError:
        return False
    os.close(descriptor)
    return True


class Ending(NamedTuple):
    """Wait status, and the most resident memory (KiB on Linux, bytes on macOS)."""

    wait_status: int
    memory: int

    def peak_memory_mb(self) -> int:
        """The most resident memory in MB."""
        return math.ceil(self.memory / (1_048_576 if sys.platform == "darwin" else 1_024))


class ChildProcess(Protocol):
    """What the sandbox needs from a process.

    Attributes
    ----------
    pid
        Its id, and its group's.
    descriptor
        Becomes readable when the process has ended; None where the system has no such thing.
    """

    pid: int
    descriptor: int | None

    def has_ended(self) -> bool:
        """Whether the process is over. It stays a zombie until `end`."""

    def freeze(self) -> None:
        """Stop every thread of the group at once."""

    def thaw(self) -> None:
        """Let the group go on."""

    def end(self) -> Ending:
        """Kill the group and reap the process. Safe to call twice."""


class _Group:
    """Signals to a process group whose leader is not reaped yet.

    `reap` takes the options of ``os.waitpid`` and answers None when the process has not ended.
    """

    def __init__(self, pid: int, reap: Callable[[int], Ending | None]) -> None:
        self.pid = pid
        self.descriptor: int | None = os.pidfd_open(pid) if has_descriptor_of_process() else None
        self._reap = reap
        self._ending: Ending | None = None

    def has_ended(self) -> bool:
        if self._ending is not None:
            return True
        if self.descriptor is not None:
            ready = select.poll()
            ready.register(self.descriptor, select.POLLIN)
            return bool(ready.poll(0))
        if hasattr(os, "waitid"):
            try:
                return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
            except ChildProcessError:  # somebody in this program waits for every child there is
                return True
        # macOS before Python 3.13: asking is reaping, so what is left of the group is killed without delay.
        ending = self._reap(os.WNOHANG)
        if ending is not None:
            self._signal(signal.SIGKILL)
            self._ending = ending
        return ending is not None

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def end(self) -> Ending:
        if self._ending is None:
            self._signal(signal.SIGKILL)
            self._ending = self._reap(0) or Ending(signal.SIGKILL, 0)
            if self.descriptor is not None:
                os.close(self.descriptor)
                self.descriptor = None
        return self._ending

    def _signal(self, number: signal.Signals) -> None:
        if self._ending is None:
            # Only zombies left in the group: macOS calls that a matter of permission.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)


class StartedProcess(_Group):
    """A process started afresh.

    Parameters
    ----------
    command
        Program and arguments.
    folder
        Where it starts.
    environment
        All of its environment variables.
    output
        Descriptor that receives what it writes to both standard streams.
    settings
        Bytes it finds on its standard input; None for an empty one.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        output: int,
        settings: bytes | None = None,
    ) -> None:
        self._popen = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL if settings is None else subprocess.PIPE,
            stdout=output,
            stderr=output,
            process_group=0,
        )
        if self._popen.stdin is not None:
            with contextlib.suppress(BrokenPipeError), self._popen.stdin as standard_input:
                standard_input.write(settings or b"")
        super().__init__(self._popen.pid, self._wait)

    def _wait(self, options: int) -> Ending | None:
        try:
            pid, wait_status, used = os.wait4(self.pid, options)
        except ChildProcessError:  # somebody in this program waits for every child there is
            pid, wait_status, used = self.pid, int(signal.SIGKILL), None
        if pid == 0:
            return None
        self._popen.returncode = os.waitstatus_to_exitcode(wait_status)  # Popen must not wait for it again
        return Ending(wait_status, used.ru_maxrss if used is not None else 0)


class ForkedProcess(_Group):
    """A process the zygote forked; `reap` asks the zygote for its wait status."""

    def __init__(self, pid: int, reap: Callable[[int], Ending]) -> None:
        super().__init__(pid, lambda options: reap(pid))
