"""Deployment packages on disk."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest

from lambdalab.errors import PackagingError
from lambdalab.runtime.child_process.package_directory import PackageDirectory


def archive(members: dict[str, tuple[bytes, int]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name, (content, mode) in members.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            opened.writestr(member, content)
    return made.getvalue()


def test_files_folders_links_and_modes(tmp_path: Path) -> None:
    # GIVEN a package with a program, a file without a mode, a folder and a link
    packed = archive(
        {
            "bootstrap": (b"#!/bin/sh\n", 0o100755),
            "data/plain.txt": (b"text", 0),
            "empty/": (b"", 0o40755),
            "latest": (b"data/plain.txt", stat.S_IFLNK | 0o777),
            "lambda_function.py": (b"from boto3 import client\n", 0o100644),
        }
    )
    # WHEN it is unpacked
    package = PackageDirectory(tmp_path).unpacked([packed])
    # THEN all is there, nothing can be written, and what the engine asks of a package is known
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in package.folder.iterdir() if path.is_file()}
    assert modes == {"bootstrap": 0o555, "latest": 0o444, "lambda_function.py": 0o444}
    assert os.readlink(package.folder / "latest") == "data/plain.txt"
    assert (package.folder / "latest").read_bytes() == b"text"
    assert (package.folder / "empty").is_dir()
    assert (package.imports_sdk, package.size) == (True, len(b"#!/bin/sh\ntextfrom boto3 import client\n"))
    assert package.modules == {"bootstrap", "data", "empty", "latest", "lambda_function"}


def test_later_archives_lie_over_earlier_ones_and_equal_ones_are_shared(tmp_path: Path) -> None:
    # GIVEN two layers with a file in common
    first = archive({"python/a.py": (b"1", 0), "b.txt": (b"1", 0)})
    second = archive({"python/a.py": (b"2", 0), "python/c.py": (b"2", 0)})
    packages = PackageDirectory(tmp_path)
    # WHEN they are unpacked over each other, twice
    package = packages.unpacked([first, second])
    # THEN the later one's file counts, and there is one copy
    assert (package.folder / "python" / "a.py").read_text() == "2"
    assert (package.folder / "b.txt").read_text() == "1"
    assert package.modules == {"python", "b", "a", "c"}
    assert packages.unpacked([bytes(bytearray(first)), second]) is package
    assert packages.unpacked([second, first]) is not package


@pytest.mark.parametrize(
    "members",
    [
        {"../outside": (b"", 0)},
        {"a/../../outside": (b"", 0)},
        {"/outside": (b"", 0)},
        {"link": (b"../../outside", stat.S_IFLNK | 0o777)},
        {"link": (b"/etc/passwd", stat.S_IFLNK | 0o777)},
    ],
)
def test_nothing_leaves_the_folder(tmp_path: Path, members: dict[str, tuple[bytes, int]]) -> None:
    # GIVEN a package with a name or a link that climbs out WHEN it is unpacked THEN it is refused
    with pytest.raises(PackagingError, match="outside"):
        PackageDirectory(tmp_path / "inner").unpacked([archive(members)])
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]
