"""The zygote's own loop: import what is slow, then fork on request."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
from typing import Any

from lambdalab.runtime.child_process.inside import amazon_runtime, launch, substitutes
from lambdalab.runtime.machine_folders import library_folders

__all__ = ["serve"]

_MESSAGE_MAX = 1 << 18
# What the runtimes and most functions need.
_PRELOADED = (
    "concurrent.futures",
    "decimal",
    "hashlib",
    "http.client",
    "json",
    "logging",
    "ssl",
    "tempfile",
    "traceback",
    "urllib.parse",
    "uuid",
    "boto3",
    "botocore.client",
)


def serve(descriptor: int) -> None:
    """Answer the engine until it closes its end, then end every process forked here."""
    line = socket.socket(fileno=descriptor)
    substitutes.install()
    for name in _PRELOADED:
        try:
            importlib.import_module(name)
        except ImportError:  # a function that needs it will say so
            continue
    with contextlib.suppress(ImportError):
        amazon_runtime.preload()
    library_folders()  # remembered, and so inherited
    gc.collect()
    gc.freeze()  # keeps the collector from writing to, and so copying, the pages shared with the forks
    spare = _Spare(line)
    line.send(b'{"ready": true}')
    children: set[int] = set()
    while True:
        try:
            message, descriptors, _, _ = socket.recv_fds(line, _MESSAGE_MAX, 1)
        except ConnectionError:
            message, descriptors = b"", []
        if not message:
            break
        request: dict[str, Any] = json.loads(message)
        if "fork" in request:
            children.add(spare.pid)
            spare.begin(message, descriptors[0])
            line.send(json.dumps({"pid": spare.pid}).encode())
            spare = _Spare(line)
        else:
            children.discard(request["reap"])
            _, status, used = os.wait4(request["reap"], 0)
            line.send(json.dumps({"status": status, "memory": used.ru_maxrss}).encode())
    for pid in (*children, spare.pid):
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


class _Spare:
    """A process forked before it is asked for: forking is slow, and a cold start need not wait for it.

    Attributes
    ----------
    pid
        Its id, and its group's.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            line.close()
            self._line.close()
            _await_settings(theirs)
        theirs.close()
        with contextlib.suppress(PermissionError, ProcessLookupError):  # whoever is first: it does so, too
            os.setpgid(self.pid, self.pid)

    def begin(self, message: bytes, output: int) -> None:
        """Hand it the engine's message, which has its settings, and where it writes to."""
        with contextlib.suppress(BrokenPipeError):  # it was killed: the engine will see it end
            socket.send_fds(self._line, [message], [output])
        os.close(output)
        self._line.close()


def _await_settings(line: socket.socket) -> None:
    """What a spare does until it is an environment. Does not return."""
    try:
        os.setpgid(0, 0)
        launch.rehearse()
        message, descriptors, _, _ = socket.recv_fds(line, _MESSAGE_MAX, 1)
        line.close()
    except BaseException:
        os._exit(1)
    if not message:  # the zygote is gone
        os._exit(0)
    launch.launch_forked(json.loads(message)["fork"], descriptors[0])
