"""The zygote: a Python process with the slow imports done, from which environments are forked.

Linux only: forking is safe there as long as the forking process has a single thread, and descriptors
of processes tell when a grandchild ends. Elsewhere, and whenever it cannot be had, environments are started afresh.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from lambdalab.errors import EngineFault
from lambdalab.runtime.child_process.process import Ending, ForkedProcess, has_descriptor_of_process

__all__ = ["INSIDE", "Zygote", "ZygoteUnavailable", "python_command"]

INSIDE = Path(__file__).with_name("inside")
_MESSAGE_MAX = 1 << 18


class ZygoteUnavailable(Exception):
    """There is no zygote here; the message says why."""


def python_command(role: str) -> list[str]:
    """The command that starts Python in one of the roles of `inside`.

    Neither the working folder nor the user's own packages are searched. Hash values are the same in every run.
    """
    return [sys.executable, "-s", "-P", str(INSIDE / "__main__.py"), role]


class Zygote:
    """The parent's end of the conversation with the zygote.

    Attributes
    ----------
    preloaded
        Names of the modules it has imported; a package that brings one of them needs a fresh process.
    """

    def __init__(self) -> None:
        if sys.platform != "linux" or not has_descriptor_of_process():
            raise ZygoteUnavailable("this system has no descriptors of processes")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket = ours
        self._lock = threading.Lock()
        with theirs:
            self._popen = subprocess.Popen(
                [*python_command("zygote"), str(theirs.fileno())],
                env={"PATH": os.defpath, "PYTHONHASHSEED": "0", "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                process_group=0,
            )
        self._preloaded: frozenset[str] | None = None

    @property
    def preloaded(self) -> frozenset[str]:
        """Wait until it is ready."""
        if self._preloaded is None:
            with self._lock:
                self._preloaded = frozenset(self._receive()["preloaded"])
        return self._preloaded

    def fork(self, settings: dict[str, Any], output: int) -> ForkedProcess:
        """A new process with these settings, writing to `output`."""
        _ = self.preloaded
        with self._lock:
            message = json.dumps({"fork": settings}).encode()
            try:
                socket.send_fds(self._socket, [message], [output])
            except OSError as error:
                raise ZygoteUnavailable(f"the zygote does not listen: {error}") from error
            return ForkedProcess(self._receive()["pid"], self._reap)

    def close(self) -> None:
        """End it, and whatever it still has. Safe to call twice."""
        with self._lock:
            self._socket.close()  # it ends by itself at that
            try:
                self._popen.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait()

    def _reap(self, pid: int) -> Ending:
        with self._lock:
            try:
                self._socket.send(json.dumps({"reap": pid}).encode())
                answer = self._receive()
                return Ending(answer["status"], answer["memory"])
            except (OSError, ZygoteUnavailable) as error:
                if self._popen.poll() is not None:  # it took its children with it
                    return Ending(signal.SIGKILL, 0)
                raise EngineFault(f"the zygote does not tell how process {pid} ended") from error

    def _receive(self) -> dict[str, Any]:
        received = b""
        with contextlib.suppress(ConnectionError):
            received = self._socket.recv(_MESSAGE_MAX)
        if not received:
            raise ZygoteUnavailable(f"the zygote has ended with status {self._popen.wait()}")
        answer: dict[str, Any] = json.loads(received)
        return answer
