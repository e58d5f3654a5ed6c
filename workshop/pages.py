"""The pages of the book, as its table of contents lists them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbformat
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from sphinx_external_toc.parsing import parse_toc_yaml

from workshop.failures import MissingPage

__all__ = ["TABLE_OF_CONTENTS", "Page", "pages"]

TABLE_OF_CONTENTS = "book/_toc.yml"


@dataclass(frozen=True)
class Page:
    """One entry of the table of contents.

    Attributes
    ----------
    name
        As listed: a path from the top of the tree without suffix.
    path
        The source file.
    notebook
        Whether it has cells to execute.
    """

    name: str
    path: Path
    notebook: bool

    def read(self) -> nbformat.NotebookNode:
        """The page as a notebook without outputs, exactly as the book's builder reads it."""
        text = self.path.read_text(encoding="utf-8")
        if self.path.suffix == ".ipynb":
            notebook: nbformat.NotebookNode = nbformat.reads(text, as_version=4)
            return notebook
        config = MdParserConfig(enable_extensions={"colon_fence"})
        read: nbformat.NotebookNode = read_myst_markdown_notebook(
            text, config=config, add_source_map=True, path=self.path
        )
        return read


def pages(root: Path) -> list[Page]:
    """Every page of the book under `root`, in order. Raises `MissingPage` for one that has no source."""
    found = []
    for name in parse_toc_yaml(root / TABLE_OF_CONTENTS):
        for suffix in (".md", ".ipynb"):
            path = root / f"{name}{suffix}"
            if path.is_file():
                notebook = suffix == ".ipynb" or is_myst_markdown_notebook(path.read_text(encoding="utf-8"))
                found.append(Page(name, path, notebook))
                break
        else:
            raise MissingPage(f"{TABLE_OF_CONTENTS} lists {name}, but there is no {name}.md or {name}.ipynb")
    return found
