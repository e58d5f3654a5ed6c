"""A small Sphinx project with the facts extension and facts of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import yaml
from bs4 import BeautifulSoup

EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"
CLAIMS = [
    {
        "id": "C001",
        "topic": "async",
        "where": ["000: L3"],
        "claim": "A failed event is retried at once",
        "verdict": "wrong",
        "correction": "It waits a minute",
        "evidence": ["The guide: one minute", "A recording"],
        "checked": "2026-11-21",
        "demonstration": "let it fail",
    },
    {
        "id": "C002",
        "topic": "pricing",
        "where": ["000: L9"],
        "claim": "The first million requests are free",
        "verdict": "correct",
        "correction": "Correct",
        "evidence": ["The pricing page"],
        "checked": "2026-11-22",
    },
    {
        "id": "C003",
        "topic": "pricing",
        "where": ["000: L10"],
        "claim": "Fargate bills per hour",
        "verdict": "unverifiable",
        "correction": "It may bill per second",
        "evidence": ["No source found"],
        "checked": "2026-11-22",
    },
]
QUOTAS = [
    {
        "name": "memory_max",
        "value": 10240,
        "unit": "MB",
        "note": "for <most> functions",
        "adjustable": False,
        "since": "Dec 2020",
        "source": "The guide",
        "checked": "2026-11-21",
    },
    {
        "name": "event_age",
        "minimum": 60,
        "maximum": 21600,
        "default": 21600,
        "unit": "s",
        "adjustable": True,
        "adjustable_note": "per function",
        "since": None,
        "source": "The service model",
        "checked": "2026-11-21",
    },
]
COVERAGE = {
    "topics": {"async": "Asynchronous invocation", "pricing": "What it costs"},
    "chapters": {"cost": "Cost"},
    "seeds": [{"number": "000", "title": "Cards", "unit": "cards", "items": 2, "fingerprint": "0" * 64}],
    "items": [
        {"id": "000-01", "line": 1, "title": "Retries", "topic": "async", "fingerprint": "0" * 12}
        | {"treated": ["chapter#how-it-retries"]},
        {"id": "000-02", "line": 8, "title": "Prices", "topic": "pricing", "fingerprint": "1" * 12}
        | {"treated": ["chapter"], "coming": "cost"},
    ],
}
PAGES = {
    "index.md": """\
        # Home

        ```{toctree}
        chapter
        errata
        numbers
        coverage
        ```
        """,
    "chapter.md": """\
        # The chapter

        At most {quota}`memory_max`, that is {quota}`memory_max in GB`; kept for {quota}`event_age.default in hours`.

        ## How it retries

        :::{myth} C001
        Look at the *clock*.
        :::

        :::{claim} C002
        :::
        """,
    "errata.md": "# Errata\n\n:::{errata}\n:::\n",
    "numbers.md": "# Numbers\n\n:::{numbers}\n:::\n",
    "coverage.md": "# Coverage\n\n:::{coverage}\n:::\n",
}


class Book:
    """A small Sphinx project with the facts extension and facts of its own."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self.out = folder / "html"
        self.facts = folder / "facts"
        for path in (self.source, self.facts):
            path.mkdir()
        self.write_facts("claims", CLAIMS)
        self.write_facts("quotas", QUOTAS)
        self.write_facts("coverage", COVERAGE)
        (self.source / "conf.py").write_text(
            f"import sys\nsys.path.insert(0, {str(EXTENSIONS)!r})\n"
            "extensions = ['myst_parser', 'facts']\nmyst_enable_extensions = ['colon_fence']\n"
            f"html_theme = 'basic'\nfacts_folder = {str(self.facts)!r}\n"
        )
        for name, text in PAGES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.source / name).write_text(dedent(text))

    def write_facts(self, name: str, data: object) -> None:
        (self.facts / f"{name}.yaml").write_text(yaml.safe_dump(data))

    def build(self, builder: str = "html") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sphinx", "-W", "-b", builder, str(self.source), str(self.out)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def page(self, name: str) -> BeautifulSoup:
        return BeautifulSoup((self.out / f"{name}.html").read_text(), "html.parser")
