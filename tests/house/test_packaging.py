"""What `pip install .` gives: the engine alone."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import lambdalab
from lambdalab.moto_seams.installation import SUPPORTED_MOTO
from tests.house.locks import pins

# Runs a function with every distribution outside the engine's lock out of reach, and prints what came of it.
ENGINE_ALONE = """
import importlib.abc, importlib.metadata, json, re, sys

allowed = set(json.loads(sys.argv[1]))
canonical = lambda name: re.sub(r"[-_.]+", "-", name).lower()
owners = {
    top: {canonical(name) for name in names}
    for top, names in importlib.metadata.packages_distributions().items()
}

class Wall(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        owner = owners.get(name.partition(".")[0])
        if owner and not owner & allowed:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Wall())

import boto3, lambdalab

with lambdalab.start(seed=7) as cloud:
    client = boto3.client("lambda")
    source = "def lambda_handler(event, context): return event['n'] * 2"
    client.create_function(
        FunctionName="double", Runtime="python3.12", Handler="lambda_function.lambda_handler",
        Role=cloud.execution_role, Code={"ZipFile": lambdalab.deployment_package({"lambda_function.py": source})},
    )
    print(client.invoke(FunctionName="double", Payload=b'{"n": 21}')["Payload"].read().decode())
    str(cloud.timeline)
"""


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=root, capture_output=True, check=True)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_the_engine_and_nothing_else(wheel: zipfile.ZipFile, root: Path) -> None:
    # GIVEN the wheel, WHEN its files are compared with the engine's
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    sources = {
        path.relative_to(root).as_posix()
        for path in (root / "lambdalab").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    # THEN they are the same, the quotas included
    assert packed == sources
    assert "lambdalab/quotas.json" in packed


def test_the_wheel_asks_for_boto3_and_moto_only(wheel: zipfile.ZipFile) -> None:
    # GIVEN the wheel's metadata
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = message_from_string(wheel.read(name).decode())
    # WHEN the requirements without an extra are read
    requirements = [Requirement(text) for text in metadata.get_all("Requires-Dist") or []]
    plain = {one.name for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""})}
    # THEN there are two
    assert plain == {"boto3", "moto"}
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "BSD-3-Clause"


def test_the_wheel_registers_the_pytest_fixture(wheel: zipfile.ZipFile) -> None:
    # GIVEN the wheel, WHEN its entry points are read
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    # THEN pytest finds the plugin
    assert "[pytest11]\nlambdalab = lambdalab.pytest_plugin" in wheel.read(name).decode()


def test_a_function_runs_with_the_engines_lock_alone(root: Path, tmp_path: Path) -> None:
    # GIVEN an interpreter that can import nothing but what requirements-engine.txt lists
    allowed = [canonicalize_name(name) for name in pins(root / "requirements-engine.txt")]
    # WHEN a function is created and invoked
    command = [sys.executable, "-c", ENGINE_ALONE, json.dumps([*allowed, "lambdalab"])]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    # THEN it answers
    assert answer.stdout == "42\n", answer.stderr


def test_the_package_and_the_engine_name_one_range_of_moto(root: Path) -> None:
    # GIVEN the requirement of the package and the releases the engine accepts
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (moto,) = (one for one in map(Requirement, project["dependencies"]) if one.name == "moto")
    first, beyond = (".".join(map(str, release)) for release in SUPPORTED_MOTO)
    # WHEN they are compared, THEN pip installs what start() accepts, and nothing else
    assert moto.specifier == SpecifierSet(f">={first},<{beyond}")
    # AND the package's version is the one the engine tells
    assert project["version"] == lambdalab.__version__
