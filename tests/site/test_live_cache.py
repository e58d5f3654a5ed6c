"""The service worker: the second visit loads nothing, and a new deployment replaces what the old one kept."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.site.live_pages import build_live_pages, run

pytestmark = pytest.mark.browser


@dataclass
class Deployment:
    """A copy of the pages on a server that notes what it is asked for."""

    folder: Path
    address: str
    asked: list[str]

    def runtime_files(self) -> list[str]:
        """The large files asked for since the last call, by their first word."""
        names = sorted(path.rpartition("/")[2].partition("-")[0] for path in self.asked if path.endswith(".packed"))
        self.asked.clear()
        return names


@pytest.fixture
def deployment(root: Path, tmp_path: Path) -> Iterator[Deployment]:
    folder = tmp_path / "site"
    shutil.copytree(build_live_pages(root), folder, ignore=shutil.ignore_patterns(".doctrees", ".jupyter_cache"))
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            asked.append(self.path)

        def end_headers(self) -> None:
            self.send_header("Cache-Control", "no-store")  # so that only the service worker can save a request
            super().end_headers()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Deployment(folder, f"http://127.0.0.1:{server.server_port}/", asked)
    server.shutdown()
    server.server_close()
    thread.join()


def deploy_again(folder: Path) -> None:
    """Put another version of the site into `folder`, which differs in the course's own code."""
    live = folder / "_live"
    manifest = json.loads((live / "manifest.json").read_text(encoding="utf-8"))
    (course,) = [file["url"] for file in manifest["files"] if file["name"] == "course"]
    (live / course).rename(live / "course-000000000000.packed")
    for name in ("live.js", "service-worker.js"):
        text = (live / name).read_text(encoding="utf-8")
        assert course in text
        assert manifest["version"] in text
        text = text.replace(course, "course-000000000000.packed").replace(manifest["version"], "000000000000")
        (live / name).write_text(text, encoding="utf-8")


def kept(page: Page) -> dict[str, list[str]]:
    """What the browser keeps: per cache its files."""
    found: dict[str, list[str]] = page.evaluate(
        """async () => {
            const found = {};
            for (const name of await caches.keys()) {
                const requests = await (await caches.open(name)).keys();
                found[name.split(" ").at(-1)] = requests.map((one) => one.url.split("/").at(-1).split("-")[0]).sort();
            }
            return found;
        }"""
    )
    return found


def test_the_second_visit_loads_nothing_and_a_deployment_only_what_changed(
    browser: Browser, deployment: Deployment
) -> None:
    everything = ["course", "glue", "library", "packages", "python"]
    version = json.loads((deployment.folder / "_live" / "manifest.json").read_text(encoding="utf-8"))["version"]
    context = browser.new_context()
    # GIVEN a first visit
    page = context.new_page()
    page.goto(f"{deployment.address}lambda.html")
    run(page, 1)
    assert deployment.runtime_files() == everything
    assert kept(page) == {version: [*everything, "worker"]}
    # WHEN the reader comes back, THEN the server is asked for no large file
    page.goto(f"{deployment.address}lambda.html")
    run(page, 1)
    assert deployment.runtime_files() == []
    # WHEN the site is deployed again with other code of the course
    deploy_again(deployment.folder)
    page.goto(f"{deployment.address}lambda.html")
    run(page, 1)
    # THEN that is what travels, and the old version's cache is gone
    assert deployment.runtime_files() == ["course"]
    page.wait_for_function("caches.keys().then((names) => names.length === 1)")
    assert kept(page) == {"000000000000": [*everything, "worker"]}
    context.close()
