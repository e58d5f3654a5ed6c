"""What a function is made from: its code and its configuration, both immutable snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from lambdalab import quotas

__all__ = ["Code", "FunctionConfiguration", "LoggingConfiguration"]


@dataclass(frozen=True, slots=True)
class Code:
    """A deployment package.

    ``archive`` is the zip archive (b"" for an image); ``sha256`` is Base64 as in ``CodeSha256``; ``size`` is in bytes.
    """

    archive: bytes
    sha256: str
    size: int
    image_uri: str | None = None


@dataclass(frozen=True, slots=True)
class LoggingConfiguration:
    """``LoggingConfig`` of a function. Levels are None for the Text format."""

    log_group: str
    log_format: Literal["Text", "JSON"] = "Text"
    application_log_level: str | None = None
    system_log_level: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionConfiguration:
    """Everything whose change makes a new version (behaviours §6), in AWS's names and units.

    Times are seconds, sizes megabytes, as in the API. ``vpc_config``, ``image_config`` … hold the API's
    structures as given; None when not configured.
    """

    role: str
    code: Code
    logging: LoggingConfiguration
    runtime: str | None = None
    handler: str | None = None
    description: str = ""
    timeout: int = quotas.TIMEOUT_DEFAULT
    memory_size: int = quotas.MEMORY_DEFAULT
    package_type: Literal["Zip", "Image"] = "Zip"
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    dead_letter_arn: str | None = None
    tracing_mode: Literal["PassThrough", "Active"] = "PassThrough"
    kms_key_arn: str | None = None
    layers: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ("x86_64",)
    ephemeral_storage: int = quotas.EPHEMERAL_STORAGE_DEFAULT
    snap_start: Literal["None", "PublishedVersions"] = "None"
    vpc_config: Mapping[str, Any] | None = None
    image_config: Mapping[str, Any] | None = None
    file_system_configs: tuple[Mapping[str, Any], ...] = ()
