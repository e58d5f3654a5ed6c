"""Deployment packages and layer archives: where they come from, and what they must satisfy."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from lambdalab import quotas
from lambdalab.control.call import Call
from lambdalab.control.control_plane import ControlPlane
from lambdalab.errors import AwsError, InvalidParameterValueException, ObjectNotFoundError
from lambdalab.functions.configuration import Code
from lambdalab.functions.function import FunctionStore

__all__ = ["check_combined_size", "check_storage", "read_code", "unzipped_size"]


class CodeStorageExceededException(AwsError):
    """The account keeps too many bytes of code in the Region."""

    code, http_status = "CodeStorageExceededException", 400


def read_code(plane: ControlPlane, call: Call, source: Mapping[str, Any]) -> Code:
    """The archive a request carries, or the object in S3 it points to, checked as Lambda does.

    Raises
    ------
    InvalidParameterValueException
        In AWS's words: no source, no such object, not a zip archive, too large.
    """
    archive = source.get("ZipFile")
    elsewhere = [name for name in ("S3Bucket", "S3Key", "S3ObjectVersion") if source.get(name)]
    if archive is not None:
        if elsewhere:
            raise InvalidParameterValueException(
                "Please do not provide other FunctionCode parameters when providing a ZipFile."
            )
        if len(archive) > quotas.ZIP_DIRECT_UPLOAD:
            raise InvalidParameterValueException(f"Zipped size must be smaller than {quotas.ZIP_DIRECT_UPLOAD} bytes")
    elif "S3Bucket" in elsewhere and "S3Key" in elsewhere:
        try:
            archive = plane.objects.read(
                call.account, call.region, source["S3Bucket"], source["S3Key"], source.get("S3ObjectVersion")
            )
        except ObjectNotFoundError as error:
            raise InvalidParameterValueException(
                f"Error occurred while GetObject. S3 Error Code: {error.code}. S3 Error Message: {error.message}"
            ) from None
    else:
        raise InvalidParameterValueException("Please provide a source for function code.")
    if unzipped_size(archive) > quotas.PACKAGE_UNZIPPED:
        raise InvalidParameterValueException(f"Unzipped size must be smaller than {quotas.PACKAGE_UNZIPPED} bytes")
    digest = base64.b64encode(hashlib.sha256(archive).digest()).decode()
    return Code(archive=archive, sha256=digest, size=len(archive))


def unzipped_size(archive: bytes) -> int:
    """Bytes of all files in a zip archive.

    Raises
    ------
    InvalidParameterValueException
        The archive is damaged or has no file.
    """
    if not archive:
        raise InvalidParameterValueException("Uploaded file must be a non-empty zip")
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as package:
            size = sum(entry.file_size for entry in package.infolist())
            empty = not package.namelist()
            # Sizes come from the directory; a larger package is refused before anything is unpacked.
            damaged = size <= quotas.PACKAGE_UNZIPPED and package.testzip() is not None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        damaged, empty, size = True, False, 0
    if damaged:
        message = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise InvalidParameterValueException(message)
    if empty:
        raise InvalidParameterValueException("Uploaded file must be a non-empty zip")
    return size


def check_combined_size(code: Code, layers: Iterable[Code]) -> None:
    """Refuse a package that is too large together with its layers."""
    archives = [layer.archive for layer in layers]
    if not archives:
        return
    total = unzipped_size(code.archive) + sum(map(unzipped_size, archives))
    if total > quotas.PACKAGE_UNZIPPED:
        raise InvalidParameterValueException(
            f"Function code combined with layers exceeds the maximum allowed size of {quotas.PACKAGE_UNZIPPED} bytes. "
            f"The actual size is {total} bytes."
        )


def check_storage(store: FunctionStore, code: Code) -> None:
    """Refuse code for which the account has no room left in the Region."""
    if store.code_size + code.size > store.code_storage_limit:
        raise CodeStorageExceededException("Code storage limit exceeded.")
