"""Runtime identifiers Lambda no longer takes for new or updated functions."""

from __future__ import annotations

from lambdalab.errors import InvalidParameterValueException, NotEmulatedError

__all__ = ["check_runtime"]

# Blocked before 2026. Later dates have been moved too often to be relied on; those runtimes are still taken.
_DEPRECATED = frozenset(
    {
        *(
            "nodejs",
            "nodejs4.3",
            "nodejs4.3-edge",
            "nodejs6.10",
            "nodejs8.10",
            "nodejs10.x",
            "nodejs12.x",
            "nodejs14.x",
        ),
        *("python2.7", "python3.6", "python3.7", "ruby2.5", "ruby2.7", "java8", "go1.x", "provided"),
        *("dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1"),
    }
)


def check_runtime(runtime: str, known: tuple[str, ...]) -> None:
    """Refuse a runtime Lambda does not know or no longer takes.

    Raises
    ------
    InvalidParameterValueException
        In AWS's words.
    NotEmulatedError
        A customer-managed runtime.
    """
    if runtime not in known:
        offered = ", ".join(name for name in known if name not in _DEPRECATED and name != "custom")
        raise InvalidParameterValueException(
            f"Value {runtime} at 'runtime' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{offered}] or be a valid ARN"
        )
    if runtime in _DEPRECATED:
        raise InvalidParameterValueException(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions."
        )
    if runtime == "custom":
        raise NotEmulatedError("the runtime custom: lambdalab does not emulate customer-managed runtimes")
