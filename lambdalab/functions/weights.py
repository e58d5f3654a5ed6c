"""How an alias may divide its traffic between two versions (behaviours §6)."""

from __future__ import annotations

from collections.abc import Mapping

from lambdalab import quotas
from lambdalab.errors import InvalidParameterValueException, ResourceNotFoundException
from lambdalab.functions.function import Function
from lambdalab.functions.identifier import LATEST

__all__ = ["check_target", "check_weights"]


def check_target(function: Function, number: str) -> None:
    """Refuse a version the function does not have.

    Raises
    ------
    ResourceNotFoundException
        In AWS's words.
    """
    if function.version(number) is None:
        raise ResourceNotFoundException(f"Function not found: {function.arn}:{number}")


def check_weights(function: Function, main: str, weights: Mapping[str, float]) -> None:
    """The rules botocore's model is silent about; an empty mapping satisfies them all.

    Parameters
    ----------
    main
        ``FunctionVersion`` of the alias; the function has it.
    weights
        ``AdditionalVersionWeights``: fractions by version number.

    Raises
    ------
    InvalidParameterValueException, ResourceNotFoundException
        In AWS's words.
    """
    if not weights:
        return
    if len(weights) > quotas.ALIAS_VERSIONS - 1:
        raise InvalidParameterValueException(
            f"Number of items in AdditionalVersionWeights cannot be greater than {quotas.ALIAS_VERSIONS - 1}"
        )
    (other,) = weights
    if other == main:
        raise InvalidParameterValueException(
            f"Invalid function version {main}. Function version {main} is already included in routing configuration."
        )
    if LATEST in (main, other):
        raise InvalidParameterValueException("$LATEST is not supported for an alias pointing to more than 1 version")
    check_target(function, other)
    first, second = function.versions[main].configuration, function.versions[other].configuration
    if first.role != second.role:
        raise InvalidParameterValueException(
            f"The versions {main} and {other} of an alias must have the same execution role."
        )
    if first.dead_letter_arn != second.dead_letter_arn:
        raise InvalidParameterValueException(
            f"The versions {main} and {other} of an alias must have the same dead-letter queue configuration."
        )
