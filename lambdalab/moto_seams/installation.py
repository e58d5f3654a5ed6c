"""moto with our Lambda in it: started, patched in one place, and put back as it was."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from lambdalab.chance import Chance
from lambdalab.clock import Clock
from lambdalab.errors import EngineFault
from lambdalab.moto_seams.alarms import MotoAlarms
from lambdalab.moto_seams.front import LambdaFront, RequestFront
from lambdalab.moto_seams.handler_calls import answer_aws_call
from lambdalab.moto_seams.lambda_backend import LambdaBackendSeam
from lambdalab.moto_seams.log_groups import LogDelivery
from lambdalab.moto_seams.networks import MotoNetworks
from lambdalab.moto_seams.objects import MotoObjects
from lambdalab.moto_seams.queues import MotoQueues
from lambdalab.moto_seams.roles import MotoRoles
from lambdalab.moto_seams.sdk_calls import SdkCalls
from lambdalab.moto_seams.sdk_chance import SdkChance
from lambdalab.moto_seams.service_descriptions import ServiceDescriptions
from lambdalab.moto_seams.sources import MotoSources
from lambdalab.moto_seams.streams import MotoStreams
from lambdalab.moto_seams.targets import MotoTargets
from lambdalab.moto_seams.time_shim import TimeShim
from lambdalab.network.calls import HandlerCalls
from lambdalab.timeline import Timeline

__all__ = ["SUPPORTED_MOTO", "MotoInstallation", "check_moto"]

SUPPORTED_MOTO = ((5, 2, 1), (5, 3))
"""First release that works, and the first not tried. Inside moto nothing is promised between minor releases."""


def check_moto(version: str) -> None:
    """Refuse a moto release whose insides are not known.

    Raises
    ------
    EngineFault
        Naming the release found and the range that works.
    """
    release = tuple(int(part) for part in version.split(".")[:3] if part.isdigit())
    first, beyond = SUPPORTED_MOTO
    if not first <= release < beyond:
        wanted = f">={'.'.join(map(str, first))},<{'.'.join(map(str, beyond))}"
        raise EngineFault(f"lambdalab does not know the insides of moto {version}; install moto{wanted}")


class MotoInstallation:
    """Everything lambdalab does to moto, in the order it is done; undone in the opposite order.

    Parameters
    ----------
    front
        Answers the Lambda API.
    sleep
        What ``time.sleep`` does in botocore's retries and waiters.
    wait
        What a long poll of SQS does.
    send, exists
        Queue an event for a function ARN; whether it names a function.
    outside
        Leaves the handler that runs, if one does, while its request is answered.
    calls
        Judges the calls of a handler in a VPC.
    region
        ``AWS_DEFAULT_REGION`` for clients that name none, unless the environment has one.
    """

    def __init__(
        self,
        *,
        front: LambdaFront,
        clock: Clock,
        chance: Chance,
        timeline: Timeline,
        sleep: Callable[[float], None],
        wait: Callable[[float], None],
        send: Callable[[str, bytes], None],
        exists: Callable[[str], bool],
        outside: Callable[[], AbstractContextManager[None]],
        calls: Callable[[], HandlerCalls],
        region: str,
    ) -> None:
        self.roles = MotoRoles()
        self.alarms = MotoAlarms()
        self.objects = MotoObjects()
        self.targets = MotoTargets()
        self._region = region
        self._chance = chance
        self._time = TimeShim(clock, chance, sleep)
        self.networks = MotoNetworks()
        self._sdk = SdkCalls(calls)
        self._requests = RequestFront(front, self._time.cover_new_modules, outside, self._sdk.gate)
        self._backend = LambdaBackendSeam(front, send, exists)
        self._logs = LogDelivery(timeline)
        self.queues = MotoQueues(clock, chance, timeline, wait)
        self.streams = MotoStreams(clock)
        self.sources = MotoSources(self.queues, self.streams)
        self._descriptions = ServiceDescriptions()
        self._sdk_chance = SdkChance(chance)
        self._undo = ExitStack()

    def install(self) -> None:
        """Start moto and take Lambda's place. An error half-way leaves nothing behind."""
        import moto

        check_moto(moto.__version__)
        with ExitStack() as undo:
            self._set_region(undo)
            for seam in (
                self._descriptions,
                self._sdk_chance,
                self._backend,
                self._logs,
                self.queues,
                self.streams,
                self._requests,
                self._sdk,
            ):
                undo.callback(seam.uninstall)
                seam.install()
            self._start_moto(undo)
            undo.callback(self._time.uninstall)
            self._time.install()
            self._undo = undo.pop_all()

    def uninstall(self) -> None:
        """Stop moto and put everything back."""
        self._undo.close()

    def answer_aws_call(
        self, method: str, url_path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer an AWS call that a handler in another process makes."""
        return answer_aws_call(method, url_path, headers, body)

    def _set_region(self, undo: ExitStack) -> None:
        if "AWS_DEFAULT_REGION" not in os.environ:
            os.environ["AWS_DEFAULT_REGION"] = self._region
            undo.callback(os.environ.pop, "AWS_DEFAULT_REGION", None)

    def _start_moto(self, undo: ExitStack) -> None:
        from moto import mock_aws
        from moto.moto_api._internal import mock_random

        mock: Any = mock_aws()
        mock.start()
        undo.callback(mock.stop)
        state = mock_random.getstate()
        undo.callback(mock_random.setstate, state)
        mock_random.seed(self._chance.generator("moto").getrandbits(64))
