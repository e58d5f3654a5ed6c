"""The page: from the first click on Run to the first Lambda result, in a Chromium that has seen nothing yet."""

from __future__ import annotations

import re
import statistics
import threading
import time

from playwright.sync_api import Browser, Request, expect, sync_playwright

from benchmarks.book import ROOT
from benchmarks.measurement import Figure
from workshop.chromium import find_chromium
from workshop.serving import server

__all__ = ["figures"]

PAGE = "book/lambda-in-ten-minutes.html"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def figures(rounds: int) -> list[Figure]:
    """Three figures, none when there is no Chromium. The book must have been made."""
    chromium = find_chromium()
    if chromium is None:
        print("no Chromium: the page is not measured")
        return []
    serving = server(ROOT / "_build" / "html", 8700)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{serving.server_address[1]}/{PAGE}"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
            visits = [_first_result(browser, address) for _ in range(rounds)]
            browser.close()
    finally:
        serving.shutdown()
        serving.server_close()
    seconds, before, after = (statistics.median(column) for column in zip(*visits, strict=True))
    return [
        Figure("click → first Lambda result in the page, cold", seconds, "s", None, "", 4.5),
        Figure("fetched for it", after / 1e6, "MB", None, "", 13),
        Figure("fetched of it before the click", before / 1e6, "MB", None, "", 0.05),
    ]


def _first_result(browser: Browser, address: str) -> tuple[float, int, int]:
    """Seconds, and bytes of the runner before and after the click. A new context: empty caches."""
    context = browser.new_context()
    page = context.new_page()
    fetched: list[Request] = []
    context.on("requestfinished", lambda request: fetched.append(request))
    page.goto(address, wait_until="networkidle")
    before = _runner_bytes(fetched)
    cell = page.locator(".live-cell").nth(3)  # calls the function; the three cells above it run first
    started = time.perf_counter()
    cell.get_by_role("button", name="Run").click()
    expect(cell).to_have_attribute("data-live", re.compile("done|failed"), timeout=120_000)
    seconds = time.perf_counter() - started
    if cell.get_attribute("data-live") != "done":
        raise RuntimeError(f"the cell failed in the page:\n{cell.inner_text()}")
    after = _runner_bytes(fetched)
    context.close()
    return seconds, before, after


def _runner_bytes(requests: list[Request]) -> int:
    return sum(request.sizes()["responseBodySize"] for request in requests if "/_live/" in request.url)
