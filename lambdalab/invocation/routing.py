"""Which version an invocation runs: qualifiers and weighted aliases (behaviours §6)."""

from __future__ import annotations

from lambdalab.chance import Chance
from lambdalab.errors import ResourceNotFoundException
from lambdalab.functions.function import Function, FunctionVersion
from lambdalab.functions.identifier import LATEST, function_arn

__all__ = ["route"]


def route(function: Function, qualifier: str | None, chance: Chance) -> FunctionVersion:
    """The version that serves an invocation under `qualifier`.

    A weighted alias draws anew for each invocation, independent of earlier ones.

    Raises
    ------
    ResourceNotFoundException
        The alias or version is gone.
    """
    number = qualifier or LATEST
    alias = function.aliases.get(number)
    if alias is not None:
        number = alias.function_version
        if alias.additional_version_weights:
            draw = chance.fraction("alias weight")
            for additional, weight in sorted(alias.additional_version_weights.items()):
                if draw < weight:
                    number = additional
                    break
                draw -= weight
    version = function.version(number)
    if version is None:
        arn = function_arn(function.account, function.region, function.name, qualifier or LATEST)
        raise ResourceNotFoundException(f"Function not found: {arn}", Type="User")
    return version
