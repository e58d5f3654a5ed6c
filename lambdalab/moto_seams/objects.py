"""Deployment packages in S3: moto's objects as bytes, and Lambda's own bucket."""

from __future__ import annotations

from lambdalab.errors import ObjectNotFoundError

__all__ = ["MotoObjects"]

_LAMBDA_ACCOUNT = "000000000000"
"""The account of Lambda itself, which keeps uploaded packages in a bucket no customer lists."""


class MotoObjects:
    """Reads S3 objects, and keeps uploaded packages where they can be downloaded."""

    def read(self, account: str, region: str, bucket: str, key: str, version: str | None) -> bytes:
        """The object's bytes. Raises `ObjectNotFoundError`."""
        from moto.s3.exceptions import MissingBucket
        from moto.s3.models import s3_backends

        try:
            found = s3_backends[account]["aws"].get_object(bucket, key, version_id=version)
        except MissingBucket:
            raise ObjectNotFoundError("NoSuchBucket", "The specified bucket does not exist") from None
        if found is None:
            raise ObjectNotFoundError("NoSuchKey", "The specified key does not exist.")
        return bytes(found.value)

    def location(self, account: str, region: str, key: str, archive: bytes) -> str:
        """A URL from which `archive` can be downloaded."""
        from moto.s3.models import get_canned_acl, s3_backends

        backend = s3_backends[_LAMBDA_ACCOUNT]["aws"]
        bucket = f"awslambda-{region}-tasks"
        if bucket not in backend.buckets:
            backend.create_bucket(bucket, region)
        path = f"snapshots/{account}/{key}"
        # AWS signs the URL; here the object is readable by everyone in this process instead.
        backend.put_object(bucket, path, archive).set_acl(get_canned_acl("public-read"))
        return f"https://{bucket}.s3.{region}.amazonaws.com/{path}"
