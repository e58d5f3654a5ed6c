"""Find an installed Chromium, for the browser tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

__all__ = ["HOW_TO_GET_ONE", "find_chromium"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
HOW_TO_GET_ONE = (
    "Debian, Ubuntu, WSL: apt install chromium · Fedora: dnf install chromium · "
    "macOS: install Chromium or Chrome · elsewhere: set CHROMIUM to its path"
)


def find_chromium() -> Path | None:
    """The program of an installed Chromium or Chrome; the environment variable CHROMIUM decides when set."""
    if named := os.environ.get("CHROMIUM"):
        found = shutil.which(named)
        if found is None:
            raise FileNotFoundError(f"CHROMIUM is set to {named}, which is not a program")
        return Path(found)
    for name in (*NAMES, *MACOS):
        if found := shutil.which(name):
            return Path(found)
    return None
