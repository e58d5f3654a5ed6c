"""The Lambda API: a request in, an answer out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore import xform_name

from lambdalab.chance import Chance
from lambdalab.clock import MILLISECOND, Clock, Scheduler
from lambdalab.control.account import Account
from lambdalab.control.aliases import Aliases
from lambdalab.control.call import Call
from lambdalab.control.concurrency import Concurrency
from lambdalab.control.control_plane import ControlPlane
from lambdalab.control.event_invoke_config import EventInvokeConfigs
from lambdalab.control.event_source_mappings import EventSourceMappingOperations
from lambdalab.control.functions import Functions
from lambdalab.control.http import HttpRequest, HttpResponse
from lambdalab.control.invoke import Invocations
from lambdalab.control.layers import Layers
from lambdalab.control.operations import OPERATIONS, check_emulated
from lambdalab.control.policy import Policies
from lambdalab.control.recursion import Recursion
from lambdalab.control.service_model import Operation, lambda_service_model
from lambdalab.control.service_model.serialisation import serialise, serialise_error
from lambdalab.control.services import Objects, Roles, Sources
from lambdalab.control.tags import Tags
from lambdalab.control.transitions import Transitions
from lambdalab.control.versions import Versions
from lambdalab.errors import AwsError, EngineFault, NotEmulatedError
from lambdalab.functions.function import FunctionStore
from lambdalab.invocation.invocation import Invoker
from lambdalab.network.interfaces import HyperplaneInterfaces
from lambdalab.sources.mappings import EventSourceMappings
from lambdalab.timeline import ApiCalled, Timeline

__all__ = ["LambdaApi"]

# AWS takes about a second, and refuses changes meanwhile. Half a millisecond is over before the next call of the same
# program, yet calls at one instant still meet it.
_SETTLES_AFTER_NS = MILLISECOND // 2
# The invocation room writes these down itself, with more to say.
_NOT_RECORDED = frozenset({"Invoke", "InvokeAsync"})


class NotEmulatedException(AwsError):
    """How `NotEmulatedError` reaches a caller over HTTP. SDKs do not try 501 again."""

    code, http_status = "NotEmulatedException", 501


class LambdaApi:
    """Answers every request to ``https://lambda.<region>.amazonaws.com``.

    Parameters
    ----------
    stores
        The functions of an account in a Region, made on first use.
    clock, scheduler, chance, timeline
        Those of the cloud.
    invoker
        Carries invocations out.
    roles, objects, sources
        IAM, Amazon S3, and what event source mappings read.
    mappings
        Event source mappings.
    settles_after_ns
        How long a new function is Pending and an update InProgress.
    interfaces
        Network interfaces of functions in a VPC; without them no function can be in one.
    """

    def __init__(
        self,
        stores: Callable[[str, str], FunctionStore],
        clock: Clock,
        scheduler: Scheduler,
        chance: Chance,
        timeline: Timeline,
        invoker: Invoker,
        roles: Roles,
        objects: Objects,
        sources: Sources,
        mappings: EventSourceMappings,
        settles_after_ns: int = _SETTLES_AFTER_NS,
        interfaces: HyperplaneInterfaces | None = None,
    ) -> None:
        self._stores, self._clock, self._chance, self._timeline = stores, clock, chance, timeline
        self._mappings = mappings
        self._transitions = Transitions(clock, scheduler, settles_after_ns)
        self._model = lambda_service_model()
        plane = ControlPlane(stores, clock, chance, invoker, roles, objects, self._transitions, timeline, interfaces)
        resources = (
            Functions(plane, self._model.runtimes),
            Versions(plane),
            Aliases(plane),
            Concurrency(plane),
            EventInvokeConfigs(plane),
            EventSourceMappingOperations(plane, mappings, sources),
            Invocations(plane),
            Policies(plane),
            Tags(plane, mappings),
            Layers(plane),
            Recursion(plane),
            Account(plane),
        )
        self._handlers: dict[str, Callable[[Call], dict[str, Any]]] = {}
        for name, listing in OPERATIONS.items():
            if listing.reason is None:
                method = xform_name(name)
                resource = next(one for one in resources if hasattr(one, method))
                self._handlers[name] = getattr(resource, method)

    def answer(self, account: str, region: str, request: HttpRequest) -> HttpResponse:
        """Carry out `request` for a caller of `account` in `region`.

        Errors of AWS come back as AWS's answers, what lambdalab does not emulate as 501.
        Faults of the engine are raised.
        """
        self._transitions.settle_due()
        self._mappings.settle_due()
        operation: Operation | None = None
        call: Call | None = None
        error: AwsError | None = None
        try:
            operation, segments = self._model.route(request)
            if OPERATIONS.get(operation.name) is None or OPERATIONS[operation.name].reason is not None:
                check_emulated(operation.name, {})
            call = Call(operation, account, region, self._model.parameters(operation, segments, request), request)
            check_emulated(operation.name, call.parameters)
            result = self._handlers[operation.name](call)
            response = serialise(operation, result, call.request_id or self._request_id())
        except AwsError as failure:
            error = failure
        except NotEmulatedError as refusal:
            error = NotEmulatedException(str(refusal))
        if error is not None:
            response = serialise_error(operation, error, self._request_id())
        if operation is not None and operation.name not in _NOT_RECORDED:
            function_arn = call.function_arn if call else ""
            code = error.code if error else None
            self._timeline.record(ApiCalled(self._clock.time_ns, function_arn, operation.name, code))
        return response

    def layer_archive(self, arn: str) -> bytes:
        """The archive of a layer version a function refers to, one taken off since included.

        Raises
        ------
        EngineFault
            There never was one; a function cannot refer to it.
        """
        _, _, _, region, account, *_ = arn.split(":")
        version = self._stores(account, region).layer_version(arn)
        if version is None:
            raise EngineFault(f"no layer version {arn}")
        return version.code.archive

    def _request_id(self) -> str:
        return self._chance.uuid("API request id")
