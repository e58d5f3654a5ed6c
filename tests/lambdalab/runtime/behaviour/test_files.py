"""The file system of an execution environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Handler = Callable[..., str]


def test_files_of_the_package_are_in_var_task(environment: Any, handler: Handler) -> None:
    # GIVEN a package with a data file
    made = environment(
        {
            "lambda_function.py": handler(
                """
                here = pathlib.Path(__file__).parent
                return [
                    __file__,
                    os.getcwd(),
                    open('data/config.json').read(),
                    (here / 'data' / 'config.json').read_text(),
                    sorted(os.listdir('/var/task')),
                    os.environ['LAMBDA_TASK_ROOT'],
                    importlib.resources.files('data').joinpath('config.json').read_text(),
                    os.path.realpath('data/../data/config.json'),
                    pkgutil.get_data('data', 'config.json').decode(),
                ]
                """,
                "import importlib.resources, os, pathlib, pkgutil\n",
            ),
            "data/config.json": "{}",
            "data/__init__.py": "",
        }
    )
    # WHEN it looks for them THEN they are where AWS puts them
    assert made.answer() == [
        "/var/task/lambda_function.py",
        "/var/task",
        "{}",
        "{}",
        ["data", "lambda_function.py"],
        "/var/task",
        "{}",
        "/var/task/data/config.json",
        "{}",
    ]


@pytest.mark.parametrize(
    "action",
    [
        "open('/var/task/new', 'w')",
        "open('lambda_function.py', 'a')",
        "pathlib.Path('/var/task/new').write_text('x')",
        "os.mkdir('/var/task/folder')",
        "os.remove('/var/task/lambda_function.py')",
        "os.rename('/var/task/lambda_function.py', '/tmp/x')",
        "open('/opt/new', 'w')",
    ],
)
def test_files_outside_tmp_are_read_only(environment: Any, action: str, handler: Handler) -> None:
    # GIVEN a handler that writes where it may not WHEN it is invoked THEN the file system refuses
    error = environment(handler(action, "import os, pathlib")).error()
    assert error["errorType"] == "OSError"
    assert error["errorMessage"].startswith("[Errno 30] Read-only file system: ")


def test_files_in_tmp_by_every_road(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that uses /tmp in all the usual ways
    made = environment(
        handler(
            """
            os.makedirs('/tmp/a/b', exist_ok=True)
            with open('/tmp/a/b/one.txt', 'w') as file:
                file.write('one')
            pathlib.Path('/tmp/a/two.bin').write_bytes(b'two')
            shutil.copy('/tmp/a/b/one.txt', '/tmp/a/three.txt')
            os.rename('/tmp/a/three.txt', '/tmp/a/four.txt')
            os.chdir('/tmp/a')
            relative = open('b/one.txt').read()
            with zipfile.ZipFile('/tmp/all.zip', 'w') as archive:
                archive.write('/tmp/a/four.txt', 'four.txt')
            shutil.unpack_archive('/tmp/all.zip', '/tmp/unpacked')
            walked = sorted(os.path.join(top, name) for top, _, names in os.walk('/tmp') for name in names)
            with tempfile.NamedTemporaryFile() as temporary:
                in_tmp = temporary.name.startswith('/tmp/') and os.path.exists(temporary.name)
            with tempfile.TemporaryDirectory() as folder:
                in_tmp = in_tmp and folder.startswith('/tmp/') and pathlib.Path(folder).is_dir()
            found = sorted(str(path) for path in pathlib.Path('/tmp').rglob('*.txt'))
            scanned = sorted(entry.path for entry in os.scandir('/tmp/a'))
            os.symlink('/tmp/a/four.txt', '/tmp/link')
            linked = [os.readlink('/tmp/link'), open('/tmp/link').read()]
            descriptor = os.open('/tmp/raw', os.O_CREAT | os.O_WRONLY)
            os.write(descriptor, b'raw')
            os.close(descriptor)
            raw = open('/tmp/raw', 'rb')
            raw_name, raw_text = raw.name, raw.read().decode()
            raw.close()
            shutil.rmtree('/tmp/a')
            return [relative, walked, in_tmp, found, scanned, linked, raw_name, raw_text, os.path.exists('/tmp/a'),
                    os.getcwd(), tempfile.gettempdir(), os.path.getsize('/tmp/raw')]
            """,
            "import os, pathlib, shutil, tempfile, zipfile",
        )
    )
    # WHEN it is invoked THEN all of it works and shows paths of AWS only
    assert made.answer() == [
        "one",
        ["/tmp/a/b/one.txt", "/tmp/a/four.txt", "/tmp/a/two.bin", "/tmp/all.zip", "/tmp/unpacked/four.txt"],
        True,
        ["/tmp/a/b/one.txt", "/tmp/a/four.txt", "/tmp/unpacked/four.txt"],
        ["/tmp/a/b", "/tmp/a/four.txt", "/tmp/a/two.bin"],
        ["/tmp/a/four.txt", "one"],
        "/tmp/raw",
        "raw",
        False,
        "/tmp/a",
        "/tmp",
        3,
    ]


def test_files_that_are_missing_are_named_as_the_handler_wrote_them(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that opens what is not there
    made = environment(handler("open('/tmp/not/there')"))
    # WHEN it is invoked THEN the message names no folder of this machine
    error = made.error()
    assert error["errorType"] == "FileNotFoundError"
    assert error["errorMessage"] == "[Errno 2] No such file or directory: '/tmp/not/there'"
    assert len(error["stackTrace"]) == 1


def test_files_are_flushed_when_nobody_holds_them(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that writes without closing WHEN it reads back THEN it is there
    made = environment(handler("open('/tmp/x', 'w').write('kept')\nreturn open('/tmp/x').read()"))
    assert made.answer() == "kept"


def test_files_in_tmp_are_limited_in_size(environment: Any, handler: Handler) -> None:
    # GIVEN a function with ephemeral storage, most of it used (on AWS it is 512 MB at least)
    made = environment(
        handler(
            """
            with open('/tmp/large', 'ab') as file:
                for _ in range(event):
                    file.write(block)
            """,
            "block = bytes(256 * 1024)",
        ),
        ephemeral_storage_mb=8,
    )
    made.answer(30)
    # WHEN it writes more than is left THEN the disk is full
    error = made.error(10)
    assert error["errorType"] == "OSError"
    assert error["errorMessage"].startswith("[Errno 28] No space left on device")


def test_files_of_other_users_of_the_real_tmp_are_not_seen(environment: Any, handler: Handler) -> None:
    # GIVEN a fresh environment WHEN it lists /tmp THEN it is empty, whatever this machine has there
    made = environment(handler("return os.listdir('/tmp')", "import os"))
    assert made.answer() == []
