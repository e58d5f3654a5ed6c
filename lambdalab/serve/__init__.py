"""A cloud behind HTTP on this machine, for the AWS CLI and SDKs of any language."""

from __future__ import annotations

from lambdalab.serve.server import CloudServer

__all__ = ["CloudServer"]
