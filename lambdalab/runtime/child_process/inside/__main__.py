"""Start of a Python process: as the zygote, or as one environment."""

import importlib.util
import sys
import types
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]  # lambdalab/


def _package(name: str, folder: Path) -> None:
    """The real package, wherever it is installed: its folder need not be searched for anything else."""
    initial = folder / "__init__.py"
    specification = importlib.util.spec_from_file_location(name, initial, submodule_search_locations=[str(folder)])
    assert specification is not None
    assert specification.loader is not None
    package = importlib.util.module_from_spec(specification)
    sys.modules[name] = package
    specification.loader.exec_module(package)


def _hollow_package(name: str, folder: Path) -> None:
    """A package without what its ``__init__`` brings: a function's process is no engine."""
    package = types.ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


_package("lambdalab", _ROOT)
_package("lambdalab.runtime", _ROOT / "runtime")
_hollow_package("lambdalab.runtime.in_process", _ROOT / "runtime" / "in_process")
_hollow_package("lambdalab.runtime.child_process", _ROOT / "runtime" / "child_process")

from lambdalab.runtime.child_process.inside import launch, zygote  # noqa: E402

if sys.argv[1] == "zygote":
    zygote.serve(int(sys.argv[2]))
else:
    launch.launch_from_standard_input()
