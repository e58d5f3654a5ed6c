"""Where a deployment's AppSpec file comes from: the request itself, or Amazon S3."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from lambdalab.deployments.refusal import CodeDeployRefusal
from lambdalab.deployments.surroundings import StoredObjects
from lambdalab.errors import NotEmulatedError, ObjectNotFoundError

__all__ = ["content_of"]

_MEMBERS = {"AppSpecContent": "appSpecContent", "String": "string", "S3": "s3Location"}


def content_of(revision: Mapping[str, Any] | None, objects: StoredObjects, account: str, region: str) -> str:
    """The text of the AppSpec file.

    Raises
    ------
    CodeDeployRefusal
        There is no revision, it lacks a part, its object is missing, or its hash is another.
    NotEmulatedError
        It lies on GitHub.
    """
    if not revision:
        raise CodeDeployRefusal("RevisionRequiredException", "Revision is required")
    kind = revision.get("revisionType")
    if kind == "GitHub":
        raise NotEmulatedError("CreateDeployment with a revision on GitHub: there is no network")
    if kind not in _MEMBERS:
        raise CodeDeployRefusal("InvalidRevisionException", f"The revision type {kind} is not valid")
    source = revision.get(_MEMBERS[kind]) or {}
    if kind == "S3":
        return _object(source, objects, account, region)
    content = source.get("content")
    if not content:
        raise CodeDeployRefusal("InvalidRevisionException", f"{_MEMBERS[kind]} must have content")
    digest = source.get("sha256")
    if digest is not None and digest.lower() != hashlib.sha256(content.encode()).hexdigest():
        raise CodeDeployRefusal("InvalidRevisionException", "The sha256 value does not match the content")
    return str(content)


def _object(source: Mapping[str, Any], objects: StoredObjects, account: str, region: str) -> str:
    if not source.get("bucket") or not source.get("key"):
        raise CodeDeployRefusal("InvalidRevisionException", "s3Location must have a bucket and a key")
    if source.get("bundleType") not in ("YAML", "JSON"):
        raise CodeDeployRefusal("InvalidRevisionException", "BundleType must be either YAML or JSON")
    if source.get("eTag"):
        raise NotEmulatedError("CreateDeployment with s3Location.eTag: name the object's version instead")
    try:
        body = objects.read(account, region, source["bucket"], source["key"], source.get("version"))
        return body.decode()
    except ObjectNotFoundError as error:
        raise CodeDeployRefusal("InvalidRevisionException", error.message) from None
    except UnicodeDecodeError:
        raise CodeDeployRefusal("InvalidRevisionException", "The AppSpec file is not text") from None
