"""Layers a function refers to."""

from __future__ import annotations

from lambdalab import quotas
from lambdalab.control.call import Call
from lambdalab.errors import InvalidParameterValueException, NotEmulatedError
from lambdalab.functions.configuration import Code
from lambdalab.functions.function import FunctionStore

__all__ = ["check_layers", "codes_of"]


def check_layers(store: FunctionStore, call: Call, arns: list[str]) -> None:
    """Refuse layers that do not exist, lie elsewhere, or are two versions of one layer.

    Raises
    ------
    InvalidParameterValueException
        In AWS's words.
    NotEmulatedError
        A layer of another account, or one that AWS publishes.
    """
    if len(arns) > quotas.LAYERS_PER_FUNCTION:
        raise InvalidParameterValueException(f"Cannot reference more than {quotas.LAYERS_PER_FUNCTION} layers.")
    seen: dict[str, str] = {}
    for arn in arns:
        layer_arn, _, _ = arn.rpartition(":")
        _, _, _, region, account, *_ = arn.split(":")
        if account != call.account:
            raise NotEmulatedError(f"the layer {arn} belongs to another account: lambdalab does not share layers")
        if region != call.region:
            raise InvalidParameterValueException(
                f"Layers are not in the same region as the function. Layers are expected to be in region {call.region}."
            )
        version = store.layer_version(arn)
        if version is None or version.number not in store.layers[arn.split(":")[6]].versions:
            raise InvalidParameterValueException(f"Layer version {arn} does not exist.")
        if layer_arn in seen:
            raise InvalidParameterValueException(
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{seen[layer_arn]} and {arn} are versions of the same layer."
            )
        seen[layer_arn] = arn


def codes_of(store: FunctionStore, arns: tuple[str, ...]) -> list[Code]:
    """The archives of layers a function already refers to, in order."""
    return [version.code for arn in arns if (version := store.layer_version(arn)) is not None]
