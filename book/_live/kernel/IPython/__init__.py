"""The part of IPython a page may import: ``IPython.display``, and IPython's own pretty printer in ``IPython.lib``."""
