"""What stands in the page for packages that have no build for the browser, used through the services that need it."""

from __future__ import annotations

import pytest

from tests.live.running import Cell, Outcome, run_pages

START = "import json, boto3, lambdalab\ncloud = lambdalab.start(seed=1)"
SCENARIOS = {
    "kms": [
        Cell(START),
        Cell("kms = boto3.client('kms')\nkey = kms.create_key()['KeyMetadata']['KeyId']"),
        Cell(
            "secret = kms.encrypt(KeyId=key, Plaintext=b'under the mat' * 10)['CiphertextBlob']\n"
            "(b'under' in secret, kms.decrypt(CiphertextBlob=secret)['Plaintext'][:13])"
        ),
        Cell("kms.decrypt(CiphertextBlob=secret[:-1] + bytes([secret[-1] ^ 1]))", may_fail=True),
        Cell("kms.decrypt(CiphertextBlob=secret, EncryptionContext={'other': 'context'})", may_fail=True),
    ],
    "signatures": [
        Cell(START),
        Cell(
            """kms = boto3.client("kms")
results = []
for spec, algorithm in (("RSA_2048", "RSASSA_PSS_SHA_256"), ("ECC_NIST_P256", "ECDSA_SHA_256")):
    key = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec=spec)["KeyMetadata"]["KeyId"]
    about = {"KeyId": key, "SigningAlgorithm": algorithm}
    signature = kms.sign(Message=b"pay 1", **about)["Signature"]
    for message in (b"pay 1", b"pay 9"):
        try:
            results.append(kms.verify(Message=message, Signature=signature, **about)["SignatureValid"])
        except kms.exceptions.KMSInvalidSignatureException:
            results.append(False)
results"""
        ),
    ],
    "sns": [
        Cell(START),
        Cell(
            """sns, sqs = boto3.client("sns"), boto3.client("sqs")
topic = sns.create_topic(Name="orders")["TopicArn"]
queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
sns.publish(TopicArn=topic, Message="hello")
json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])["Message"]"""
        ),
    ],
    "key pair": [
        Cell(START),
        Cell(
            "ec2 = boto3.client('ec2')\nmade = ec2.create_key_pair(KeyName='mine')\n"
            "(made['KeyMaterial'].splitlines()[0], len(made['KeyFingerprint'].split(':')))"
        ),
    ],
    "not there": [
        Cell("from cryptography.fernet import Fernet", may_fail=True),
        Cell("import cryptography\n'It is not cryptography' in cryptography.__doc__"),
        Cell("from openapi_spec_validator import validate\nvalidate({})", may_fail=True),
    ],
    "every service": [
        Cell(START),
        Cell(
            "names = boto3.session.Session().get_available_services()\n"
            "for name in names: boto3.client(name)\n"
            "{'lambda', 'sqs', 'stepfunctions'} <= set(names)"
        ),
        Cell("boto3.client('glue')", may_fail=True),
    ],
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[Outcome]]:
    return run_pages(SCENARIOS)


def test_kms_encrypts_decrypts_and_notices_changes(outcomes: dict[str, list[Outcome]]) -> None:
    _, _, both, changed, other_context = outcomes["kms"]
    assert both.result == {"text/plain": "(False, b'under the mat')"}
    for refused in (changed, other_context):
        assert refused.error["ename"] == "InvalidCiphertextException"


def test_signatures_hold_for_their_message_only(outcomes: dict[str, list[Outcome]]) -> None:
    assert outcomes["signatures"][-1].result == {"text/plain": "[True, False, True, False]"}


def test_sns_signs_what_it_delivers(outcomes: dict[str, list[Outcome]]) -> None:
    assert outcomes["sns"][-1].result == {"text/plain": "'hello'"}


def test_ec2_makes_key_pairs(outcomes: dict[str, list[Outcome]]) -> None:
    assert outcomes["key pair"][-1].result == {"text/plain": "('-----BEGIN RSA PRIVATE KEY-----', 20)"}


def test_what_is_not_there_says_so(outcomes: dict[str, list[Outcome]]) -> None:
    fernet, notice, openapi = outcomes["not there"]
    assert fernet.error["ename"] == "ModuleNotFoundError"
    assert notice.result == {"text/plain": "True"}
    assert openapi.error["ename"] == "NotImplementedError"


def test_every_bundled_service_has_a_client_and_others_are_unknown(outcomes: dict[str, list[Outcome]]) -> None:
    _, clients, glue = outcomes["every service"]
    assert clients.result == {"text/plain": "True"}
    assert glue.error["ename"] == "UnknownServiceError"
