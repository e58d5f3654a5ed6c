"""From a bare Python process to a running function: settings, variables, limits, then the runtime."""

from __future__ import annotations

import io
import json
import os
import random
import resource
import sys
import time
import traceback
from types import TracebackType
from typing import Any

from lambdalab.runtime.child_process.inside import (
    amazon_runtime,
    channel,
    module_finder,
    own_runtime,
    process_view,
    substitutes,
)
from lambdalab.runtime.shown_traceback import Substitute

__all__ = ["launch_forked", "launch_from_standard_input", "rehearse"]

_open, _dup2, _close = os.open, os.dup2, os.close
_PACKAGES_OF_OURS = ("lambdalab.runtime.child_process", "lambdalab.runtime.in_process")


def launch_from_standard_input() -> None:
    """A process started afresh: the settings are on its standard input."""
    settings: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    nothing = _open(os.devnull, os.O_RDONLY)
    _dup2(nothing, 0)
    _close(nothing)
    substitutes.install()
    _run(settings)


def launch_forked(settings: dict[str, Any], output: int) -> None:
    """A process the zygote has just forked. Does not return: the rest of the zygote is not its business."""
    status = 1
    try:
        _dup2(output, 1)
        _dup2(output, 2)
        _close(output)
        sys.stdout = _stream(1, "strict")
        sys.stderr = _stream(2, "backslashreplace")
        vars(sys).update(__stdout__=sys.stdout, __stderr__=sys.stderr)
        _run(settings)
        status = 0
    except SystemExit as ended:
        status = _exit_status(ended.code)
    except BaseException as error:
        _print_traceback(type(error), error, error.__traceback__)
    finally:
        _finish(status)


def rehearse() -> None:
    """Do for nothing what a start does, in a process that waits for its settings."""
    amazon_runtime.rehearse()


def _stream(descriptor: int, errors: str) -> Any:
    """A standard stream as ``python -u`` has it: what is written is out at once."""
    return io.TextIOWrapper(
        io.FileIO(descriptor, "w", closefd=False), encoding="utf-8", errors=errors, newline="\n", write_through=True
    )


def _exit_status(code: Any) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _print_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    traceback.print_exception(kind, error, trace)


def _finish(status: int) -> None:
    """What the interpreter does at its end, without returning into the zygote's loop."""
    import atexit
    import threading

    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _run(settings: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(settings["variables"])
    time.tzset()
    _limit_memory(settings["data_limit_bytes"])
    channel.open_to(settings["variables"]["AWS_LAMBDA_RUNTIME_API"])
    view = process_view.become(settings)
    random.seed(settings["seed"])
    vars(os)["urandom"] = random.randbytes  # ids that repeat from run to run
    Substitute(settings["runtime"]).put()
    sys.excepthook = _print_traceback
    runtime = amazon_runtime if settings["runtime_client"] == "awslambdaric" else own_runtime
    serve = runtime.prepare(settings, view)
    module_finder.install(view.filesystem, settings["package_modules"])
    for name in [name for name in sys.modules if name.startswith(_PACKAGES_OF_OURS)]:
        del sys.modules[name]  # user code that imports one gets it anew
    sys.argv = ["bootstrap", settings["handler"]]
    serve()


def _limit_memory(size: int | None) -> None:
    if size is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
