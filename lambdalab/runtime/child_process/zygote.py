"""The zygote: a Python process with the slow imports done, from which environments are forked.

Linux only: forking is safe there as long as the forking process has a single thread, and descriptors
of processes tell when a grandchild ends. Elsewhere, and whenever it cannot be had, environments are started afresh.
"""

from __future__ import annotations

import atexit
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

from lambdalab.runtime.child_process.process import Ending, ForkedProcess, has_descriptor_of_process

__all__ = ["INSIDE", "Zygote", "ZygoteUnavailable", "python_command"]

INSIDE = Path(__file__).with_name("inside")
_MESSAGE_MAX = 1 << 18
_IMPORTS_SECONDS, _ANSWER_SECONDS = 60, 10


class ZygoteUnavailable(Exception):
    """There is no zygote here; the message says why."""


def python_command(role: str) -> list[str]:
    """The command that starts Python in one of the roles of `inside`.

    Neither the working folder nor the user's own packages are searched. Hash values are the same in every run.
    """
    return [sys.executable, "-s", "-P", "-u", str(INSIDE / "__main__.py"), role]


class Zygote:
    """The parent's end of the conversation with the zygote."""

    def __init__(self) -> None:
        if sys.platform != "linux" or not has_descriptor_of_process():
            raise ZygoteUnavailable("this system has no descriptors of processes")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket = ours
        self._socket.settimeout(_IMPORTS_SECONDS)
        self._lock = threading.Lock()
        self._owner = os.getpid()
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
        self._ready = False
        self._forking = False
        self._spare: tuple[int, socket.socket] | None = None
        self._received_descriptors: list[int] = []
        atexit.register(self.close)

    def fork(self, settings: dict[str, Any], output: int) -> ForkedProcess:
        """A new process with these settings, writing to `output`.

        It was forked before it was asked for, and the next one is forked while it starts.
        """
        with self._lock:
            if not self._ready:  # its imports take a while; only the first environment waits for them
                self._ready = self._receive()["ready"]
                self._socket.settimeout(_ANSWER_SECONDS)
                self._ask_for_spare()
            self._take_spare()
            if self._spare is None:
                raise ZygoteUnavailable("the zygote has ended")
            (pid, line), self._spare = self._spare, None
            try:
                with line:
                    socket.send_fds(line, [json.dumps(settings).encode()], [output])
            except OSError as error:
                raise ZygoteUnavailable(f"the process forked in advance does not listen: {error}") from error
            self._ask_for_spare()
            return ForkedProcess(pid, self._reap)

    def close(self) -> None:
        """End it, and whatever it still has. Safe to call twice."""
        if os.getpid() != self._owner:  # a fork of this process owns nothing of this
            return
        with self._lock:
            if self._spare is not None:
                self._spare[1].close()
            self._socket.close()  # it ends by itself at that
            try:
                self._popen.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait()
        atexit.unregister(self.close)

    def _reap(self, pid: int) -> Ending:
        with self._lock:
            try:
                self._take_spare()  # its answers come in the order of the questions
                self._ask({"reap": pid})
                answer = self._receive()
                return Ending(answer["status"], answer["memory"])
            except (OSError, ZygoteUnavailable):
                # It is gone, and so is its child: that was killed before this question.
                return Ending(signal.SIGKILL, 0)

    def _ask(self, request: dict[str, Any]) -> None:
        try:
            self._socket.send(json.dumps(request).encode())
        except OSError as error:
            raise ZygoteUnavailable(f"the zygote does not listen: {error}") from error

    def _ask_for_spare(self) -> None:
        with contextlib.suppress(ZygoteUnavailable):  # whoever needs it will see that there is none
            self._ask({"fork": True})
            self._forking = True

    def _take_spare(self) -> None:
        """Read the answer to the last request to fork, unless that has been done."""
        if self._forking:
            self._forking = False
            answer = self._receive()
            self._spare = answer["pid"], socket.socket(fileno=self._received_descriptors.pop())

    def _receive(self) -> dict[str, Any]:
        try:
            received, self._received_descriptors, _, _ = socket.recv_fds(self._socket, _MESSAGE_MAX, 1)
        except OSError as error:
            received, reason = b"", str(error)
        else:
            reason = "it has ended"
        if not received:
            self._popen.kill()  # a zygote that does not answer is of no more use than one that has ended
            raise ZygoteUnavailable(f"the zygote does not answer: {reason}; its status is {self._popen.wait()}")
        answer: dict[str, Any] = json.loads(received)
        return answer
