"""What all operations of the Lambda API share: the stores, the clock, and the ways to name and find a function."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from lambdalab.chance import Chance
from lambdalab.clock import SECOND, Clock
from lambdalab.control.call import Call
from lambdalab.control.services import Objects, Roles
from lambdalab.control.transitions import Transitions
from lambdalab.errors import (
    InvalidParameterValueException,
    NotEmulatedError,
    PreconditionFailedException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from lambdalab.functions.function import Function, FunctionStore, FunctionVersion
from lambdalab.functions.identifier import LATEST, FunctionIdentifier
from lambdalab.invocation.invocation import Invoker
from lambdalab.network.interfaces import HyperplaneInterfaces
from lambdalab.timeline import Timeline

__all__ = ["ControlPlane", "last_modified"]

NETWORK_INTERFACE_NS = 30 * SECOND
"""How long a function is Pending while its network interface is made. AWS names no number: a modelling choice."""

STALE = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
)


def last_modified(instant_ns: int) -> str:
    """An instant as in ``LastModified``.

    >>> last_modified(1_767_225_600_000_000_000)
    '2026-01-01T00:00:00.000+0000'
    """
    seconds, rest = divmod(instant_ns, SECOND)
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest // 1_000_000:03d}+0000"


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """The Lambda control plane, as far as every operation needs it.

    Attributes
    ----------
    stores
        The functions of an account in a Region.
    clock, chance
        Virtual time; revision identifiers are drawn from ``"revision id"``.
    invoker
        Told of new code and deleted functions.
    roles, objects
        IAM and Amazon S3.
    transitions
        State changes under way.
    timeline
        Where aliases write down what they route where.
    interfaces
        Network interfaces of functions in a VPC; None where there are no VPCs.
    """

    stores: Callable[[str, str], FunctionStore]
    clock: Clock
    chance: Chance
    invoker: Invoker
    roles: Roles
    objects: Objects
    transitions: Transitions
    timeline: Timeline
    interfaces: HyperplaneInterfaces | None = None

    def store(self, call: Call) -> FunctionStore:
        """The caller's store."""
        return self.stores(call.account, call.region)

    def identifier(self, call: Call) -> FunctionIdentifier:
        """The function and qualifier the call names.

        Raises
        ------
        ResourceNotFoundException
            The ARN lies in another Region.
        NotEmulatedError
            It belongs to another account, or names ``$LATEST.PUBLISHED``.
        """
        parameters = call.parameters
        named = FunctionIdentifier.parse(
            parameters["FunctionName"], call.account, call.region, parameters.get("Qualifier")
        )
        call.function_arn = named.arn
        if named.region != call.region:
            message = f"Functions from '{named.region}' are not reachable in this region ('{call.region}')"
            raise ResourceNotFoundException(message)
        if named.account != call.account:
            raise NotEmulatedError(
                f"{call.operation.name} on a function of another account ({named.account}): "
                "lambdalab keeps resource-based policies but does not evaluate them"
            )
        if named.qualifier == "$LATEST.PUBLISHED":
            raise NotEmulatedError("$LATEST.PUBLISHED: lambdalab does not emulate Lambda Managed Instances")
        return named

    def function(self, call: Call) -> tuple[Function, str | None]:
        """The function the call names and the qualifier it gives.

        Raises
        ------
        ResourceNotFoundException
            There is no such function, or it has no such qualifier.
        """
        named = self.identifier(call)
        return self.store(call).get(named.name, named.qualifier), named.qualifier

    def unqualified(self, call: Call, refusal: str | None = None) -> Function:
        """The function of an operation that takes no qualifier.

        Parameters
        ----------
        refusal
            What to say when the name carries a qualifier nevertheless. Without it the qualifier is not looked at.
        """
        named = self.identifier(call)
        if named.qualifier is not None and refusal is not None:
            raise InvalidParameterValueException(refusal)
        return self.store(call).get(named.name)

    def changeable(self, call: Call) -> Function:
        """The function of an operation that changes or snapshots ``$LATEST``, named without another qualifier."""
        named = self.identifier(call)
        if named.qualifier not in (None, LATEST):
            raise InvalidParameterValueException(
                "Current operation does not support versions other than $LATEST. "
                "Please set the version to $LATEST or do not set a version in your request."
            )
        return self.store(call).get(named.name)

    def resolved(self, function: Function, qualifier: str | None) -> FunctionVersion:
        """The version behind `qualifier`; an alias stands for its main version."""
        alias = function.aliases.get(qualifier or LATEST)
        version = function.version(alias.function_version if alias else qualifier or LATEST)
        if version is None:
            raise ResourceNotFoundException(f"Function not found: {function.arn}:{qualifier}")
        return version

    def revision(self) -> str:
        """A new revision identifier."""
        return self.chance.uuid("revision id")

    def check_revision(self, call: Call, current: str) -> None:
        """Compare the call's ``RevisionId``, if it has one, with the current one."""
        given = call.parameters.get("RevisionId")
        if given and given != current:
            raise PreconditionFailedException(STALE)

    def check_settled(self, function: Function) -> None:
        """Refuse a change while the function is being created or updated.

        Raises
        ------
        ResourceConflictException
            In AWS's words.
        """
        latest, refusal = function.latest, "The operation cannot be performed at this time."
        if latest.state == "Pending":
            raise ResourceConflictException(f"{refusal} The function is currently in the following state: Pending")
        if latest.last_update_status == "InProgress":
            raise ResourceConflictException(f"{refusal} An update is in progress for resource: {function.arn}")

    def check_invocable(self, function: Function, qualifier: str | None) -> None:
        """Refuse to run a version whose first network interface is still being made.

        Raises
        ------
        ResourceConflictException
            In AWS's words.
        """
        version = self.resolved(function, qualifier)
        vpc_config = version.configuration.vpc_config
        if version.state == "Pending" and vpc_config and vpc_config["SubnetIds"]:
            raise ResourceConflictException(
                "The operation cannot be performed at this time. "
                "The function is currently in the following state: Pending"
            )

    def settle(self, function: Function, version: FunctionVersion) -> None:
        """Let the state of `version` pass to Active and Successful in a moment, with a new revision.

        It takes longer when a network interface must be made first.
        """

        def done() -> None:
            version.state = "Active"
            version.state_reason = version.state_reason_code = None
            version.last_update_status = "Successful"
            version.last_update_status_reason = version.last_update_status_reason_code = None
            version.revision_id = self.revision()

        duration_ns = NETWORK_INTERFACE_NS if self._attach(function, version) else None
        self.transitions.begin(done, f"{function.name}:{version.number} becomes Active", duration_ns)

    def _attach(self, function: Function, version: FunctionVersion) -> bool:
        """Give a version its network interfaces; whether any had to be made."""
        vpc_config = version.configuration.vpc_config
        if self.interfaces is None or vpc_config is None:
            return False
        user = f"{function.arn}:{version.number}"
        subnets, groups = tuple(vpc_config["SubnetIds"]), tuple(vpc_config["SecurityGroupIds"])
        return self.interfaces.attach(function.account, function.region, user, subnets, groups)

    def detach(self, function: Function, number: str) -> None:
        """A version is gone: it needs no network interfaces any more."""
        if self.interfaces is not None:
            self.interfaces.detach(f"{function.arn}:{number}")
