"""Handlers' calls on their way out: let through, refused, or left hanging in virtual time."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from lambdalab.clock import SECOND, Clock, nanoseconds
from lambdalab.errors import NotEmulatedError
from lambdalab.network.entries import CallBlocked
from lambdalab.network.hosts import PlacedHost
from lambdalab.network.names import service_of
from lambdalab.network.network import Caller, CloudNetwork
from lambdalab.network.path import Obstacle
from lambdalab.timeline import Timeline

__all__ = ["HandlerCalls", "NameNotResolved", "PretendSocket"]

KERNEL_GIVES_UP = 127 * SECOND
"""How long Linux goes on trying to connect when the program sets no timeout (six repetitions)."""


class NameNotResolved(Exception):
    """Nothing in the VPC answers DNS questions."""


class HandlerCalls:
    """Judges every call of a running handler.

    Parameters
    ----------
    caller
        The function version whose handler runs, or None.
    """

    def __init__(
        self, network: CloudNetwork[Any], clock: Clock, timeline: Timeline, caller: Callable[[], Caller | None]
    ) -> None:
        self._network = network
        self._clock = clock
        self._timeline = timeline
        self._caller = caller

    def concerns_caller(self) -> bool:
        """Whether a handler runs that is attached to a VPC."""
        caller = self._caller()
        return caller is not None and caller.in_vpc

    def to_service(self, host: str, action: str | None, timeout: float | None) -> Obstacle | None:
        """What stops the running handler's call of an AWS service; None for nothing.

        A call that hangs has hung already: the clock has moved by `timeout` seconds.
        """
        caller = self._caller()
        if caller is None or not caller.in_vpc:
            return None
        obstacle = self._network.path(caller, host, action).obstacle
        if obstacle is not None:
            self._blocked(caller, host, obstacle, timeout)
        return obstacle

    def connect(self, host: str, port: int, timeout: float | None) -> PretendSocket | None:
        """A connection of the running handler to a pretend host; None when it is none of ours to make.

        Raises
        ------
        TimeoutError
            The host cannot be reached, and the time the program allowed for it has passed.
        NameNotResolved
            Its name cannot be looked up.
        NotEmulatedError
            It can be reached and there is nothing there.
        """
        caller = self._caller()
        placed = self._network.host(host, port)
        if caller is None or (not caller.in_vpc and placed is None):
            return None
        obstacle = self._network.path(caller, f"[{host}]:{port}" if ":" in host else f"{host}:{port}").obstacle
        if obstacle is not None:
            self._blocked(caller, f"{host}:{port}", obstacle, timeout)
            if not obstacle.hangs:
                raise NameNotResolved(host)
            raise TimeoutError("timed out" if timeout is not None else "[Errno 110] Connection timed out")
        if placed is None:
            if service_of(host) is not None:
                raise NotEmulatedError(f"a plain connection to {host}: handlers call AWS services with boto3")
            raise NotEmulatedError(
                f"the network lets the call to {host}:{port} through, but nothing is there; "
                f"cloud.network.place_host({host!r}, port={port}, answer=…) puts a host there"
            )
        return PretendSocket(placed)

    def _blocked(self, caller: Caller, target: str, obstacle: Obstacle, timeout: float | None) -> None:
        started_ns = self._clock.time_ns
        if obstacle.hangs:
            self._clock.spend(KERNEL_GIVES_UP if timeout is None else nanoseconds(timeout))
        self._timeline.record(
            CallBlocked(
                started_ns,
                caller.function_arn,
                caller.environment_id,
                target,
                obstacle.kind,
                obstacle.where,
                self._clock.time_ns,
                obstacle.hangs,
            )
        )


class PretendSocket:
    """A connection to a pretend host, with what programs use of a socket. There is no descriptor behind it."""

    def __init__(self, host: PlacedHost) -> None:
        self._host = host
        self._sent = b""
        self._answer = io.BytesIO()

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send; the host answers once it has understood."""
        self._sent += bytes(data)
        reply = self._host.reply(self._sent)
        if reply is not None:
            place = self._answer.tell()
            self._answer.seek(0, io.SEEK_END)
            self._answer.write(reply)
            self._answer.seek(place)
            self._sent = b""

    def send(self, data: Any, flags: int = 0) -> int:
        """Send; how many bytes went."""
        self.sendall(data, flags)
        return len(data)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What the host has sent; b"" when it has said everything."""
        return self._answer.read(size)

    def makefile(self, mode: str = "r", *arguments: Any, **keywords: Any) -> Any:
        """What the host sends, as a file."""
        return self._answer if "b" in mode else io.TextIOWrapper(self._answer, encoding="utf-8")

    def getpeername(self) -> tuple[str, int]:
        """Address and port of the host."""
        return str(self._host.target().address_of(4)), self._host.port

    def settimeout(self, value: float | None) -> None:
        """A pretend host answers at once or never: there is nothing to wait for."""

    def setsockopt(self, *arguments: Any) -> None:
        """There is nothing to set on a connection without packets."""

    def shutdown(self, how: int) -> None:
        """End one direction."""

    def close(self) -> None:
        """End the connection."""

    def __enter__(self) -> PretendSocket:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
