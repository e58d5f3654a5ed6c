"""The parts behind a cloud's face, put together in one place."""

from __future__ import annotations

from typing import Literal

from lambdalab.chance import Chance
from lambdalab.clock import Clock, Scheduler
from lambdalab.control.api import LambdaApi
from lambdalab.deployments import CodeDeployApi
from lambdalab.deployments.surroundings import Surroundings
from lambdalab.errors import ResourceNotFoundException, UsageError
from lambdalab.functions.function import FunctionStore
from lambdalab.functions.identifier import FunctionIdentifier
from lambdalab.invocation.data_plane import DataPlane
from lambdalab.invocation.vpc_network import VpcNetwork
from lambdalab.moto_seams.installation import MotoInstallation
from lambdalab.runtime.executor import Executor
from lambdalab.show.network_path import ShownPath
from lambdalab.show.timeline import ShownTimeline
from lambdalab.sources.pollers import make_mappings

__all__ = ["DEFAULT_ACCOUNT", "Assembly", "ExecutorName"]

DEFAULT_ACCOUNT = "123456789012"

ExecutorName = Literal["in-process", "child-process"]


class Assembly:
    """Network, executor, data plane, event source mappings and the two APIs of a cloud.

    Attributes
    ----------
    vpcs, executor
        As long-lived as the cloud.
    plane, mappings, api, codedeploy
        Those that remember functions; `renew` makes them anew.
    """

    def __init__(
        self,
        moto: MotoInstallation,
        clock: Clock,
        scheduler: Scheduler,
        timeline: ShownTimeline,
        chance: Chance,
        executor: ExecutorName,
        region: str,
    ) -> None:
        self._moto = moto
        self._clock = clock
        self._scheduler = scheduler
        self._timeline = timeline
        self._chance = chance
        self._region = region
        self.vpcs = VpcNetwork(
            moto.networks, scheduler, timeline, chance, lambda: self.plane, (DEFAULT_ACCOUNT, region), ShownPath.of
        )
        self.executor = self._make_executor(executor)
        self._make()

    def close(self) -> None:
        """Stop polling, and end every environment."""
        self.mappings.close()
        self.plane.close()

    def renew(self) -> None:
        """Forget every function."""
        self.close()
        self._make()

    def exists(self, arn: str) -> bool:
        """Whether the ARN names a function, version or alias there is."""
        identifier = FunctionIdentifier.parse(arn, DEFAULT_ACCOUNT, self._region)
        try:
            self._store(identifier.account, identifier.region).get(identifier.name, identifier.qualifier)
        except ResourceNotFoundException:
            return False
        return True

    def _make(self) -> None:
        moto = self._moto
        self.plane = DataPlane(
            self._clock,
            self._scheduler,
            self._timeline,
            self._chance,
            self.executor,
            moto.targets,
            lambda arn: self.api.layer_archive(arn),
        )
        around = (self._clock, self._scheduler, self._timeline, self._chance, self.plane)
        self.mappings = make_mappings(*around, moto.queues, moto.streams, moto.targets)
        shared = (self._store, self._clock, self._scheduler, self._chance, self._timeline)
        self.api = LambdaApi(
            *shared,
            self.plane,
            moto.roles,
            moto.objects,
            moto.sources,
            self.mappings,
            interfaces=self.vpcs.face.interfaces,
        )
        self.codedeploy = CodeDeployApi(
            Surroundings(*shared, self.plane.enqueue, moto.roles, moto.alarms, moto.objects)
        )

    def _make_executor(self, name: ExecutorName) -> Executor:
        if name == "in-process":
            from lambdalab.runtime.in_process import InProcessExecutor

            return InProcessExecutor(self._clock, connections=self.vpcs.calls)
        if name == "child-process":
            from lambdalab.runtime.child_process import ChildProcessExecutor

            return ChildProcessExecutor(self._clock, answer_aws_call=self._moto.answer_aws_call)
        raise UsageError(f'there is no executor {name!r}; choose "in-process" or "child-process"')

    def _store(self, account: str, region: str) -> FunctionStore:
        return self.plane.store(account, region)
