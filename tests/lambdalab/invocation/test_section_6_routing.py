"""Behaviours §6: a weighted alias draws independently for each invocation."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdalab.chance import Chance
from lambdalab.functions.function import Alias
from lambdalab.invocation.routing import route

DRAWS = 3_000


@settings(max_examples=40, deadline=None)
@given(weight=st.floats(0, 1), seed=st.integers(0, 2**32))
def test_weights_are_met_within_four_standard_deviations(new_stage: Any, weight: float, seed: int) -> None:
    function = new_stage().function()
    function.versions = {"1": function.latest, "2": function.latest}
    function.versions["2"] = type(function.latest)("2", function.latest.configuration, "r", 0)
    function.aliases["live"] = Alias("live", "1", "r", additional_version_weights={"2": weight})
    chance = Chance(seed)
    share = sum(route(function, "live", chance).number == "2" for _ in range(DRAWS)) / DRAWS
    assert abs(share - weight) <= 4 * (weight * (1 - weight) / DRAWS) ** 0.5 + 1e-9


def test_same_seed_same_draws(new_stage: Any) -> None:
    function = new_stage().function()
    function.versions = {n: type(function.latest)(n, function.latest.configuration, "r", 0) for n in ("1", "2")}
    function.aliases["live"] = Alias("live", "1", "r", additional_version_weights={"2": 0.5})

    def draws(seed: int) -> list[str]:
        chance = Chance(seed)
        return [route(function, "live", chance).number for _ in range(50)]

    assert draws(3) == draws(3)
    assert draws(3) != draws(4)


def test_unqualified_is_latest(new_stage: Any) -> None:
    function = new_stage().function()
    assert route(function, None, Chance(0)).number == "$LATEST"
