"""What pages show of a terminal was run so: every ``console`` block, against ``lambdalab serve``, with the AWS CLI."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
SHOWN = "http://127.0.0.1:4600"
PAGES = [path for path in sorted((ROOT / "book").glob("*.md")) if BLOCK.search(path.read_text(encoding="utf-8"))]


def commands_of(page: Path) -> list[tuple[str, str]]:
    """Every command of a page's terminal, and what it prints there."""
    found: list[tuple[str, str]] = []
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            found.append((command, printed))
    return found


def test_there_is_a_page_with_a_terminal() -> None:
    assert PAGES


@pytest.mark.aws_cli
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_terminal_says_what_the_page_shows(page: Path, aws_cli: Path, tmp_path: Path) -> None:
    # GIVEN a server as the page starts it, on a port of its own
    server = subprocess.Popen(
        [sys.executable, "-m", "lambdalab", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert server.stdout is not None
        endpoint = server.stdout.readline().split()[4]
        expected = commands_of(page)
        # WHEN the commands are run one after the other in one shell
        mark = "-- end of a command --"
        script = "".join(f"{command}\necho '{mark}'\n" for command, _ in expected).replace(SHOWN, endpoint)
        environment = {
            "PATH": f"{aws_cli.parent}:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_PAGER": "",
        }
        shell = subprocess.run(
            ["bash"], input=script, cwd=tmp_path, env=environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    finally:
        server.terminate()
        server.communicate()
    # THEN each prints what the page shows
    printed = shell.stdout.split(mark + "\n")
    assert len(printed) == len(expected) + 1, shell.stdout
    for (command, shown), said in zip(expected, printed, strict=False):
        assert said.strip() == shown.strip(), command
