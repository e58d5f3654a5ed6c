"""What `make` may end with, by whose turn it is.

::

    Failure               the message says what failed and what to do; no traceback is shown
    ├── LabFailure        a cell of a notebook failed
    ├── SiteFailure       Jupyter Book failed or warned
    ├── MissingPage       the table of contents lists a page that has no source
    └── PortsTaken        no port near the wanted one is free
"""

from __future__ import annotations

__all__ = ["Failure", "LabFailure", "MissingPage", "PortsTaken", "SiteFailure"]


class Failure(Exception):
    """A part of the book could not be made."""


class LabFailure(Failure):
    """A cell of a notebook failed; the message names the notebook and shows the error."""


class SiteFailure(Failure):
    """Jupyter Book failed or warned; the message quotes it."""


class MissingPage(Failure):
    """The table of contents lists a page that has no source."""


class PortsTaken(Failure):
    """No port near the wanted one is free."""
