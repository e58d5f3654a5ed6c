"""Every exception lambdalab raises on purpose, named by whose fault it is.

::

    LambdalabError
    ├── UsageError               the calling program asked for something that cannot be
    │   ├── AlreadyStartedError      a second start() while a cloud is running
    │   ├── NotStartedError          a stopped cloud was used
    │   ├── ClockError               the clock was to run backwards
    │   └── PackagingError           a deployment package cannot be built from that
    ├── NotEmulatedError         AWS has it, this engine does not; never pretended
    ├── ObjectNotFoundError      Amazon S3 has no such bucket, object or version
    ├── DeliveryError            a queue, topic, bus or bucket did not take a record
    ├── AwsError                 what AWS would have answered, with AWS's code and words
    └── EngineFault              a defect of lambdalab itself, or of the moto it runs on
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AlreadyStartedError",
    "AwsError",
    "ClockError",
    "DeliveryError",
    "EngineFault",
    "InvalidParameterValueException",
    "InvalidRequestContentException",
    "LambdalabError",
    "NotEmulatedError",
    "NotStartedError",
    "ObjectNotFoundError",
    "PackagingError",
    "PreconditionFailedException",
    "RecursiveInvocationException",
    "RequestTooLargeException",
    "ResourceConflictException",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "TooManyRequestsException",
    "UnsupportedMediaTypeException",
    "UsageError",
    "ValidationException",
]


class LambdalabError(Exception):
    """Root of the tree."""


class UsageError(LambdalabError):
    """The calling program asked for something that cannot be done."""


class AlreadyStartedError(UsageError):
    """``lambdalab.start()`` was called while a cloud is still running."""


class NotStartedError(UsageError):
    """A cloud was used after ``stop()``."""


class ClockError(UsageError):
    """The virtual clock was asked to run backwards or to stand at an impossible time."""


class PackagingError(UsageError):
    """A deployment package cannot be made from what was given."""


class NotEmulatedError(LambdalabError):
    """AWS offers this; the engine does not emulate it and will not pretend to."""


class ObjectNotFoundError(LambdalabError):
    """Amazon S3 has no such bucket, object or version.

    Parameters
    ----------
    code, message
        The error S3 would answer, such as ``NoSuchKey`` and its words.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class DeliveryError(LambdalabError):
    """A queue, topic, bus or bucket did not take a record; the text says why."""


class EngineFault(LambdalabError):
    """A defect in lambdalab, or a moto release it does not understand."""


class AwsError(LambdalabError):
    """An error answer of the AWS Lambda API.

    Parameters
    ----------
    message
        AWS's words.
    members
        Further members of the error shape in botocore's model, such as ``Reason``.

    Attributes
    ----------
    code : str
        The error code boto3 shows as ``error.response["Error"]["Code"]``.
    http_status : int
        Status of the answer.
    """

    code: str = "ServiceException"
    http_status: int = 500

    def __init__(self, message: str, **members: Any) -> None:
        super().__init__(message)
        self.message = message
        self.members = members


class InvalidParameterValueException(AwsError):
    code, http_status = "InvalidParameterValueException", 400


class InvalidRequestContentException(AwsError):
    code, http_status = "InvalidRequestContentException", 400


class ValidationException(AwsError):
    code, http_status = "ValidationException", 400


class RecursiveInvocationException(AwsError):
    code, http_status = "RecursiveInvocationException", 400


class ResourceNotFoundException(AwsError):
    code, http_status = "ResourceNotFoundException", 404


class ResourceConflictException(AwsError):
    code, http_status = "ResourceConflictException", 409


class ResourceInUseException(AwsError):
    code, http_status = "ResourceInUseException", 400


class PreconditionFailedException(AwsError):
    code, http_status = "PreconditionFailedException", 412


class RequestTooLargeException(AwsError):
    code, http_status = "RequestTooLargeException", 413


class UnsupportedMediaTypeException(AwsError):
    code, http_status = "UnsupportedMediaTypeException", 415


class TooManyRequestsException(AwsError):
    code, http_status = "TooManyRequestsException", 429
