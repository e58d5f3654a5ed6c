"""Notebooks to download or to open on Colab, beside the built pages: ``.ipynb`` without outputs."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import nbformat

from workshop.pages import pages

__all__ = ["write_downloads"]

# Links to open the notebook elsewhere make no sense once it is open there.
START = re.compile(r"^:::\{start\}\n(?:.*\n)*?:::\n?", re.MULTILINE)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
INSTALL = """# Once, where lambdalab is not installed yet (on Colab, for example).
%pip install --quiet "lambdalab[notebook] @ git+https://github.com/{repository}"
"""


def write_downloads(root: Path, site: Path, repository: str = "") -> None:
    """Write ``_sources/<page>.ipynb`` into `site` for every page with cells.

    With `repository` ("owner/name" on GitHub) the first cell installs the engine from there.
    """
    for page in pages(root):
        if not page.notebook:
            continue
        notebook = page.read()
        notebook.metadata = nbformat.from_dict(METADATA)
        if repository:
            notebook.cells.insert(0, nbformat.v4.new_code_cell(INSTALL.format(repository=repository).rstrip()))
        for number, cell in enumerate(notebook.cells):
            # jupytext draws ids at random; the same page must give the same file.
            cell["id"] = hashlib.sha256(f"{page.name}/{number}".encode()).hexdigest()[:8]
            if cell.cell_type == "markdown":
                cell["source"] = START.sub("", cell["source"]).rstrip()
            else:
                cell["outputs"], cell["execution_count"] = [], None
        target = site / "_sources" / f"{page.name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8")
