"""Certificates of the stand-in: JSON in PEM armour, for the URL that SNS puts beside its signatures."""

import base64
import datetime
import json
import os
from collections.abc import Iterable
from typing import Any, Self

from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

__all__ = [
    "Certificate",
    "CertificateBuilder",
    "Name",
    "NameAttribute",
    "NameOID",
    "load_pem_x509_certificate",
    "random_serial_number",
]


class NameAttribute:
    """One part of a name."""

    def __init__(self, oid: NameOID, value: str) -> None:
        self.oid = oid
        self.value = value


class Name:
    """A distinguished name."""

    def __init__(self, attributes: Iterable[NameAttribute]) -> None:
        self.attributes = list(attributes)

    def rfc4514_string(self) -> str:
        return ",".join(f"{attribute.oid.name}={attribute.value}" for attribute in self.attributes)


class Certificate:
    """What a builder was told, and the signature over it."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields

    def public_bytes(self, encoding: serialization.Encoding) -> bytes:
        body = json.dumps(self.fields, sort_keys=True).encode()
        return serialization.armour("CERTIFICATE", body) if encoding is serialization.Encoding.PEM else body


class CertificateBuilder:
    """Collects the fields of a `Certificate`."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}

    def _with(self, name: str, value: object) -> Self:
        self._fields[name] = str(value)
        return self

    def subject_name(self, name: Name) -> Self:
        return self._with("subject", name.rfc4514_string())

    def issuer_name(self, name: Name) -> Self:
        return self._with("issuer", name.rfc4514_string())

    def public_key(self, key: Any) -> Self:
        encoded = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return self._with("public key", base64.b64encode(encoded).decode())

    def serial_number(self, number: int) -> Self:
        return self._with("serial number", number)

    def not_valid_before(self, time: datetime.datetime) -> Self:
        return self._with("not valid before", time.isoformat())

    def not_valid_after(self, time: datetime.datetime) -> Self:
        return self._with("not valid after", time.isoformat())

    def sign(self, private_key: Any, algorithm: Any) -> Certificate:
        signature = private_key.sign(json.dumps(self._fields, sort_keys=True).encode(), algorithm)
        return Certificate({**self._fields, "signature": signature.hex()})


def random_serial_number() -> int:
    """A number nobody else has."""
    return int.from_bytes(os.urandom(19), "big")


def load_pem_x509_certificate(data: bytes, backend: object = None) -> Certificate:
    """Read a certificate that the stand-in wrote; anything else raises ``ValueError``."""
    lines = data.strip().splitlines()
    if not lines or lines[0] != b"-----BEGIN CERTIFICATE-----" or lines[-1] != b"-----END CERTIFICATE-----":
        raise ValueError("Unable to load PEM file.")
    try:
        return Certificate(json.loads(base64.b64decode(b"".join(lines[1:-1]), validate=True)))
    except ValueError as error:
        message = "The in-page stand-in for cryptography reads only certificates that it made itself."
        raise ValueError(message) from error
