"""Compiles trees of Python to ``.pyc`` files beside their place in the import path, without docstrings if asked.

This module runs inside Pyodide (``compile.mjs`` loads it), because byte code must come from the Python that reads it.
"""

from __future__ import annotations

import ast
import importlib.util
import marshal
import os

__all__ = ["compile_tree", "without_docstrings"]


def without_docstrings(source: bytes, filename: str) -> ast.Module:
    """The syntax tree of `source` without docstrings.

    Left alone: modules that mention ``__doc__`` or ``yacc`` (parsers of the PLY family keep their grammar there).
    """
    tree = ast.parse(source, filename)
    if b"__doc__" in source or b"yacc" in source:
        return tree
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                replacement = ast.copy_location(ast.Pass(), first)
                node.body[:1] = [] if len(node.body) > 1 or isinstance(node, ast.Module) else [replacement]
    return tree


def _file_name(root: str, path: str, installed_at: str) -> str:
    return installed_at + "/" + os.path.relpath(path, root)


def compile_tree(root: str, installed_at: str, keep_docstrings: bool) -> int:
    """Replace every ``.py`` under `root` by a ``.pyc``; the number of modules.

    `installed_at` is the folder the tree will have in the page: tracebacks name it.
    """
    count = 0
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            if not name.endswith(".py"):
                continue
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                source = file.read()
            shown = _file_name(root, path, installed_at)
            tree = ast.parse(source, shown) if keep_docstrings else without_docstrings(source, shown)
            code = compile(tree, shown, "exec", dont_inherit=True, optimize=0)
            # A hash-based file that is never checked: no source lies beside it, and no time enters the bytes.
            header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(source)
            with open(path + "c", "wb") as file:
                file.write(header + marshal.dumps(code))
            os.remove(path)
            count += 1
    return count
