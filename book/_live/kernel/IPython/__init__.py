# ruff: noqa: N999 – the name of the package it stands for
"""The part of IPython a page may import: ``IPython.display``, and IPython's own pretty printer in ``IPython.lib``."""
