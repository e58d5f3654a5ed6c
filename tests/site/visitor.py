"""A reader's browser window, which notes every error and every request that leaves this machine."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

__all__ = ["FLAGS", "Visitor"]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Visitor:
    """A window of its own, with its own storage.

    Attributes
    ----------
    page
        Playwright's page.
    faults
        Errors on the console, exceptions, failed requests, requests to elsewhere.
    """

    def __init__(self, browser: Browser, theme: str, width: int, javascript: bool) -> None:
        self._context = browser.new_context(
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        self.page: Page = self._context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.hostname != "127.0.0.1":
            self.faults.append(f"left loopback: {request.url}")

    def _failed(self, request: Request) -> None:
        # Leaving a page ends what it was still fetching.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} ({request.failure})")

    def go(self, address: str) -> None:
        """Open `address` and wait until it is loaded."""
        self.page.goto(address, wait_until="load")

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, selector: str, steps: int = 60, backwards: bool = False) -> None:
        """Reach the element `selector` names by the Tab key alone."""
        for _ in range(steps):
            if self.page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
                return
            self.press("Shift+Tab" if backwards else "Tab")
        raise AssertionError(f"{selector} is not reached by {steps} presses of Tab")

    def focus_before(self, selector: str) -> None:
        """Put the point where Tab starts just before the element `selector` names."""
        self.page.evaluate(
            """(selector) => {
                const start = document.createElement("span");
                start.tabIndex = -1;
                document.querySelector(selector).before(start);
                start.focus();
            }""",
            selector,
        )

    def overflow(self) -> list[str]:
        """What makes the page wider than the window."""
        found: list[str] = self.page.evaluate(
            """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
                [...document.querySelectorAll("body *")]
                    .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
                    .map((one) => `${one.tagName} ${one.getAttribute("class") ?? ""}`)"""
        )
        return found

    def axe(self, source: str) -> list[str]:
        """What axe-core (its `source`) finds, one line a rule and element."""
        self.page.evaluate(source)
        results: dict[str, Any] = self.page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
            for violation in results["violations"]
            for node in violation["nodes"]
        ]

    def close(self) -> None:
        """Close the window."""
        self._context.close()
