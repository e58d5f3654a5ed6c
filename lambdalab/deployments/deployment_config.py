"""Deployment configurations: how much of the traffic moves, and when."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lambdalab import quotas
from lambdalab.deployments.refusal import CodeDeployRefusal

__all__ = ["DEFAULT_CONFIG", "PREDEFINED", "DeploymentConfig", "read_traffic_routing"]

RoutingType = Literal["AllAtOnce", "TimeBasedCanary", "TimeBasedLinear"]
_PREFIX = "CodeDeployDefault."
DEFAULT_CONFIG = f"{_PREFIX}LambdaAllAtOnce"


@dataclass(frozen=True, slots=True)
class DeploymentConfig:
    """A configuration of the Lambda compute platform.

    Attributes
    ----------
    percentage, interval
        Share that moves at once, and minutes until the next (linear) or the rest (canary) follows; 100 and 0 for
        all at once.
    """

    name: str
    routing: RoutingType
    percentage: int = 100
    interval: int = 0
    config_id: str = ""
    created_ns: int = 0

    @property
    def steps(self) -> tuple[tuple[int, int], ...]:
        """Minutes after the shift began, and the new version's percentage from then on.

        >>> DeploymentConfig("c", "TimeBasedLinear", 40, 2).steps
        ((0, 40), (2, 80), (4, 100))
        """
        if self.routing == "AllAtOnce":
            return ((0, 100),)
        if self.routing == "TimeBasedCanary":
            return ((0, self.percentage), (self.interval, 100))
        found = []
        for number in itertools.count():
            found.append((number * self.interval, min(100, self.percentage * (number + 1))))
            if found[-1][1] == 100:
                return tuple(found)
        raise AssertionError  # a positive percentage reaches 100

    @property
    def traffic_routing(self) -> dict[str, Any]:
        """As ``trafficRoutingConfig`` of the API."""
        answer: dict[str, Any] = {"type": self.routing}
        if self.routing == "TimeBasedCanary":
            answer["timeBasedCanary"] = {"canaryPercentage": self.percentage, "canaryInterval": self.interval}
        elif self.routing == "TimeBasedLinear":
            answer["timeBasedLinear"] = {"linearPercentage": self.percentage, "linearInterval": self.interval}
        return answer


def read_traffic_routing(name: str, routing: Mapping[str, Any], config_id: str, created_ns: int) -> DeploymentConfig:
    """A configuration of one's own.

    Raises
    ------
    CodeDeployRefusal
        The parts do not fit the type, or a number is out of range.
    """
    kind = routing.get("type")
    if kind == "AllAtOnce":
        return DeploymentConfig(name, kind, config_id=config_id, created_ns=created_ns)
    if kind not in ("TimeBasedCanary", "TimeBasedLinear"):
        raise _invalid(f"The traffic routing type {kind} is not one of AllAtOnce, TimeBasedCanary, TimeBasedLinear.")
    word = "canary" if kind == "TimeBasedCanary" else "linear"
    part = routing.get(f"timeBased{word.capitalize()}") or {}
    percentage, interval = part.get(f"{word}Percentage"), part.get(f"{word}Interval")
    if not isinstance(percentage, int) or not 0 < percentage < 100:
        raise _invalid(f"{word}Percentage must be between 1 and 99, not {percentage}.")
    if not isinstance(interval, int) or interval < 1:
        raise _invalid(f"{word}Interval must be at least 1 minute, not {interval}.")
    return DeploymentConfig(name, kind, percentage, interval, config_id, created_ns)


def _invalid(message: str) -> CodeDeployRefusal:
    return CodeDeployRefusal("InvalidTrafficRoutingConfigurationException", message)


def _predefined(name: str, share: int, interval: int) -> DeploymentConfig:
    kind: RoutingType = "AllAtOnce"
    if interval:
        kind = "TimeBasedCanary" if "Canary" in name else "TimeBasedLinear"
    return DeploymentConfig(f"{_PREFIX}{name}", kind, share, interval)


PREDEFINED: dict[str, DeploymentConfig] = {
    f"{_PREFIX}{name}": _predefined(name, *numbers) for name, numbers in quotas.CODEDEPLOY_CONFIGURATIONS.items()
}
"""What every account has, by name."""
