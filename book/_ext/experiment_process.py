"""The child process of `experiments.py`: snippets in on stdin, answers out on stdout, both JSON."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

_SEED = 7


def as_json(value: Any) -> Any:
    """`value` in JSON's types: sets sorted, tuples as lists. Raises `TypeError` for what has no such form."""
    if isinstance(value, AbstractSet):
        return sorted(as_json(member) for member in value)
    if isinstance(value, list | tuple):
        return [as_json(member) for member in value]
    if isinstance(value, dict):
        return {str(name): as_json(member) for name, member in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"the last expression gave {value!r}; an answer is a number, string, truth value or list of these")


def picture(value: Any) -> str:
    """The SVG or HTML by which `value` shows itself in a page; a string is taken for that itself."""
    if isinstance(value, str):
        return value
    for method in ("_repr_svg_", "_repr_html_"):
        drawn = getattr(value, method, None)
        if drawn is not None and (shown := drawn()):
            return str(shown)
    raise TypeError(f"{type(value).__name__} shows itself neither as SVG nor as HTML")


def evaluate(source: str, name: str, names: dict[str, Any]) -> Any:
    """Run `source` and give the value of its last expression, None when it ends with a statement."""
    tree = ast.parse(source, name)
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None  # type: ignore[attr-defined]
    exec(compile(tree, name, "exec"), names)
    return eval(compile(last, name, "eval"), names) if last is not None else None


def run(experiment: dict[str, Any]) -> Any:
    """Run one experiment on a fresh cloud in an empty folder."""
    import boto3

    import lambdalab

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), lambdalab.start(seed=_SEED) as cloud:
        client = boto3.client("lambda")

        def deploy(source: str, name: str = "example", **configuration: Any) -> str:
            settings: dict[str, Any] = {
                "Runtime": "python3.12",
                "Handler": "lambda_function.lambda_handler",
                "Role": cloud.execution_role,
                "Code": {"ZipFile": lambdalab.deployment_package({"lambda_function.py": source})},
            }
            client.create_function(FunctionName=name, **{**settings, **configuration})
            return name

        names: dict[str, Any] = {
            "__name__": "experiment",
            "lambdalab": lambdalab,
            "boto3": boto3,
            "json": json,
            "cloud": cloud,
            "client": client,
            "deploy": deploy,
            **experiment["given"],
        }
        evaluate(experiment["setup"], f"{experiment['name']}, setup", names)
        value = evaluate(experiment["source"], experiment["name"], names)
        return picture(value) if experiment["shows"] == "picture" else as_json(value)


def main() -> None:
    """Run what stdin asks for."""
    sys.path.insert(0, str(Path(sys.argv[1])))
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        os.environ[name] = value
    results: list[dict[str, Any]] = []
    for experiment in json.load(sys.stdin):
        # Whatever a snippet or its handler prints must not mix with the answers.
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                results.append({"value": run(experiment)})
            except Exception:
                results.append({"error": traceback.format_exc(limit=-6)})
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
