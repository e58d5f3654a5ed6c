"""The pytest fixture ``lambda_cloud``; pytest loads this module by its entry point wherever lambdalab is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import lambdalab

__all__ = ["lambda_cloud"]


@pytest.fixture
def lambda_cloud() -> Iterator[lambdalab.Cloud]:
    """A cloud of the test's own, started with the default seed and stopped afterwards."""
    import lambdalab  # here, because every pytest run on the machine loads this plugin

    with lambdalab.start() as cloud:
        yield cloud
