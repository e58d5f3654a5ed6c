"""A small book for the tests of the in-page runner, in the frame of the real one."""

import sys
from pathlib import Path

BOOK = Path(__file__).resolve().parents[3] / "book"
sys.path.insert(0, str(BOOK / "_ext"))

extensions = ["myst_nb", "furniture", "offline", "live", "homework"]
html_theme = "sphinx_book_theme"
templates_path = [str(BOOK / "_templates")]
html_static_path = [str(BOOK / "_static")]
html_theme_options = {
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_use_index = False
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
nb_merge_streams = True
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["myst.header"]
homework_masters = str(Path(__file__).resolve().parent / "masters")
exclude_patterns = ["masters"]
