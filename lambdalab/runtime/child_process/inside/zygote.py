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
            message, descriptors, _, _ = socket.recv_fds(line, 1 << 18, 1)
        except ConnectionError:
            message, descriptors = b"", []
        if not message:
            break
        request: dict[str, Any] = json.loads(message)
        if "fork" in request:
            pid = os.fork()
            if pid == 0:
                line.close()
                launch.launch_forked(request["fork"], descriptors[0])
            with contextlib.suppress(PermissionError, ProcessLookupError):  # whoever is first: it does so, too
                os.setpgid(pid, pid)
            children.add(pid)
            os.close(descriptors[0])
            line.send(json.dumps({"pid": pid}).encode())
        else:
            children.discard(request["reap"])
            _, status, used = os.wait4(request["reap"], 0)
            line.send(json.dumps({"status": status, "memory": used.ru_maxrss}).encode())
    for pid in children:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
