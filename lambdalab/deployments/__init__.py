"""CodeDeploy for Lambda: an alias's traffic moves from one version to the next, in virtual time (behaviours §13)."""

from lambdalab.deployments.api import CodeDeployAnswer, CodeDeployApi

__all__ = ["CodeDeployAnswer", "CodeDeployApi"]
