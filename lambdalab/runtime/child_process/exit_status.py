"""How a process ended, in the words AWS reports it with."""

from __future__ import annotations

import os
import signal

from lambdalab.runtime.error_object import exit_reason

__all__ = ["reason_of_wait_status"]

# Where the service's words for a signal are not just its number.
_SIGNAL_WORDS: dict[int, str] = {
    signal.SIGABRT: "aborted",
    signal.SIGALRM: "alarm clock",
    signal.SIGBUS: "bus error",
    signal.SIGFPE: "floating point exception",
    signal.SIGHUP: "hangup",
    signal.SIGILL: "illegal instruction",
    signal.SIGINT: "interrupt",
    signal.SIGKILL: "killed",
    signal.SIGPIPE: "broken pipe",
    signal.SIGQUIT: "quit",
    signal.SIGSEGV: "segmentation fault",
    signal.SIGTERM: "terminated",
    signal.SIGTRAP: "trace/breakpoint trap",
    signal.SIGUSR1: "user defined signal 1",
    signal.SIGUSR2: "user defined signal 2",
    signal.SIGXCPU: "CPU time limit exceeded",
    signal.SIGXFSZ: "file size limit exceeded",
}


def reason_of_wait_status(wait_status: int) -> str:
    """The sentence for a status as ``os.waitpid`` gives it.

    >>> reason_of_wait_status(1 << 8)
    'Runtime exited with error: exit status 1'
    >>> reason_of_wait_status(9)
    'Runtime exited with error: signal: killed'
    """
    code = os.waitstatus_to_exitcode(wait_status)
    return exit_reason(code) if code >= 0 else exit_reason(0, _SIGNAL_WORDS.get(-code, f"signal {-code}"))
