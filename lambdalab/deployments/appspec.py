"""The AppSpec file of a Lambda deployment: which alias moves from which version to which, and who validates it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

__all__ = ["HOOKS", "AppSpec", "AppSpecFault", "read_appspec"]

HOOKS = ("BeforeAllowTraffic", "AfterAllowTraffic")
_PROPERTIES = ("Name", "Alias", "CurrentVersion", "TargetVersion")


class AppSpecFault(Exception):
    """The file is not one, or lacks something; the text says what."""


@dataclass(frozen=True, slots=True)
class AppSpec:
    """What the file asks for. ``hooks`` maps lifecycle events to names or ARNs of functions."""

    function: str
    alias: str
    current_version: str
    target_version: str
    hooks: dict[str, str] = field(default_factory=dict)


def read_appspec(content: str) -> AppSpec:
    """Read an AppSpec file in JSON or YAML.

    Raises
    ------
    AppSpecFault
        It says what is wrong.
    """
    document = _document(content)
    if not isinstance(document, dict):
        raise AppSpecFault("The AppSpec file is neither a JSON nor a YAML mapping.")
    if str(document.get("version")) != "0.0":
        raise AppSpecFault("The version of the AppSpec file must be 0.0.")
    properties = _properties(_entries(document, "Resources", "resources"))
    hooks: dict[str, str] = {}
    for event, function in _entries(document, "Hooks", "hooks"):
        if event not in HOOKS:
            raise AppSpecFault(f"The hook {event} is not one of {' and '.join(HOOKS)}.")
        if event in hooks or not isinstance(function, str) or not function:
            raise AppSpecFault(f"The hook {event} must name one Lambda function.")
        hooks[event] = function
    function, alias, current, target = (str(properties[name]) for name in _PROPERTIES)
    return AppSpec(function, alias, current, target, hooks)


def _document(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        pass  # then it is YAML or nothing
    import yaml  # comes with moto; importing it takes longer than all of this room

    try:
        return yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise AppSpecFault(f"The AppSpec file cannot be read: {error}") from None


def _entries(document: dict[str, Any], *names: str) -> list[tuple[str, Any]]:
    """The section's items, which stand in a list of mappings with one key each, or in one mapping."""
    section: Any = next((document[name] for name in names if document.get(name)), [])
    mappings = section if isinstance(section, list) else [section]
    if not all(isinstance(mapping, dict) for mapping in mappings):
        raise AppSpecFault(f"The section {names[0]} must be a list of mappings.")
    return [(str(key), value) for mapping in mappings for key, value in mapping.items()]


def _properties(resources: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(resources) != 1:
        raise AppSpecFault("The section Resources must hold exactly one Lambda function.")
    name, resource = resources[0]
    if not isinstance(resource, dict) or resource.get("Type", resource.get("type")) != "AWS::Lambda::Function":
        raise AppSpecFault(f"The resource {name} must be of type AWS::Lambda::Function.")
    given = resource.get("Properties", resource.get("properties"))
    properties = {key[:1].upper() + key[1:]: value for key, value in given.items()} if isinstance(given, dict) else {}
    missing = [name for name in _PROPERTIES if properties.get(name) in (None, "")]
    if missing:
        raise AppSpecFault(f"The properties of {name} lack {', '.join(missing)}.")
    return properties
