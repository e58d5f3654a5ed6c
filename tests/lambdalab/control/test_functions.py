"""Creating, reading, changing, listing and deleting functions."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

INVALID = (400, "InvalidParameterValueException")


def configuration(api: Any, name: str = "hello", **parameters: Any) -> dict[str, Any]:
    answer: dict[str, Any] = api("GetFunctionConfiguration", FunctionName=name, **parameters)
    return answer


class TestCreate:
    def test_the_answer_shows_the_function_pending_with_aws_s_defaults(self, api: Any) -> None:
        # WHEN a function is created with nothing but what must be given
        answer = api.create()
        # THEN the rest is AWS's default
        digest = base64.b64encode(hashlib.sha256(api.package).digest()).decode()
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 201
        assert answer.pop("RevisionId")
        assert answer == {
            "FunctionName": "hello",
            "FunctionArn": api.arn(),
            "Runtime": "python3.12",
            "Role": api.role,
            "Handler": "lambda_function.lambda_handler",
            "CodeSize": len(api.package),
            "CodeSha256": digest,
            "Description": "",
            "Timeout": 3,
            "MemorySize": 128,
            "LastModified": "2026-01-01T00:00:00.001+0000",
            "Version": "$LATEST",
            "TracingConfig": {"Mode": "PassThrough"},
            "State": "Pending",
            "StateReason": "The function is being created.",
            "StateReasonCode": "Creating",
            "PackageType": "Zip",
            "Architectures": ["x86_64"],
            "EphemeralStorage": {"Size": 512},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/hello"},
        }

    def test_it_is_active_a_moment_later_under_another_revision(self, api: Any) -> None:
        created = api.create()
        settled = configuration(api)
        assert (settled["State"], settled["LastUpdateStatus"]) == ("Active", "Successful")
        assert "StateReason" not in settled
        assert settled["RevisionId"] != created["RevisionId"]
        assert settled["RevisionId"] == configuration(api)["RevisionId"]

    def test_it_is_invocable_at_once(self, make_api: Any) -> None:
        # GIVEN a function that stays Pending for a second
        api = make_api(settles_after_ns=1_000_000_000)
        api.create()
        assert configuration(api)["State"] == "Pending"
        # WHEN it is invoked THEN it runs
        assert api("Invoke", FunctionName="hello")["StatusCode"] == 200

    def test_every_setting_is_kept(self, api: Any) -> None:
        settings = {
            "Description": "all of it",
            "Timeout": 900,
            "MemorySize": 10_240,
            "Environment": {"Variables": {"TABLE": "orders"}},
            "TracingConfig": {"Mode": "Active"},
            "Architectures": ["arm64"],
            "EphemeralStorage": {"Size": 10_240},
            "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:letters"},
            "KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
            "LoggingConfig": {
                "LogFormat": "JSON",
                "ApplicationLogLevel": "DEBUG",
                "SystemLogLevel": "WARN",
                "LogGroup": "shared",
            },
        }
        api.create(**settings, Tags={"team": "blue"})
        answer = api("GetFunction", FunctionName="hello")
        assert {name: answer["Configuration"][name] for name in settings} == settings
        assert answer["Tags"] == {"team": "blue"}

    def test_the_code_can_be_downloaded(self, api: Any) -> None:
        api.create()
        code = api("GetFunction", FunctionName="hello")["Code"]
        assert code["RepositoryType"] == "S3"
        assert api.objects.kept["lambda", code["Location"].rpartition("/")[2]] == api.package

    def test_publish_gives_version_1_under_an_unqualified_arn(self, api: Any) -> None:
        answer = api.create(Publish=True)
        assert (answer["Version"], answer["FunctionArn"]) == ("1", api.arn())
        assert configuration(api, Qualifier="1")["FunctionArn"] == api.arn(qualifier="1")

    def test_code_comes_from_s3(self, api: Any) -> None:
        api.objects.kept["code", "a.zip"] = api.package
        assert api.create(Code={"S3Bucket": "code", "S3Key": "a.zip"})["CodeSize"] == len(api.package)

    def test_a_missing_object_is_s3_s_error_in_lambda_s_words(self, api: Any) -> None:
        with pytest.raises(Exception, match="NoSuchKey"):
            api.create(Code={"S3Bucket": "code", "S3Key": "a.zip"})
        assert not list(api.store())

    def test_a_name_is_taken_once(self, api: Any) -> None:
        api.create()
        taken = api.refuse("CreateFunction", FunctionName="hello", Role=api.role, Code={"ZipFile": api.package})
        assert taken == (409, "ResourceConflictException", "Function already exist: hello")

    def test_a_name_may_have_64_characters(self, api: Any) -> None:
        api.create("n" * 64)
        status, code, message = api.refuse(
            "CreateFunction", FunctionName="n" * 65, Role=api.role, Code={"ZipFile": api.package}
        )
        assert (status, code) == (400, "ValidationException")
        assert message.endswith(
            "at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64"
        )


def refused(api: Any, **parameters: Any) -> tuple[int, str, str]:
    """The error of a creation that would succeed but for `parameters`; it leaves nothing behind."""
    defaults = {
        "FunctionName": "hello",
        "Runtime": "python3.12",
        "Handler": "lambda_function.lambda_handler",
        "Role": api.role,
        "Code": {"ZipFile": api.package},
    }
    error: tuple[int, str, str] = api.refuse("CreateFunction", **{**defaults, **parameters})
    assert not list(api.store())
    return error


class TestWhatCannotBeCreated:
    def test_without_role_and_code(self, api: Any) -> None:
        assert api.refuse("CreateFunction", FunctionName="hello") == (
            400,
            "ValidationException",
            (
                "2 validation errors detected: "
                "Value null at 'role' failed to satisfy constraint: Member must not be null; "
                "Value null at 'code' failed to satisfy constraint: Member must not be null"
            ),
        )

    def test_a_role_that_is_none(self, api: Any) -> None:
        assert refused(api, Role="r") == (
            400,
            "ValidationException",
            (
                "1 validation error detected: Value 'r' at 'role' failed to satisfy constraint: Member must satisfy "
                r"regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
            ),
        )

    def test_a_role_lambda_may_not_assume(self, api: Any) -> None:
        message = "The role defined for the function cannot be assumed by Lambda."
        assert refused(api, Role=f"{api.role}-stranger") == (*INVALID, message)

    @pytest.mark.parametrize("missing", ["Runtime", "Handler"])
    def test_without_runtime_or_handler(self, api: Any, missing: str) -> None:
        message = "Runtime and Handler are mandatory parameters for functions created with deployment packages."
        parameters = {"Runtime": "python3.12", "Handler": "a.b", "Role": api.role, "Code": {"ZipFile": api.package}}
        del parameters[missing]
        assert api.refuse("CreateFunction", FunctionName="hello", **parameters) == (*INVALID, message)

    def test_an_unknown_runtime(self, api: Any) -> None:
        status, code, message = refused(api, Runtime="python4.0")
        assert (status, code) == INVALID
        assert message.startswith(
            "Value python4.0 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs"
        )
        assert message.endswith("] or be a valid ARN")
        assert "python3.12" in message
        assert "python2.7" not in message

    def test_a_runtime_of_the_past(self, api: Any) -> None:
        assert refused(api, Runtime="python3.7") == (
            *INVALID,
            (
                "The runtime parameter of python3.7 is no longer supported "
                "for creating or updating AWS Lambda functions. "
                "We recommend you use a supported runtime while creating or updating functions."
            ),
        )

    @pytest.mark.parametrize(
        ("parameters", "path", "demand"),
        [
            ({"MemorySize": 127}, "memorySize", "Member must have value greater than or equal to 128"),
            ({"Timeout": 0}, "timeout", "Member must have value greater than or equal to 1"),
            ({"Timeout": 901}, "timeout", "Member must have value less than or equal to 900"),
            ({"EphemeralStorage": {"Size": 511}}, "ephemeralStorage.size", "value greater than or equal to 512"),
            ({"EphemeralStorage": {"Size": 10_241}}, "ephemeralStorage.size", "value less than or equal to 10240"),
            ({"Handler": "h" * 129}, "handler", "Member must have length less than or equal to 128"),
            ({"Handler": "a b"}, "handler", r"Member must satisfy regular expression pattern: [^\s]+"),
            ({"Description": "d" * 257}, "description", "Member must have length less than or equal to 256"),
            ({"TracingConfig": {"Mode": "On"}}, "tracingConfig.mode", "enum value set: [Active, PassThrough]"),
            (
                {"Architectures": ["x86"]},
                "architectures",
                "[Member must satisfy enum value set: [x86_64, arm64], Member",
            ),
            (
                {"Architectures": ["x86_64", "arm64"]},
                "architectures",
                "Member must have length less than or equal to 1",
            ),
            ({"Architectures": []}, "architectures", "Member must have length greater than or equal to 1"),
            ({"LoggingConfig": {"LogFormat": "XML"}}, "loggingConfig.logFormat", "enum value set: [JSON, Text]"),
            ({"Tags": {"": "x"}}, "tags", "Map keys must satisfy constraint: [Member must have length less than or"),
            ({"EphemeralStorage": {}}, "ephemeralStorage.size", "Member must not be null"),
        ],
    )
    def test_values_outside_the_model(self, api: Any, parameters: dict[str, Any], path: str, demand: str) -> None:
        status, code, message = refused(api, **parameters)
        assert (status, code) == (400, "ValidationException")
        assert message.startswith("1 validation error detected: Value ")
        assert f"at '{path}' failed to satisfy constraint: " in message
        assert demand in message

    def test_too_much_memory(self, api: Any) -> None:
        message = "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240"
        assert refused(api, MemorySize=10_241) == (*INVALID, message)

    def test_environment_variables_of_more_than_4_kb(self, api: Any) -> None:
        # GIVEN variables that measure 4,096 bytes as JSON, they are taken
        api.create("fits", Environment={"Variables": {"NAME": "v" * (4096 - len('{"NAME":""}'))}})
        # WHEN there is one byte more THEN the message shows what was measured
        variables = {"NAME": "v" * (4097 - len('{"NAME":""}'))}
        status, code, message = api.refuse(
            "CreateFunction",
            FunctionName="hello",
            Runtime="python3.12",
            Handler="a.b",
            Role=api.role,
            Code={"ZipFile": api.package},
            Environment={"Variables": variables},
        )
        assert (status, code) == INVALID
        assert message == (
            "Lambda was unable to configure your environment variables because the environment variables "
            "you have provided "
            f"exceeded the 4KB limit. String measured: {json.dumps(variables, separators=(',', ':'))}"
        )

    def test_reserved_environment_variables(self, api: Any) -> None:
        variables = {"AWS_REGION": "x", "MINE": "y", "AWS_LAMBDA_RUNTIME_API": "z"}
        assert refused(api, Environment={"Variables": variables}) == (
            *INVALID,
            (
                "Lambda was unable to configure your environment variables because the environment variables "
                "you have provided "
                "contains reserved keys that are currently not supported for modification. "
                "Reserved keys used in this request: AWS_LAMBDA_RUNTIME_API, AWS_REGION"
            ),
        )

    def test_names_of_variables_are_not_shown_when_they_are_wrong(self, api: Any) -> None:
        status, code, message = refused(api, Environment={"Variables": {"9lives": "secret"}})
        assert (status, code) == (400, "ValidationException")
        assert message == (
            "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must "
            "satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, "
            "Member must not be null]"
        )

    def test_log_levels_for_the_text_format(self, api: Any) -> None:
        assert refused(api, LoggingConfig={"ApplicationLogLevel": "DEBUG"}) == (
            *INVALID,
            (
                'LogLevel is not supported when LogFormat is set to "Text". '
                'Remove LogLevel from your request or change the LogFormat to "JSON" and try again.'
            ),
        )

    def test_a_dead_letter_queue_the_role_may_not_write_to(self, api: Any) -> None:
        api.roles.forbidden = {"sqs:SendMessage"}
        target = {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:letters"}
        message = "The provided execution role does not have permissions to call SendMessage on SQS"
        assert refused(api, DeadLetterConfig=target) == (*INVALID, message)

    def test_a_dead_letter_queue_that_is_neither_queue_nor_topic(self, api: Any) -> None:
        status, code, _ = refused(api, DeadLetterConfig={"TargetArn": "arn:aws:s3:::bucket"})
        assert (status, code) == (400, "ValidationException")

    def test_too_many_tags(self, api: Any) -> None:
        tags = {f"t{number}": "" for number in range(51)}
        assert refused(api, Tags=tags) == (*INVALID, "Number of tags exceeds resource tag limit.")

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ({}, "Please provide a source for function code."),
            ({"S3Bucket": "code"}, "Please provide a source for function code."),
            ({"ZipFile": b""}, "Uploaded file must be a non-empty zip"),
            ({"ZipFile": b"no"}, "Could not unzip uploaded file. Please check your file, then try to upload again."),
            (
                {"S3Bucket": "code", "S3Key": "k"},
                (
                    "Error occurred while GetObject. S3 Error Code: NoSuchKey. "
                    "S3 Error Message: The specified key does not exist."
                ),
            ),
        ],
    )
    def test_code_that_is_none(self, api: Any, code: dict[str, Any], message: str) -> None:
        assert refused(api, Code=code) == (*INVALID, message)

    def test_code_from_two_sources(self, api: Any) -> None:
        message = "Please do not provide other FunctionCode parameters when providing a ZipFile."
        code = {"ZipFile": api.package, "S3Bucket": "code", "S3Key": "k"}
        assert refused(api, Code=code) == (*INVALID, message)

    def test_an_archive_without_files_or_with_damaged_ones(self, api: Any) -> None:
        assert refused(api, Code={"ZipFile": api.zip_of({})}) == (*INVALID, "Uploaded file must be a non-empty zip")
        archive = bytearray(api.zip_of({"a.py": "x = 1\n" * 50}))
        archive[40] ^= 0xFF
        status, code, message = refused(api, Code={"ZipFile": bytes(archive)})
        assert (status, code) == INVALID
        assert message.startswith("Could not unzip uploaded file.")

    def test_an_archive_that_is_too_large_unpacked(self, api: Any) -> None:
        archive = api.zip_of({f"{n}.bin": bytes(50_000_000) for n in range(6)})
        assert refused(api, Code={"ZipFile": archive}) == (
            *INVALID,
            "Unzipped size must be smaller than 262144000 bytes",
        )

    def test_an_upload_of_more_than_50_mb(self, api: Any) -> None:
        archive = bytes(52_428_801)
        assert refused(api, Code={"ZipFile": archive}) == (*INVALID, "Zipped size must be smaller than 52428800 bytes")

    def test_more_code_than_the_account_may_keep(self, api: Any) -> None:
        api.store().code_storage_limit = len(api.package)
        api.create("first")
        parameters = {"Runtime": "python3.12", "Handler": "a.b", "Role": api.role, "Code": {"ZipFile": api.package}}
        assert api.refuse("CreateFunction", FunctionName="second", **parameters) == (
            400,
            "CodeStorageExceededException",
            "Code storage limit exceeded.",
        )

    @pytest.mark.parametrize(
        ("parameter", "value"),
        [
            ("PackageType", "Image"),
            ("ImageConfig", {"Command": ["x"]}),
            ("VpcConfig", {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}),
            ("SnapStart", {"ApplyOn": "PublishedVersions"}),
            (
                "FileSystemConfigs",
                [
                    {
                        "Arn": "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-00000000000000000",
                        "LocalMountPath": "/mnt/a",
                    }
                ],
            ),
            ("PublishTo", "LATEST_PUBLISHED"),
            ("TenancyConfig", {"TenantIsolationMode": "PER_TENANT"}),
            ("DurableConfig", {"ExecutionTimeout": 5}),
            ("CodeSigningConfigArn", "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-00000000000000000"),
        ],
    )
    def test_what_is_not_emulated_is_refused_by_name(self, api: Any, parameter: str, value: Any) -> None:
        status, code, message = refused(api, **{parameter: value})
        assert (status, code) == (501, "NotEmulatedException")
        assert message.startswith(f"CreateFunction with {parameter}: lambdalab does not emulate ")

    def test_settings_that_ask_for_nothing_are_taken(self, api: Any) -> None:
        api.create(
            PackageType="Zip",
            VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
            SnapStart={"ApplyOn": "None"},
            FileSystemConfigs=[],
            ImageConfig={},
        )


class TestUpdate:
    def test_configuration_merges(self, api: Any) -> None:
        # GIVEN a function
        api.create(Timeout=5, Environment={"Variables": {"AA": "1"}}, Description="old")
        before = configuration(api)
        # WHEN one setting changes
        answer = api("UpdateFunctionConfiguration", FunctionName="hello", MemorySize=256)
        # THEN the others stay, and the update is under way
        assert (answer["MemorySize"], answer["Timeout"], answer["Description"]) == (256, 5, "old")
        assert answer["Environment"] == {"Variables": {"AA": "1"}}
        assert (answer["State"], answer["LastUpdateStatus"]) == ("Active", "InProgress")
        assert answer["LastUpdateStatusReasonCode"] == "Creating"
        assert answer["RevisionId"] != before["RevisionId"]
        assert answer["LastModified"] > before["LastModified"]
        # AND done a moment later, under another revision
        after = configuration(api)
        assert after["LastUpdateStatus"] == "Successful"
        assert after["RevisionId"] != answer["RevisionId"]
        assert "LastUpdateStatusReason" not in after

    def test_environment_is_replaced_as_a_whole_and_can_be_emptied(self, api: Any) -> None:
        api.create(Environment={"Variables": {"AA": "1", "BB": "2"}})
        api("UpdateFunctionConfiguration", FunctionName="hello", Environment={"Variables": {"CC": "3"}})
        assert configuration(api)["Environment"] == {"Variables": {"CC": "3"}}
        api("UpdateFunctionConfiguration", FunctionName="hello", Environment={})
        assert "Environment" not in configuration(api)

    def test_logging_merges_and_levels_go_with_json(self, api: Any) -> None:
        api.create(LoggingConfig={"LogGroup": "shared"})
        api("UpdateFunctionConfiguration", FunctionName="hello", LoggingConfig={"LogFormat": "JSON"})
        json_logging = configuration(api)["LoggingConfig"]
        assert json_logging == {
            "LogFormat": "JSON",
            "ApplicationLogLevel": "INFO",
            "SystemLogLevel": "INFO",
            "LogGroup": "shared",
        }
        api("UpdateFunctionConfiguration", FunctionName="hello", LoggingConfig={"LogFormat": "Text"})
        assert configuration(api)["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "shared"}

    def test_a_dead_letter_queue_can_be_taken_off(self, api: Any) -> None:
        api.create(DeadLetterConfig={"TargetArn": "arn:aws:sns:us-east-1:123456789012:letters"})
        api("UpdateFunctionConfiguration", FunctionName="hello", DeadLetterConfig={"TargetArn": ""})
        assert "DeadLetterConfig" not in configuration(api)

    def test_code_changes_hash_and_retires_environments(self, api: Any) -> None:
        before = api.create()
        configuration(api)
        package = api.zip_of({"lambda_function.py": "x = 2\n"})
        answer = api("UpdateFunctionCode", FunctionName="hello", ZipFile=package, Architectures=["arm64"])
        assert answer["CodeSha256"] != before["CodeSha256"]
        assert (answer["CodeSize"], answer["Architectures"]) == (len(package), ["arm64"])
        assert (answer["LastUpdateStatus"], answer["FunctionArn"]) == ("InProgress", api.arn())
        assert api.invoker.changed == [("hello", "$LATEST")]

    def test_update_and_publish_in_one(self, api: Any) -> None:
        api.create()
        package = api.zip_of({"lambda_function.py": "x = 2\n"})
        answer = api("UpdateFunctionCode", FunctionName="hello", ZipFile=package, Publish=True)
        assert (answer["Version"], answer["FunctionArn"]) == ("1", api.arn(qualifier="1"))

    def test_a_dry_run_shows_the_result_and_changes_nothing(self, api: Any) -> None:
        api.create()
        before = configuration(api)
        package = api.zip_of({"lambda_function.py": "x = 2\n"})
        answer = api("UpdateFunctionCode", FunctionName="hello", ZipFile=package, DryRun=True)
        assert answer["CodeSize"] == len(package)
        after = configuration(api)
        del before["ResponseMetadata"], after["ResponseMetadata"]
        assert before == after
        assert api.invoker.changed == []

    @pytest.mark.parametrize(
        ("operation", "change"),
        [
            ("UpdateFunctionConfiguration", {"Timeout": 9}),
            ("UpdateFunctionCode", {"S3Bucket": "code", "S3Key": "k"}),
            ("PublishVersion", {}),
        ],
    )
    def test_a_stale_revision_is_refused(self, api: Any, operation: str, change: dict[str, Any]) -> None:
        api.objects.kept["code", "k"] = api.zip_of({"lambda_function.py": "x = 2\n"})
        stale = api.create()["RevisionId"]
        current = configuration(api)["RevisionId"]
        assert api.refuse(operation, FunctionName="hello", RevisionId=stale, **change) == (
            412,
            "PreconditionFailedException",
            (
                "The Revision Id provided does not match the latest Revision Id. "
                "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
            ),
        )
        api(operation, FunctionName="hello", RevisionId=current, **change)

    @pytest.mark.parametrize(
        ("operation", "change"),
        [
            ("UpdateFunctionConfiguration", {"Timeout": 9}),
            ("UpdateFunctionCode", {"ZipFile": b""}),
            ("PublishVersion", {}),
        ],
    )
    def test_no_change_while_another_is_under_way(self, make_api: Any, operation: str, change: dict[str, Any]) -> None:
        # GIVEN a function that takes a second to settle
        api = make_api(settles_after_ns=1_000_000_000)
        api.create()
        # WHEN it is changed at once THEN AWS refuses
        refusal = "The operation cannot be performed at this time."
        assert api.refuse(operation, FunctionName="hello", **change) == (
            409,
            "ResourceConflictException",
            f"{refusal} The function is currently in the following state: Pending",
        )
        # AND likewise during an update
        api.scheduler.run_until(api.clock.time_ns + 1_000_000_000)
        api("UpdateFunctionConfiguration", FunctionName="hello", Timeout=7)
        assert api.refuse(operation, FunctionName="hello", **change) == (
            409,
            "ResourceConflictException",
            f"{refusal} An update is in progress for resource: {api.arn()}",
        )

    def test_a_refused_update_changes_nothing(self, api: Any) -> None:
        api.create()
        before = configuration(api)
        api.refuse("UpdateFunctionConfiguration", FunctionName="hello", Timeout=5, Runtime="python3.7")
        api.refuse("UpdateFunctionConfiguration", FunctionName="hello", Timeout=5, Role=f"{api.role}-stranger")
        after = configuration(api)
        del before["ResponseMetadata"], after["ResponseMetadata"]
        assert before == after

    def test_an_image_is_no_code_for_a_zip_function(self, api: Any) -> None:
        api.create()
        configuration(api)
        message = "Please don't provide ImageUri when updating a function with packageType Zip."
        assert api.refuse("UpdateFunctionCode", FunctionName="hello", ImageUri="i") == (*INVALID, message)


class TestDelete:
    def test_the_function_goes_with_all_it_has(self, api: Any) -> None:
        api.create(Publish=True)
        assert api("DeleteFunction", FunctionName="hello")["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert api.invoker.deleted == ["hello"]
        for operation in ("GetFunction", "DeleteFunction", "GetFunctionConfiguration", "ListVersionsByFunction"):
            assert api.refuse(operation, FunctionName="hello") == (
                404,
                "ResourceNotFoundException",
                f"Function not found: {api.arn()}",
            )

    def test_a_new_function_of_that_name_begins_anew(self, api: Any) -> None:
        api.create(Publish=True)
        api("DeleteFunction", FunctionName="hello")
        assert api.create(Publish=True)["Version"] == "1"

    def test_one_version_goes(self, api: Any) -> None:
        api.create(Publish=True)
        api("PutFunctionEventInvokeConfig", FunctionName="hello", Qualifier="1", MaximumRetryAttempts=0)
        api("DeleteFunction", FunctionName="hello", Qualifier="1")
        assert api.refuse("GetFunction", FunctionName="hello", Qualifier="1")[0] == 404
        assert api.invoker.changed == [("hello", "1")]
        assert api("ListFunctionEventInvokeConfigs", FunctionName="hello")["FunctionEventInvokeConfigs"] == []

    def test_a_version_an_alias_points_to_stays(self, api: Any) -> None:
        api.create(Publish=True)
        api("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
        status, code, message = api.refuse("DeleteFunction", FunctionName="hello", Qualifier="1")
        assert (status, code) == (409, "ResourceConflictException")
        assert "prod" in message

    def test_latest_and_aliases_cannot_be_deleted_so(self, api: Any) -> None:
        api.create()
        assert api.refuse("DeleteFunction", FunctionName="hello", Qualifier="$LATEST") == (
            *INVALID,
            "$LATEST version cannot be deleted without deleting the function.",
        )
        assert api.refuse("DeleteFunction", FunctionName="hello:prod")[:2] == INVALID


class TestList:
    def test_pages_and_their_markers(self, api: Any) -> None:
        # GIVEN 120 functions
        names = [f"f{number:03d}" for number in range(120)]
        for name in names:
            api.create(name)
        # WHEN they are read page by page
        listed, marker, sizes = [], {}, []
        while True:
            page = api("ListFunctions", **marker)
            sizes.append(len(page["Functions"]))
            listed += [function["FunctionName"] for function in page["Functions"]]
            if "NextMarker" not in page:
                break
            marker = {"Marker": page["NextMarker"]}
        # THEN a page has at most 50, and nothing is lost
        assert (sizes, listed) == ([50, 50, 20], names)

    def test_a_deletion_does_not_shift_the_next_page(self, api: Any) -> None:
        for name in "abcdef":
            api.create(name)
        page = api("ListFunctions", MaxItems=3)
        api("DeleteFunction", FunctionName="b")
        rest = api("ListFunctions", MaxItems=3, Marker=page["NextMarker"])
        assert [function["FunctionName"] for function in rest["Functions"]] == ["d", "e", "f"]
        again = api("ListFunctions", MaxItems=2)
        api("DeleteFunction", FunctionName="c")
        rest = api("ListFunctions", Marker=again["NextMarker"])
        assert [function["FunctionName"] for function in rest["Functions"]] == ["d", "e", "f"]

    def test_lists_show_no_states(self, api: Any) -> None:
        api.create()
        (function,) = api("ListFunctions")["Functions"]
        assert function["FunctionArn"] == api.arn()
        assert not {"State", "LastUpdateStatus", "StateReason"} & set(function)

    def test_all_versions_of_all_functions(self, api: Any) -> None:
        api.create(Publish=True)
        api.create("other")
        arns = [function["FunctionArn"] for function in api("ListFunctions", FunctionVersion="ALL")["Functions"]]
        assert arns == [api.arn(qualifier="$LATEST"), api.arn(qualifier="1"), api.arn("other", "$LATEST")]

    def test_what_is_no_marker_or_no_version_filter(self, api: Any) -> None:
        assert api.refuse("ListFunctions", Marker="?")[:2] == INVALID
        assert api.refuse("ListFunctions", FunctionVersion="LATEST") == (
            400,
            "ValidationException",
            (
                "1 validation error detected: Value 'LATEST' at 'functionVersion' failed to satisfy constraint: "
                "Member must satisfy enum value set: [ALL]"
            ),
        )


def test_regions_and_accounts_are_apart(api: Any) -> None:
    api.create()
    assert list(api.store(region="eu-west-1")) == []
    assert list(api.store(account="999999999999")) == []


def test_the_same_seed_gives_the_same_bytes(make_api: Any) -> None:
    def story(seed: int) -> list[Any]:
        api = make_api(seed)
        return [
            api.create(),
            api("PublishVersion", FunctionName="hello"),
            api("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1"),
            api.refuse("GetFunction", FunctionName="nobody"),
        ]

    assert story(1) == story(1)
    assert story(1) != story(2)


def test_control_operations_are_on_the_timeline_with_their_errors(api: Any) -> None:
    api.create()
    api.refuse("GetFunction", FunctionName="nobody")
    api.refuse("ListCodeSigningConfigs")
    recorded = [(entry.operation, entry.error_code, entry.function_name) for entry in api.timeline]
    assert recorded == [
        ("CreateFunction", None, "hello"),
        ("GetFunction", "ResourceNotFoundException", "nobody"),
        ("ListCodeSigningConfigs", "NotEmulatedException", ""),
    ]
