"""CloudWatch alarms: moto's, asked for their state."""

from __future__ import annotations

__all__ = ["MotoAlarms"]


class MotoAlarms:
    """The alarms of every account and Region."""

    def state(self, account: str, region: str, name: str) -> str | None:
        """``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``; None when there is no such alarm."""
        from moto.cloudwatch.models import cloudwatch_backends

        alarm = cloudwatch_backends[account][region].alarms.get(name)
        return None if alarm is None else str(alarm.state_value)
