"""Every exception the classroom raises on purpose.

::

    ClassroomError
    ├── MasterError     a master in ``solutions/`` is not what it should be: the author's to mend
    └── ReleaseError    nbgrader refused to make the student edition
"""

from __future__ import annotations

__all__ = ["ClassroomError", "MasterError", "ReleaseError"]


class ClassroomError(Exception):
    """Root of the tree."""


class MasterError(ClassroomError):
    """A master does not have the form an assignment needs; the message names file and cell."""


class ReleaseError(ClassroomError):
    """nbgrader did not make the student edition; the message is nbgrader's."""
