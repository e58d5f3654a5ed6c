"""botocore's files are read once, and botocore is as it was afterwards."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.session
import pytest
from botocore import loaders

import lambdalab


def test_no_description_is_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN that each file botocore opens is noted
    opened: list[str] = []
    real = loaders._JSON_OPEN_METHODS[".json.gz"]

    def opening(path: Any, *arguments: Any, **options: Any) -> Any:
        opened.append(str(path))
        return real(path, *arguments, **options)

    monkeypatch.setitem(loaders._JSON_OPEN_METHODS, ".json.gz", opening)
    monkeypatch.setattr("lambdalab.moto_seams.service_descriptions._files", {})
    # WHEN sessions of several clouds make clients
    for _ in range(3):
        with lambdalab.start():
            boto3.client("sqs")
            # THEN they can do what any client can
            assert boto3.Session().client("sqs").create_queue(QueueName="q")["QueueUrl"].endswith("/q")
    # AND no file was opened twice
    assert opened
    assert len(opened) == len(set(opened))


def test_a_session_with_a_folder_of_its_own_still_finds_its_services(tmp_path: Any) -> None:
    # GIVEN a service described in a folder of the user's
    service = tmp_path / "weather" / "2026-01-01"
    service.mkdir(parents=True)
    (service / "service-2.json").write_text("{}")
    with lambdalab.start():
        assert "weather" not in boto3.Session().get_available_services()
        session = botocore.session.Session()
        session.set_config_variable("data_path", str(tmp_path))
        # WHEN a session looks there THEN it finds it, and the others still do not
        assert "weather" in session.get_available_services()
        assert "weather" not in boto3.Session().get_available_services()


def test_botocore_is_as_it_was_afterwards() -> None:
    before = loaders.JSONFileLoader.load_file, loaders.Loader.list_available_services
    with lambdalab.start():
        assert loaders.JSONFileLoader.load_file is not before[0]
    assert (loaders.JSONFileLoader.load_file, loaders.Loader.list_available_services) == before
