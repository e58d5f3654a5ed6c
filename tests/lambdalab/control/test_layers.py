"""Layers, and functions that use them."""

from __future__ import annotations

from typing import Any

import pytest

INVALID = (400, "InvalidParameterValueException")
GONE = (404, "ResourceNotFoundException", "The resource you requested does not exist.")


def layer_arn(number: int | None = None, name: str = "shared") -> str:
    arn = f"arn:aws:lambda:us-east-1:123456789012:layer:{name}"
    return f"{arn}:{number}" if number else arn


def publish(api: Any, name: str = "shared", text: str = "x = 1\n", **more: Any) -> dict[str, Any]:
    content = {"ZipFile": api.zip_of({"python/shared.py": text})}
    answer: dict[str, Any] = api("PublishLayerVersion", LayerName=name, Content=content, **more)
    return answer


def test_a_layer_version_is_shown_as_it_was_published(api: Any) -> None:
    answer = publish(
        api,
        Description="helpers",
        LicenseInfo="MIT",
        CompatibleRuntimes=["python3.12"],
        CompatibleArchitectures=["arm64"],
    )
    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    content = answer["Content"]
    assert content["CodeSize"] == len(api.objects.kept["lambda", content["Location"].rpartition("/")[2]])
    assert {name: value for name, value in answer.items() if name != "Content"} == {
        "LayerArn": layer_arn(),
        "LayerVersionArn": layer_arn(1),
        "Version": 1,
        "Description": "helpers",
        "LicenseInfo": "MIT",
        "CreatedDate": "2026-01-01T00:00:00.001+0000",
        "CompatibleRuntimes": ["python3.12"],
        "CompatibleArchitectures": ["arm64"],
    }
    for operation, parameters in (
        ("GetLayerVersion", {"LayerName": "shared", "VersionNumber": 1}),
        ("GetLayerVersion", {"LayerName": layer_arn(), "VersionNumber": 1}),
        ("GetLayerVersionByArn", {"Arn": layer_arn(1)}),
    ):
        shown = api(operation, **parameters)
        del shown["ResponseMetadata"]
        assert shown == answer


def test_numbers_grow_and_are_not_used_again(api: Any) -> None:
    assert [publish(api)["Version"] for _ in range(3)] == [1, 2, 3]
    api("DeleteLayerVersion", LayerName="shared", VersionNumber=3)
    assert publish(api)["Version"] == 4


def test_lists_filter_by_runtime_and_architecture(api: Any) -> None:
    # GIVEN versions for different runtimes, and one for all
    publish(api, CompatibleRuntimes=["python3.12"])
    publish(api, CompatibleRuntimes=["python3.13"], CompatibleArchitectures=["arm64"])
    publish(api, "anything")

    # WHEN layers are listed THEN each shows its latest version that fits
    def listed(**filters: str) -> list[tuple[str, int]]:
        layers = api("ListLayers", **filters)["Layers"]
        return [(layer["LayerName"], layer["LatestMatchingVersion"]["Version"]) for layer in layers]

    assert listed() == [("anything", 1), ("shared", 2)]
    assert listed(CompatibleRuntime="python3.12") == [("anything", 1), ("shared", 1)]
    assert listed(CompatibleArchitecture="x86_64") == [("anything", 1), ("shared", 1)]
    # AND versions come newest first, page by page
    page = api("ListLayerVersions", LayerName="shared", MaxItems=1)
    rest = api("ListLayerVersions", LayerName="shared", Marker=page["NextMarker"])
    assert [version["Version"] for version in page["LayerVersions"] + rest["LayerVersions"]] == [2, 1]
    assert api("ListLayerVersions", LayerName="nobody")["LayerVersions"] == []


def test_what_is_not_there(api: Any) -> None:
    publish(api)
    assert api.refuse("GetLayerVersion", LayerName="shared", VersionNumber=2) == GONE
    assert api.refuse("GetLayerVersion", LayerName="nobody", VersionNumber=1) == GONE
    assert api.refuse("GetLayerVersionByArn", Arn=layer_arn(2)) == GONE
    assert api.refuse("GetLayerVersionByArn", Arn="arn")[1] == "ValidationException"
    message = "Layer Version Cannot be less than 1"
    assert api.refuse("GetLayerVersion", LayerName="shared", VersionNumber=0) == (*INVALID, message)
    assert api.refuse("DeleteLayerVersion", LayerName="shared", VersionNumber=0) == (*INVALID, message)
    api("DeleteLayerVersion", LayerName="shared", VersionNumber=9)


def test_what_cannot_be_published(api: Any) -> None:
    assert api.refuse("PublishLayerVersion", LayerName="shared", Content={"ZipFile": b"no"})[:2] == INVALID
    assert api.refuse("PublishLayerVersion", LayerName="shared", Content={})[:2] == INVALID
    runtimes = api.refuse(
        "PublishLayerVersion", LayerName="shared", Content={"ZipFile": api.package}, CompatibleRuntimes=["cobol"]
    )
    assert (
        "Value '[cobol]' at 'compatibleRuntimes' failed to satisfy constraint: Member must satisfy constraint: ["
        in runtimes[2]
    )
    assert api("ListLayers")["Layers"] == []


class TestFunctionsWithLayers:
    def test_they_are_shown_with_their_size_and_read_by_the_runtime(self, api: Any) -> None:
        size = publish(api)["Content"]["CodeSize"]
        answer = api.create(Layers=[layer_arn(1)])
        assert answer["Layers"] == [{"Arn": layer_arn(1), "CodeSize": size}]
        assert len(api.api.layer_archive(layer_arn(1))) == size

    def test_a_deleted_version_stays_with_functions_that_have_it(self, api: Any) -> None:
        size = publish(api)["Content"]["CodeSize"]
        api.create(Layers=[layer_arn(1)])
        api("DeleteLayerVersion", LayerName="shared", VersionNumber=1)
        assert api("GetFunctionConfiguration", FunctionName="hello")["Layers"][0]["CodeSize"] == size
        assert len(api.api.layer_archive(layer_arn(1))) == size
        # BUT others cannot have it any more
        message = f"Layer version {layer_arn(1)} does not exist."
        assert self.refused(api, [layer_arn(1)]) == (*INVALID, message)

    def test_they_can_be_changed_and_taken_off(self, api: Any) -> None:
        publish(api)
        publish(api)
        api.create(Layers=[layer_arn(1)])
        changed = api("UpdateFunctionConfiguration", FunctionName="hello", Layers=[layer_arn(2)])
        assert [layer["Arn"] for layer in changed["Layers"]] == [layer_arn(2)]
        assert "Layers" not in api("UpdateFunctionConfiguration", FunctionName="hello", Layers=[])

    @staticmethod
    def refused(api: Any, layers: list[str]) -> tuple[int, str, str]:
        error: tuple[int, str, str] = api.refuse(
            "CreateFunction",
            FunctionName="other",
            Runtime="python3.12",
            Handler="a.b",
            Role=api.role,
            Code={"ZipFile": api.package},
            Layers=layers,
        )
        return error

    def test_what_is_refused(self, api: Any) -> None:
        for _ in range(2):
            publish(api)
        many = [layer_arn(1, f"l{number}") for number in range(6)]
        assert self.refused(api, many) == (*INVALID, "Cannot reference more than 5 layers.")
        assert self.refused(api, [layer_arn(7)]) == (*INVALID, f"Layer version {layer_arn(7)} does not exist.")
        assert self.refused(api, [layer_arn(1), layer_arn(2)]) == (
            *INVALID,
            (
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{layer_arn(1)} and {layer_arn(2)} are versions of the same layer."
            ),
        )
        elsewhere = layer_arn(1).replace("us-east-1", "eu-west-1")
        assert self.refused(api, [elsewhere]) == (
            *INVALID,
            "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.",
        )
        assert self.refused(api, [layer_arn(1).replace("123456789012", "999999999999")])[1] == "NotEmulatedException"
        assert self.refused(api, ["shared"])[1] == "ValidationException"

    def test_code_and_layers_have_a_common_limit(self, api: Any) -> None:
        content = {"ZipFile": api.zip_of({f"{n}.bin": bytes(60_000_000) for n in range(4)})}
        api("PublishLayerVersion", LayerName="shared", Content=content)
        api.create("small", Layers=[layer_arn(1)])
        large = {"ZipFile": api.zip_of({"a.bin": bytes(30_000_000)})}
        status, code, message = api.refuse(
            "CreateFunction",
            FunctionName="hello",
            Runtime="python3.12",
            Handler="a.b",
            Role=api.role,
            Code=large,
            Layers=[layer_arn(1)],
        )
        assert (status, code) == INVALID
        assert message == (
            "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
            "The actual size is 270000000 bytes."
        )


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("AddLayerVersionPermission", {"StatementId": "s", "Action": "lambda:GetLayerVersion", "Principal": "*"}),
        ("GetLayerVersionPolicy", {}),
        ("RemoveLayerVersionPermission", {"StatementId": "s"}),
    ],
)
def test_sharing_layers_is_not_emulated(api: Any, operation: str, more: dict[str, str]) -> None:
    error = api.refuse(operation, LayerName="shared", VersionNumber=1, **more)
    assert error[:2] == (501, "NotEmulatedException")
