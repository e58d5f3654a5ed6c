"""``python -m book._bundle``: build the in-page runner into ``_build/live``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from .build import ROOT, build
from .node import NodeFailure


def main() -> int:
    """Build, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m book._bundle", description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "live", help="default: _build/live")
    options = parser.parse_args()
    began = time.perf_counter()

    def say(step: str) -> None:
        print(f"In-page runner: {step} …", flush=True)

    try:
        changed = build(options.output.resolve(), say)
    except NodeFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    manifest = json.loads((options.output / "site" / "manifest.json").read_text(encoding="utf-8"))
    megabytes = sum(file["bytes"] for file in manifest["files"]) / 1e6
    state = f"built in {time.perf_counter() - began:.1f} s" if changed else "unchanged"
    print(f"In-page runner: {state}; {megabytes:.2f} MB for a first visit.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
