"""An nbgrader course with the assignments of this book."""

from __future__ import annotations

from pathlib import Path

import nbformat

from classroom.errors import ClassroomError
from classroom.master import masters, read_master

__all__ = ["CONFIGURATION", "make_course"]

CONFIGURATION = """\
# Settings of the course. Commands run in this folder find them.
config = get_config()
config.CourseDirectory.course_id = "lambda"
# A loop without end in a submission ends after two minutes; all other tests are still graded.
config.ExecutePreprocessor.timeout = 120
config.ExecutePreprocessor.interrupt_on_timeout = True
"""


def make_course(solutions: Path, course: Path) -> list[str]:
    """Put every master into ``source/`` of a new course folder; the names of the assignments.

    Raises
    ------
    ClassroomError
        The folder has a course already. Nothing is changed then.
    MasterError
        A master is not well formed. Nothing is written then.
    """
    settings = course / "nbgrader_config.py"
    if settings.exists():
        raise ClassroomError(f"{course} holds a course already ({settings.name} is there); name another folder")
    notebooks = {path.stem: read_master(path) for path in masters(solutions)}
    for name, notebook in notebooks.items():
        folder = course / "source" / name
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    settings.write_text(CONFIGURATION, encoding="utf-8")  # last: its presence says that the course is whole
    return list(notebooks)
