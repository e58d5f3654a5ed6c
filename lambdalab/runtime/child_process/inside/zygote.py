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
    line.send(b'{"ready": true}')
    children: set[int] = set()
    while True:
        try:
            message = line.recv(_MESSAGE_MAX)
        except ConnectionError:
            message = b""
        if not message:
            break
        request: dict[str, Any] = json.loads(message)
        if "fork" in request:
            children.add(_fork_spare(line))
        else:
            children.discard(request["reap"])
            _, status, used = os.wait4(request["reap"], 0)
            line.send(json.dumps({"status": status, "memory": used.ru_maxrss}).encode())
    for pid in children:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _fork_spare(line: socket.socket) -> int:
    """Fork a process that waits for its settings, and tell the engine its id and where it takes them."""
    theirs, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        line.close()
        theirs.close()
        _await_settings(ours)
    with contextlib.suppress(PermissionError, ProcessLookupError):  # whoever is first: it does so, too
        os.setpgid(pid, pid)
    socket.send_fds(line, [json.dumps({"pid": pid}).encode()], [theirs.fileno()])
    theirs.close()
    ours.close()
    return pid


def _await_settings(line: socket.socket) -> None:
    """What a spare does until it is an environment. Does not return."""
    try:
        os.setpgid(0, 0)
        launch.rehearse()
        message, descriptors, _, _ = socket.recv_fds(line, _MESSAGE_MAX, 1)
        line.close()
    except BaseException:
        os._exit(1)
    if not message:  # the engine is gone
        os._exit(0)
    launch.launch_forked(json.loads(message), descriptors[0])
