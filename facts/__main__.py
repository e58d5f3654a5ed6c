"""Write ``lambdalab/quotas.json`` from ``facts/quotas.yaml``: ``python -m facts``.

The engine reads JSON because parsing the YAML would cost more than importing the engine.
``tests/facts`` fails when the two differ.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

__all__ = ["QUOTAS_JSON", "QUOTAS_YAML", "main", "quotas_as_json"]

_ROOT = Path(__file__).resolve().parent.parent
QUOTAS_YAML = _ROOT / "facts" / "quotas.yaml"
QUOTAS_JSON = _ROOT / "lambdalab" / "quotas.json"


def quotas_as_json(text: str) -> str:
    """The text of the JSON file for the text of the YAML file: the same facts, keyed by name."""
    data: dict[str, Any] = yaml.safe_load(text)
    keyed = {quota["name"]: {key: value for key, value in quota.items() if key != "name"} for quota in data["quotas"]}
    return json.dumps({"checked": data["checked"], "quotas": keyed}, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the file."""
    QUOTAS_JSON.write_text(quotas_as_json(QUOTAS_YAML.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
