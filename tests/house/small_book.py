"""A small book in a folder of its own, for tests of what makes books."""

from __future__ import annotations

from pathlib import Path

__all__ = ["NOTEBOOK", "small_book"]

NOTEBOOK = """---
file_format: mystnb
kernelspec:
  name: python3
---
# {title}

```{{code-cell}} ipython3
{code}
```
"""
CONFIGURATION = """
title: Small
only_build_toc_files: true
execute: {execute_notebooks: cache, cache: _build/.jupyter_cache}
"""


def small_book(folder: Path, notebooks: dict[str, str], text: str = "A sentence.") -> Path:
    """Write a book with an index page and the given notebooks (name → code of its one cell)."""
    folder.joinpath("book").mkdir(parents=True)
    contents = "format: jb-book\nroot: book/index\nchapters:\n" + "".join(
        f"- file: book/{name}\n" for name in notebooks
    )
    folder.joinpath("book/_toc.yml").write_text(contents if notebooks else contents.replace("chapters:\n", ""))
    folder.joinpath("_config.yml").write_text(CONFIGURATION)
    folder.joinpath("requirements.txt").write_text("")
    folder.joinpath("book/index.md").write_text(f"# Small\n\n{text}\n")
    for name, code in notebooks.items():
        folder.joinpath(f"book/{name}.md").write_text(NOTEBOOK.format(title=name.title(), code=code))
    return folder
