"""The student edition, made from a master through nbgrader's own ``generate_assignment``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat

from classroom.errors import ReleaseError
from classroom.master import read_master
from classroom.nbgrader_command import run_nbgrader

__all__ = ["student_edition"]


def student_edition(master: Path) -> str:
    """The notebook students get, as the text of an ``.ipynb`` file.

    Solutions and hidden tests are gone; cell ids and checksums depend on the master alone.

    Raises
    ------
    MasterError
        The master is not well formed.
    ReleaseError
        nbgrader refuses it.
    """
    name = master.stem
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        source = course / "source" / name
        source.mkdir(parents=True)
        nbformat.write(read_master(master), source / f"{name}.ipynb")
        done = run_nbgrader(course, "generate_assignment", name, "--create")
        released = course / "release" / name / f"{name}.ipynb"
        if done.returncode or not released.exists():
            raise ReleaseError(f"nbgrader does not release {master.name}:\n{done.stderr.strip()}")
        return released.read_text(encoding="utf-8")
