"""Draw the README's picture from the README's own program: ``python -m workshop.picture``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

__all__ = ["PICTURE", "code_blocks", "draw"]

ROOT = Path(__file__).resolve().parent.parent
PICTURE = "book/_images/timeline.svg"
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def code_blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of `text` in `language`, in order."""
    return [block["code"] for block in BLOCK.finditer(text) if block["language"] == language]


def draw(root: Path) -> str:
    """Run the README's program and give its timeline as SVG."""
    (program,) = code_blocks((root / "README.md").read_text(encoding="utf-8"), "python")
    drawn: list[str] = []
    # The program prints its timeline; here, printing is drawing.
    names: dict[str, Any] = {"print": lambda timeline: drawn.append(timeline.svg())}
    exec(compile(program, "README.md", "exec"), names)
    return drawn[0]


if __name__ == "__main__":
    (ROOT / PICTURE).write_text(draw(ROOT), encoding="utf-8")
    print(f"Drew {PICTURE}.")
