"""The direction of imports, and what may be imported at all."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Absent or of no use in Pyodide; outside the child-process executor they may be imported inside the function that needs
# them. (threading and signal can be imported there, for locks and names.)
PROCESS_MODULES = {
    "ctypes",
    "fcntl",
    "multiprocessing",
    "pty",
    "resource",
    "socket",
    "socketserver",
    "subprocess",
}
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=tree, capture_output=True, text=True, check=False)


def test_rooms_import_downward_only(root: Path) -> None:
    # GIVEN the engine as it is, WHEN its imports are held against the contracts in pyproject.toml
    outcome = lint(root)
    # THEN each contract is kept
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("lambdalab/clock.py", "from lambdalab.timeline import Timeline", "Rooms import downward only"),
        ("lambdalab/quotas.py", "import moto.core", "Only moto_seams knows moto"),
        ("lambdalab/timeline.py", "def f():\n    import ipywidgets", "The engine does without Jupyter"),
        ("lambdalab/show/axis.py", "import lambdalab.runtime.executor", "show reads the timeline"),
    ],
)
def test_a_wrong_import_is_caught(root: Path, tmp_path: Path, module: str, line: str, contract: str) -> None:
    # GIVEN a copy of the engine in which one module imports what it must not
    shutil.copytree(root / "lambdalab", tmp_path / "lambdalab", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    # WHEN the contracts are checked
    outcome = lint(tmp_path)
    # THEN the one concerned is broken
    broken = [text for text in outcome.stdout.splitlines() if text.endswith("BROKEN") or " BROKEN " in text]
    assert outcome.returncode == 1
    assert any(text.startswith(contract) for text in broken), outcome.stdout


def at_import_time(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports that happen when the module is imported: not those in functions or under TYPE_CHECKING."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for statement in node.orelse:
                yield from at_import_time(ast.Module([statement], []))
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from at_import_time(node)


def names(node: ast.Import | ast.ImportFrom) -> set[str]:
    modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return {module.partition(".")[0] for module in modules}


def test_the_engine_imports_where_there_are_no_processes(root: Path) -> None:
    # GIVEN every module of the engine outside the child-process executor
    modules = [path for path in (root / "lambdalab").rglob("*.py") if "child_process" not in path.parts]
    # WHEN their module-level imports are read
    found = {
        f"{path.relative_to(root)}:{node.lineno} imports {', '.join(wrong)}"
        for path in modules
        for node in at_import_time(ast.parse(path.read_text(encoding="utf-8")))
        if (wrong := names(node) & PROCESS_MODULES)
    }
    # THEN none needs processes or sockets
    assert found == set()


def test_importing_the_engine_loads_no_course_package() -> None:
    # GIVEN a fresh interpreter with the whole course installed, WHEN the engine is imported
    heavy = ["IPython", "ipykernel", "ipywidgets", "jupyter_client", "matplotlib", "nbformat", "nbgrader", "pytest"]
    program = f"import sys, lambdalab; print([name for name in {heavy} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    # THEN nothing of Jupyter came along
    assert answer.stdout.strip() == "[]"
