"""Deployment packages: what goes in, where it lands, and the same bytes every time."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from lambdalab import deployment_package
from lambdalab.errors import PackagingError


def names(archive: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(archive)).namelist()


def test_a_file_lands_at_the_root(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "lambda_function.py").write_text("x = 1")
    assert names(deployment_package(tmp_path / "deep" / "lambda_function.py")) == ["lambda_function.py"]


def test_the_contents_of_a_folder_land_at_the_root_without_caches(tmp_path: Path) -> None:
    for name in ("handler.py", "data/table.json", "__pycache__/handler.cpython-311.pyc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert names(deployment_package(tmp_path)) == ["data/table.json", "handler.py"]


def test_equal_contents_give_equal_bytes_whenever_and_in_whatever_order(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1")
    first = deployment_package(file, {"b.py": "y = 2"})
    os.utime(file, (1, 1))
    assert deployment_package({"b.py": "y = 2"}, file) == first


def test_a_script_stays_executable() -> None:
    archive = zipfile.ZipFile(io.BytesIO(deployment_package({"bootstrap": "#!/bin/sh\n", "data.txt": "x"})))
    assert [archive.getinfo(n).external_attr >> 16 & 0o777 for n in ("bootstrap", "data.txt")] == [0o755, 0o644]


@pytest.mark.parametrize("name", ["/etc/passwd", "../x.py", ""])
def test_places_outside_the_package_are_refused(name: str) -> None:
    with pytest.raises(PackagingError, match="not a path inside"):
        deployment_package({name: "x"})


def test_a_missing_file_is_named_with_the_folder_looked_in() -> None:
    with pytest.raises(PackagingError, match=r"'nowhere\.py' does not exist; the current folder is"):
        deployment_package("nowhere.py")


def test_two_contents_for_one_place_are_refused() -> None:
    with pytest.raises(PackagingError, match=r"claim the place 'a\.py'"):
        deployment_package({"a.py": "1"}, {"a.py": "2"})


def test_nothing_is_not_a_package() -> None:
    with pytest.raises(PackagingError, match="at least one"):
        deployment_package()
