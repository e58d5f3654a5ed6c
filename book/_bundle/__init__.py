"""Builds what the page runs: Pyodide, its standard library, boto3, moto and lambdalab, small enough to download.

``python -m book._bundle`` writes everything to ``_build/live``. See ``book/_live/README.md``.
"""

from .build import build
from .node import NodeFailure

__all__ = ["NodeFailure", "build"]
