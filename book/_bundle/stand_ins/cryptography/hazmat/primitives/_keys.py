"""What the stand-in's RSA, elliptic-curve and Ed25519 keys have in common."""

import base64
import hashlib
import hmac
import os
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

__all__ = ["PrivateKey", "PublicKey"]


def _describe(part: Any) -> str:
    describe = getattr(part, "describe", None)
    return str(describe() if describe else part.name)


class PublicKey:
    """Verifies what the private key of the same secret signed. It *holds* that secret: see the package's notice."""

    kind: str
    ssh_name: str

    def __init__(self, secret: bytes, key_size: int) -> None:
        self.secret = secret
        self.key_size = key_size

    def verify(self, signature: bytes, data: bytes, *scheme: Any) -> None:
        """Raise `InvalidSignature` unless `signature` was made of `data` by this key under this `scheme`."""
        if not hmac.compare_digest(bytes(signature), signature_of(self.secret, data, scheme, self.key_size)):
            raise InvalidSignature

    def public_bytes(
        self,
        encoding: "serialization.Encoding",
        format: "serialization.PublicFormat",  # noqa: A002 – its name there
    ) -> bytes:
        """A made-up encoding that only the stand-in reads back."""
        body = f"stand-in {self.kind} {self.key_size} {self.secret.hex()}".encode()
        if encoding is serialization.Encoding.OpenSSH:
            return f"{self.ssh_name} {base64.b64encode(body).decode()}".encode()
        if encoding is serialization.Encoding.PEM:
            return serialization.armour("PUBLIC KEY", body)
        return body


class PrivateKey:
    """Signs by HMAC."""

    kind: str
    public_class: type[PublicKey]

    def __init__(self, secret: bytes, key_size: int) -> None:
        self.secret = secret
        self.key_size = key_size

    @classmethod
    def fresh(cls, key_size: int) -> Self:
        """A new key."""
        return cls(os.urandom(32), key_size)

    def public_key(self) -> PublicKey:
        return self.public_class(self.secret, self.key_size)

    def sign(self, data: bytes, *scheme: Any) -> bytes:
        """An HMAC of `data` as long as a signature of this kind of key."""
        return signature_of(self.secret, data, scheme, self.key_size)

    def private_bytes(
        self,
        encoding: "serialization.Encoding",
        format: "serialization.PrivateFormat",  # noqa: A002 – its name there
        encryption_algorithm: "serialization.NoEncryption",
    ) -> bytes:
        """A made-up encoding between the usual armour lines."""
        if not isinstance(encryption_algorithm, serialization.NoEncryption):
            raise NotImplementedError("The in-page stand-in for cryptography cannot encrypt a private key.")
        body = f"stand-in {self.kind} {self.key_size} {self.secret.hex()}".encode()
        return serialization.armour(f"{format.value} PRIVATE KEY", body)


def signature_of(secret: bytes, data: bytes, scheme: tuple[Any, ...], key_size: int) -> bytes:
    """The stand-in's signature: an HMAC stretched to the size of a real one."""
    words = " ".join(_describe(part) for part in scheme)
    digest = hmac.digest(secret, words.encode() + b"\0" + bytes(data), "sha512")
    return hashlib.shake_256(digest).digest(key_size // 8)
