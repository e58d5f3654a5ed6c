"""Layers: numbered archives that functions share."""

from __future__ import annotations

from typing import Any

from lambdalab.control.call import Call
from lambdalab.control.code import check_storage, read_code
from lambdalab.control.control_plane import ControlPlane, last_modified
from lambdalab.control.pagination import page
from lambdalab.errors import InvalidParameterValueException, NotEmulatedError, ResourceNotFoundException
from lambdalab.functions.layer import Layer, LayerVersion

__all__ = ["Layers"]


def _answer(version: LayerVersion) -> dict[str, Any]:
    runtimes, architectures = version.compatible_runtimes, version.compatible_architectures
    return {
        "LayerVersionArn": version.arn,
        "Version": version.number,
        "Description": version.description,
        "CreatedDate": last_modified(version.created_ns),
        "CompatibleRuntimes": None if runtimes is None else list(runtimes),
        "CompatibleArchitectures": None if architectures is None else list(architectures),
        "LicenseInfo": version.license_info,
    }


def _matches(version: LayerVersion, parameters: dict[str, Any]) -> bool:
    """Whether a version fits the runtime and the architecture asked for; one that names none fits every one."""
    runtime, architecture = parameters.get("CompatibleRuntime"), parameters.get("CompatibleArchitecture")
    return (runtime is None or version.compatible_runtimes is None or runtime in version.compatible_runtimes) and (
        architecture is None
        or version.compatible_architectures is None
        or architecture in version.compatible_architectures
    )


class Layers:
    """Operations on layers."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def _name(self, call: Call, text: str) -> str:
        if not text.startswith("arn:"):
            return text
        _, _, _, region, account, _, name, *_ = text.split(":")
        if (region, account) != (call.region, call.account):
            raise NotEmulatedError(f"the layer {text} of another account or Region: lambdalab does not share layers")
        return name

    def publish_layer_version(self, call: Call) -> dict[str, Any]:
        """A new version; the first one makes the layer."""
        plane, parameters, store = self._plane, call.parameters, self._plane.store(call)
        name = self._name(call, parameters["LayerName"])
        code = read_code(plane, call, parameters["Content"])
        check_storage(store, code)
        layer = store.layers.get(name)
        if layer is None:
            layer = store.layers[name] = Layer(name, f"arn:aws:lambda:{call.region}:{call.account}:layer:{name}")
        number = layer.next_version
        layer.next_version += 1
        runtimes, architectures = parameters.get("CompatibleRuntimes"), parameters.get("CompatibleArchitectures")
        version = LayerVersion(
            arn=f"{layer.arn}:{number}",
            number=number,
            code=code,
            created_ns=plane.clock.time_ns,
            description=parameters.get("Description") or "",
            license_info=parameters.get("LicenseInfo"),
            compatible_runtimes=None if runtimes is None else tuple(runtimes),
            compatible_architectures=None if architectures is None else tuple(architectures),
        )
        layer.versions[number] = version
        return self._with_content(call, layer, version)

    def _with_content(self, call: Call, layer: Layer, version: LayerVersion) -> dict[str, Any]:
        code = version.code
        key = f"{layer.name}-{version.number}"
        location = self._plane.objects.location(call.account, call.region, key, code.archive)
        content = {"Location": location, "CodeSha256": code.sha256, "CodeSize": code.size}
        return {**_answer(version), "LayerArn": layer.arn, "Content": content}

    def get_layer_version(self, call: Call) -> dict[str, Any]:
        """One version by name and number."""
        name = self._name(call, call.parameters["LayerName"])
        return self._shown(call, name, self._number(call))

    def get_layer_version_by_arn(self, call: Call) -> dict[str, Any]:
        """One version by its ARN."""
        arn: str = call.parameters["Arn"]
        if ":::awslayer:" in arn:
            raise NotEmulatedError(f"the layer {arn}: lambdalab has no layers that AWS publishes")
        return self._shown(call, self._name(call, arn), int(arn.rpartition(":")[2]))

    def _shown(self, call: Call, name: str, number: int) -> dict[str, Any]:
        layer = self._plane.store(call).layers.get(name)
        if layer is None or number not in layer.versions:
            raise ResourceNotFoundException("The resource you requested does not exist.")
        return self._with_content(call, layer, layer.versions[number])

    @staticmethod
    def _number(call: Call) -> int:
        number: int = call.parameters["VersionNumber"]
        if number < 1:
            raise InvalidParameterValueException("Layer Version Cannot be less than 1")
        return number

    def list_layers(self, call: Call) -> dict[str, Any]:
        """Layers with their latest version that fits."""
        layers = self._plane.store(call).layers
        found = []
        for name in sorted(layers):
            fitting = [version for version in layers[name].versions.values() if _matches(version, call.parameters)]
            if fitting:
                latest = _answer(fitting[-1])
                found.append({"LayerName": name, "LayerArn": layers[name].arn, "LatestMatchingVersion": latest})
        part, marker = page(found, call.parameters, lambda item: str(item["LayerName"]))
        return {"Layers": part, "NextMarker": marker}

    def list_layer_versions(self, call: Call) -> dict[str, Any]:
        """Versions that fit, the newest first."""
        layer = self._plane.store(call).layers.get(self._name(call, call.parameters["LayerName"]))
        versions = list(layer.versions.values()) if layer else []
        fitting = [version for version in reversed(versions) if _matches(version, call.parameters)]
        part, marker = page(fitting, call.parameters, lambda version: str(version.number))
        return {"LayerVersions": [_answer(version) for version in part], "NextMarker": marker}

    def delete_layer_version(self, call: Call) -> dict[str, Any]:
        """Take a version off; functions that refer to it keep it. Deleting what is not there succeeds."""
        number = self._number(call)
        layer = self._plane.store(call).layers.get(self._name(call, call.parameters["LayerName"]))
        if layer is not None and number in layer.versions:
            layer.deleted[number] = layer.versions.pop(number)
        return {}
