"""Open the labs in JupyterLab: ``python -m workshop.lab``. Further arguments go to JupyterLab."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["command"]

ROOT = Path(__file__).resolve().parent.parent


def command(root: Path) -> list[str]:
    """The JupyterLab command for the tree at `root`; a click on a lab (MyST text) opens it as a notebook."""
    first = sorted((root / "notebooks").glob("*.md"))
    start = [f"--LabApp.default_url=/lab/tree/notebooks/{first[0].name}"] if first else []
    settings = root / "workshop" / "jupyterlab" / "settings"
    # In a container the only user may be root; the server listens on loopback.
    root_user = ["--allow-root"] if os.geteuid() == 0 else []
    return [sys.executable, "-m", "jupyterlab", f"--LabApp.app_settings_dir={settings}", *root_user, *start]


def main() -> int:
    """Run JupyterLab until it ends."""
    try:
        return subprocess.run([*command(ROOT), *sys.argv[1:]], cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
