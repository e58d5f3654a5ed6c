"""Signals of a process that shares its interpreter: nothing it installs reaches the notebook."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

from lambdalab.errors import NotEmulatedError
from lambdalab.runtime.in_process.presence import here

__all__ = ["ProcessSignals"]

_WORDS = {
    "SIGABRT": "aborted",
    "SIGALRM": "alarm clock",
    "SIGBUS": "bus error",
    "SIGFPE": "floating point exception",
    "SIGHUP": "hangup",
    "SIGILL": "illegal instruction",
    "SIGINT": "interrupt",
    "SIGKILL": "killed",
    "SIGPIPE": "broken pipe",
    "SIGQUIT": "quit",
    "SIGSEGV": "segmentation fault",
    "SIGTERM": "terminated",
    "SIGTRAP": "trace/breakpoint trap",
    "SIGUSR1": "user defined signal 1",
    "SIGUSR2": "user defined signal 2",
}
_IGNORED_BY_DEFAULT = frozenset({"SIGCHLD", "SIGURG", "SIGWINCH", "SIGCONT", "SIGPIPE"})
_signal, _getsignal = signal.signal, signal.getsignal


class ProcessSignals:
    """Handlers a process has installed, and what its signals to itself do.

    Parameters
    ----------
    end
        Ends the process: called with the words AWS has for the signal.
    """

    def __init__(self, end: Callable[[str], None]) -> None:
        self._end = end
        self._handlers: dict[int, Any] = {}

    def receive(self, number: int) -> None:
        """The process sent itself a signal."""
        name = _name(number)
        handler = self.handler(number) if name not in ("SIGKILL", "SIGSTOP") else signal.SIG_DFL
        if callable(handler):
            handler(number, None)
        elif handler == signal.SIG_DFL and name not in _IGNORED_BY_DEFAULT:
            self._end(_WORDS.get(name, f"signal {number}"))

    def handler(self, number: int) -> Any:
        """The handler in force."""
        default = signal.default_int_handler if _name(number) == "SIGINT" else signal.SIG_DFL
        return self._handlers.get(number, default)

    def install(self, number: int, handler: Any) -> Any:
        """What ``signal.signal`` does."""
        if not callable(handler) and handler not in (signal.SIG_DFL, signal.SIG_IGN):
            raise TypeError("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
        if _name(number) in ("SIGKILL", "SIGSTOP"):
            raise OSError(22, "Invalid argument")
        previous = self.handler(number)
        self._handlers[int(number)] = handler
        return previous

    def substitutes(self) -> dict[str, Any]:
        """Substitutes for names of the module ``signal``."""
        table = {
            "signal": lambda number, handler: (
                self.install(number, handler) if here() is not None else _signal(number, handler)
            ),
            "getsignal": lambda number: self.handler(number) if here() is not None else _getsignal(number),
        }
        for name in ("alarm", "setitimer", "pause", "sigwait", "raise_signal", "pthread_kill"):
            if hasattr(signal, name):
                table[name] = self._raise_signal if name == "raise_signal" else _refused(name)
        return table

    def _raise_signal(self, number: int, /) -> None:
        self.receive(number)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""


def _refused(name: str) -> Callable[..., Any]:
    real = getattr(signal, name)

    def function(*arguments: Any) -> Any:
        if here() is None:
            return real(*arguments)
        raise NotEmulatedError(f'signal.{name} inside an in-process sandbox; use executor="child-process"')

    return function
