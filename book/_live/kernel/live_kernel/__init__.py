"""Runs the code cells of a page with a notebook's semantics, in the page's worker and under Node.

Pure Python and free of Pyodide, so that its tests run on any CPython. The outside gives an `emit` function which takes
one output (the shape of a notebook's, as JSON text) at a time.
"""

from live_kernel.assignment import check
from live_kernel.kernel import CellResult, Kernel

__all__ = ["CellResult", "Kernel", "check"]
