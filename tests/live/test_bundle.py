"""The builder: what it leaves out, that it makes the same bytes twice, that the result is small."""

from __future__ import annotations

import ast
import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from book._bundle import archive, build
from book._bundle.build import Build
from book._bundle.compiling import without_docstrings
from book._bundle.node import NodeFailure, run_node
from book._bundle.trimming import without_documentation
from tests.live.running import built_runner


@pytest.fixture(scope="module")
def live() -> Path:
    return built_runner()


def part(live: Path, name: str) -> bytes:
    """One part of the build, inflated."""
    manifest = json.loads((live / "site" / "manifest.json").read_text(encoding="utf-8"))
    (url,) = [file["url"] for file in manifest["files"] if file["name"] == name]
    return gzip.decompress((live / "site" / url).read_bytes())


def test_a_first_visit_travels_in_13_megabytes_and_the_manifest_tells_each_file(live: Path) -> None:
    manifest = json.loads((live / "site" / "manifest.json").read_text(encoding="utf-8"))
    sizes = {file["url"]: (live / "site" / file["url"]).stat().st_size for file in manifest["files"]}
    assert sizes == {file["url"]: file["bytes"] for file in manifest["files"]}
    assert sum(sizes.values()) + (live / "site" / manifest["worker"]).stat().st_size < 13_000_000


def test_an_unchanged_build_does_nothing(live: Path) -> None:
    # GIVEN a finished build
    steps: list[str] = []
    # WHEN it is asked for again
    changed = build(live, steps.append)
    # THEN no step runs
    assert not changed
    assert steps == []


def test_the_same_sources_give_the_same_bytes(live: Path, tmp_path: Path) -> None:
    # GIVEN the course's part of a build
    first = part(live, "course")
    # WHEN it is made again elsewhere, in another process of another Python
    again = Build(tmp_path, lambda _: None)._course(live / "node" / "node_modules")
    # THEN nothing differs
    assert again == first


def test_the_bundle_has_the_course_and_its_data_and_no_sources(live: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(part(live, "course"))) as course:
        names = set(course.getnames())
    assert {"lambdalab/__init__.pyc", "lambdalab/quotas.json", "live_kernel/__init__.pyc"} <= names
    # The stand-in, not the compiled package.
    assert "cryptography/hazmat/primitives/_keys.pyc" in names
    with tarfile.open(fileobj=io.BytesIO(part(live, "packages"))) as packages:
        names |= set(packages.getnames())
    assert {"moto/awslambda/models.pyc", "botocore/data/lambda/2015-03-31/service-2.json"} <= names
    assert [name for name in names if name.endswith((".py", ".so"))] == []
    assert not [name for name in names if name.startswith(("moto/glue/", "botocore/data/glue/"))]
    assert not [name for name in names if "rust" in name]


def test_the_standard_library_is_stored_uncompressed_and_compiled(live: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(part(live, "library"))) as library:
        entries = library.infolist()
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert "json/__init__.pyc" in {entry.filename for entry in entries}
    assert not [entry.filename for entry in entries if entry.filename.endswith(".py")]


def test_archives_depend_on_names_and_contents_alone(tmp_path: Path) -> None:
    # GIVEN the same files made in another order, at other times
    for folder, names in (("one", ["a.py", "b/c.py"]), ("two", ["b/c.py", "a.py"])):
        for name in names:
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name, encoding="utf-8")
    (tmp_path / "two" / "a.py").touch()
    # THEN both archives are equal
    for make in (archive.tar_of, archive.zip_of):
        assert make(tmp_path / "one") == make(tmp_path / "two")
    assert archive.compress(b"x") == archive.compress(b"x")


def test_docstrings_go_and_everything_else_stays() -> None:
    source = b'"""Module."""\nX = 1\ndef f():\n    """Function."""\nclass C:\n    """Class."""\n    y = "kept"\n'
    tree = without_docstrings(source, "m.py")
    assert ast.unparse(tree) == "X = 1\n\ndef f():\n    pass\n\nclass C:\n    y = 'kept'"
    # Lines stay true, for tracebacks.
    assert [node.lineno for node in tree.body] == [2, 3, 5]


@pytest.mark.parametrize("word", ["print(__doc__)", "import yacc"])
def test_modules_that_read_their_docstrings_keep_them(word: str) -> None:
    source = f'"""Module."""\n{word}\n'.encode()
    assert ast.unparse(without_docstrings(source, "m.py")).startswith('"""Module."""')


def test_documentation_goes_from_api_models_except_where_botocore_insists() -> None:
    model = {
        "documentation": "text",
        "shapes": {"documentation": {"type": "structure", "documentation": "text"}},
        "clientContextParams": {"Name": {"documentation": "needed"}},
        "list": [{"documentation": "text", "kept": 1}],
    }
    # A member may itself be called "documentation".
    assert without_documentation(model) == {
        "shapes": {"documentation": {"type": "structure"}},
        "clientContextParams": {"Name": {"documentation": "needed"}},
        "list": [{"kept": 1}],
    }


def test_a_program_that_fails_under_node_says_what_it_said(tmp_path: Path) -> None:
    script = tmp_path / "fails.mjs"
    script.write_text("console.error('out of luck'); process.exit(3);", encoding="utf-8")
    with pytest.raises(NodeFailure, match=r"fails\.mjs ended with status 3\nout of luck"):
        run_node(script)
