"""Makes the copied tree small: the services of the course, their newest API version, no documentation texts."""

from __future__ import annotations

import ast
import gzip
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import selection

__all__ = ["trim"]


def trim(tree: Path) -> None:
    """Trim the site-packages in `tree`, in place."""
    _keep_services(tree)
    _shrink_api_models(tree / "botocore" / "data")
    _keep_aws_partition(tree / "botocore" / "data")
    _keep_managed_policies(tree / "moto" / "iam" / "aws_managed_policies.py")
    _keep_regions(tree / "moto")
    for name in selection.LEFT_OUT:
        _remove(tree / name)
    # requests and botocore open these; the page has no network to verify anything on.
    for name in ("botocore/cacert.pem", "certifi/cacert.pem"):
        (tree / name).touch()


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.iterdir() if path.is_dir())


def _keep_services(tree: Path) -> None:
    kept_by_moto = {*selection.SERVICES.values(), *selection.MOTO_INFRASTRUCTURE}
    for parent, kept in (
        (tree / "botocore" / "data", set(selection.SERVICES)),
        (tree / "boto3" / "data", set(selection.SERVICES)),
        (tree / "moto", kept_by_moto),
    ):
        missing = kept - {folder.name for folder in _folders(parent)} if parent.parent.name != "boto3" else set()
        if missing:
            raise FileNotFoundError(f"{parent} has no {', '.join(sorted(missing))}: correct book/_bundle/selection.py")
        for folder in _folders(parent):
            if folder.name not in kept:
                shutil.rmtree(folder)
    for name in selection.EMPTY_MOTO_SERVICES:
        package = tree / "moto" / name
        package.mkdir()
        for module in ("__init__.py", "models.py"):
            (package / module).write_text('"""Left out of the page."""\n', encoding="utf-8")


def _rewrite_json(path: Path, change: Callable[[Any], Any]) -> None:
    """Apply `change` to a JSON file, gzipped or not, and write it plain and compact."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    path.unlink()
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    plain.write_text(json.dumps(change(json.loads(raw)), separators=(",", ":"), ensure_ascii=False), encoding="utf-8")


def without_documentation(value: Any) -> Any:
    """`value` without documentation texts. Under clientContextParams botocore insists on them."""
    if isinstance(value, dict):
        return {
            key: entry if key == "clientContextParams" else without_documentation(entry)
            for key, entry in value.items()
            if not (key in ("documentation", "documentationUrl") and isinstance(entry, str))
        }
    return [without_documentation(entry) for entry in value] if isinstance(value, list) else value


def _shrink_api_models(data: Path) -> None:
    for service in _folders(data):
        *old, newest = _folders(service)
        for version in old:
            shutil.rmtree(version)
        for path in sorted(newest.iterdir()):
            if path.name.startswith(("examples-", "endpoint-bdd")):
                path.unlink()
            elif ".json" in path.suffixes:
                _rewrite_json(path, without_documentation)


def _keep_aws_partition(data: Path) -> None:
    def aws_only(endpoints: dict[str, Any]) -> dict[str, Any]:
        partitions = [part for part in endpoints["partitions"] if part["partition"] == "aws"]
        for partition in partitions:
            partition["services"] = {
                name: service
                for name, service in partition["services"].items()
                if name in selection.SERVICES or name in _ENDPOINT_NAMES
            }
        return {**endpoints, "partitions": partitions}

    _rewrite_json(data / "endpoints.json", aws_only)


# Endpoint prefixes that differ from the service's name.
_ENDPOINT_NAMES = frozenset({"elasticloadbalancing", "monitoring", "states", "streams.dynamodb", "tagging", "api.ecr"})


def _keep_managed_policies(path: Path) -> None:
    """moto carries all AWS managed policies as one JSON text in a module, 4.8 MB of them."""
    wanted = re.compile("|".join(selection.MANAGED_POLICIES))
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            (target,) = node.targets
            assert isinstance(target, ast.Name)
            policies = json.loads(str(node.value.value))
            kept = {name: policy for name, policy in policies.items() if wanted.search(name)}
            path.write_text(f"{target.id} = {json.dumps(kept, separators=(',', ':'))!r}\n", encoding="utf-8")
            return
    raise ValueError(f"{path} no longer assigns the policies as one text: adapt book/_bundle/trimming.py")


def _keep_regions(moto: Path) -> None:
    """Drop instance types and machine images of other regions."""
    for pattern in (
        "ec2/resources/instance_type_offerings/*/*",
        "ec2/resources/latest_amis/*",
        "ssm/resources/ami-amazon-linux-latest/*",
    ):
        for path in sorted(moto.glob(pattern)):
            if path.is_file() and not any(region in path.name for region in selection.REGIONS):
                path.unlink()
