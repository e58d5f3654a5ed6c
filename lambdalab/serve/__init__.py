"""The cloud behind a port: the AWS CLI and SDKs of any language may speak to it."""

from lambdalab.serve.server import CloudServer

__all__ = ["CloudServer"]
