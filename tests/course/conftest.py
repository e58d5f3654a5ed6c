"""The book's extensions are imported as Sphinx imports them: their folder is on the path."""

from __future__ import annotations

import sys
from pathlib import Path

EXTENSIONS = str(Path(__file__).resolve().parents[2] / "book" / "_ext")
if EXTENSIONS not in sys.path:
    sys.path.append(EXTENSIONS)
