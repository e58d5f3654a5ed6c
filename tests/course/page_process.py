"""The child process of `test_chapters.py`: cells in on stdin, what a reader would see out on stdout, both JSON."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

SHOWN = ("text/html", "image/svg+xml")


def run(cells: list[str]) -> dict[str, Any]:
    """Run the cells of one page in order, in the working folder, as a kernel would."""
    from IPython.core.interactiveshell import InteractiveShell

    import lambdalab.cloud

    shell = InteractiveShell.instance(colors="NoColor", history_load_length=0)
    shell.history_manager.enabled = False
    printed: list[str] = []
    for number, source in enumerate(cells, 1):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            result = shell.run_cell(source)
        if result.error_before_exec or result.error_in_exec:
            return {"failed": number, "seen": printed, "error": output.getvalue()}
        shown = {} if result.result is None else shell.display_formatter.format(result.result)[0]
        # The words of a result are printed; its pictures are not. Widgets number their models at random: left out.
        printed.append(output.getvalue() + "".join(shown.get(kind, "") for kind in SHOWN))
    return {"failed": None, "seen": printed, "running": lambdalab.cloud.running() is not None}


if __name__ == "__main__":
    answer = run(json.load(sys.stdin))
    json.dump(answer, sys.__stdout__)
