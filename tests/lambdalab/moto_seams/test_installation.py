"""Which moto releases are taken, and that the range is the one the package asks for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from lambdalab.errors import EngineFault
from lambdalab.moto_seams.installation import SUPPORTED_MOTO, check_moto


@pytest.mark.parametrize("version", ["5.2.1", "5.2.5", "5.2.17", "5.2.6.dev3"])
def test_known_releases_are_taken(version: str) -> None:
    check_moto(version)


@pytest.mark.parametrize("version", ["5.2.0", "5.1.9", "5.3.0", "6.0.0"])
def test_unknown_releases_are_refused_with_the_range_that_works(version: str) -> None:
    with pytest.raises(EngineFault, match=rf"moto {version}; install moto>=5\.2\.1,<5\.3"):
        check_moto(version)


def test_the_package_asks_for_the_same_range() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    (moto,) = [requirement for requirement in project["dependencies"] if requirement.startswith("moto[")]
    first, beyond = (".".join(map(str, bound)) for bound in SUPPORTED_MOTO)
    assert moto.endswith(f">={first},<{beyond}")
