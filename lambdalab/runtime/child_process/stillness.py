"""When virtual time may pass for a process some of whose threads sleep."""

from __future__ import annotations

from lambdalab.runtime.child_process.measurement import computed_ns, is_quiet

__all__ = ["Stillness"]

_COMPUTING_MAX_NS = 50_000_000


class Stillness:
    """Watches one process between two of its requests.

    What threads do in no virtual time comes before the next sleeper wakes, so time passes when every thread waits.
    A thread that computes on and on must not hold up the others for ever: after 50 ms of computing, time passes
    all the same.

    Parameters
    ----------
    pid
        The process.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._looked_again = False
        self._computed_ns: int | None = None

    def disturb(self) -> None:
        """The process has sent something."""
        self._looked_again = False
        self._computed_ns = None

    @property
    def wait_ms(self) -> int:
        """How long to look for requests before the next question."""
        return 0 if self._looked_again else 1

    def has_come(self) -> bool:
        """Whether time may pass. Asked again and again, each time after a look for requests that found none."""
        if self._looked_again:
            return True
        if is_quiet(self._pid):
            self._looked_again = True  # a request may have been sent just before: once more a look for it
            return False
        computed = computed_ns(self._pid) or 0
        if self._computed_ns is None:
            self._computed_ns = computed
        return computed - self._computed_ns > _COMPUTING_MAX_NS
