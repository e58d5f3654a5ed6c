"""Write ``lambdalab/quotas.json`` from ``facts/quotas.yaml``.

``python facts/write_quotas.py`` writes it; with ``--check`` it only says whether the file is in step
(exit status 1: it is not). The engine reads JSON because YAML's own parser would take longer than the
rest of the engine's import.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

__all__ = ["QUOTAS_JSON", "QUOTAS_YAML", "main", "quotas_as_json"]

QUOTAS_YAML = Path(__file__).resolve().parent / "quotas.yaml"
QUOTAS_JSON = QUOTAS_YAML.parent.parent / "lambdalab" / "quotas.json"


def quotas_as_json(text: str) -> str:
    """The text of the JSON file for the text of the YAML file: the same facts, keyed by name."""
    quotas: list[dict[str, Any]] = yaml.safe_load(text)
    keyed = {quota["name"]: {key: value for key, value in quota.items() if key != "name"} for quota in quotas}
    if len(keyed) != len(quotas):
        raise SystemExit("facts/quotas.yaml: a name occurs twice")
    return json.dumps(keyed, ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with ``--check`` compare it; the answer is the exit status."""
    wanted = quotas_as_json(QUOTAS_YAML.read_text(encoding="utf-8"))
    if arguments == ["--check"]:
        if QUOTAS_JSON.read_text(encoding="utf-8") == wanted:
            return 0
        print("lambdalab/quotas.json is not in step with facts/quotas.yaml: run python facts/write_quotas.py")
        return 1
    if arguments:
        print(__doc__)
        return 2
    QUOTAS_JSON.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
