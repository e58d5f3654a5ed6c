"""Names of encodings, and the reader of the stand-in's own public keys."""

import base64
import enum
from typing import Any

__all__ = ["Encoding", "NoEncryption", "PrivateFormat", "PublicFormat", "armour", "load_ssh_public_key"]


class Encoding(enum.Enum):
    DER = "DER"
    PEM = "PEM"
    OpenSSH = "OpenSSH"


class PublicFormat(enum.Enum):
    SubjectPublicKeyInfo = "PUBLIC"
    OpenSSH = "OPENSSH"


class PrivateFormat(enum.Enum):
    """The value is the word in the armour line."""

    TraditionalOpenSSL = "RSA"
    PKCS8 = "PKCS8"
    OpenSSH = "OPENSSH"


class NoEncryption:
    """A private key is written as it is."""


def armour(label: str, body: bytes) -> bytes:
    """`body` in base64 between BEGIN and END lines."""
    return f"-----BEGIN {label}-----\n".encode() + base64.encodebytes(body) + f"-----END {label}-----\n".encode()


def load_ssh_public_key(data: bytes) -> Any:
    """Read an OpenSSH line that the stand-in wrote; real keys raise ``ValueError``."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    classes = {"RSA": rsa.RSAPublicKey, "EC": ec.EllipticCurvePublicKey, "Ed25519": ed25519.Ed25519PublicKey}
    words = data.split()
    if len(words) < 2:
        raise ValueError("Not an OpenSSH public key.")
    fields = base64.b64decode(words[1], validate=True).split()
    if len(fields) != 4 or fields[0] != b"stand-in":
        raise ValueError("The in-page stand-in for cryptography reads only keys that it made itself.")
    return classes[fields[1].decode()](bytes.fromhex(fields[3].decode()), int(fields[2]))
