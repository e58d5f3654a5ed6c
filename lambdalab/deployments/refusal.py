"""What CodeDeploy answers when it refuses a request."""

from __future__ import annotations

from lambdalab.errors import AwsError

__all__ = ["CodeDeployRefusal"]


class CodeDeployRefusal(AwsError):
    """An error answer of the CodeDeploy API; `code` is one of botocore's model."""

    http_status = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
