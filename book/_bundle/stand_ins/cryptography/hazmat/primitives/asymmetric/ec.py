"""Elliptic-curve keys of the stand-in."""

from cryptography.hazmat.primitives._keys import PrivateKey, PublicKey
from cryptography.hazmat.primitives.hashes import HashAlgorithm

__all__ = [
    "ECDSA",
    "SECP256K1",
    "SECP256R1",
    "SECP384R1",
    "SECP521R1",
    "EllipticCurve",
    "EllipticCurvePrivateKey",
    "EllipticCurvePublicKey",
    "generate_private_key",
]


class EllipticCurve:
    name: str
    key_size: int


class SECP256R1(EllipticCurve):
    name, key_size = "secp256r1", 256


class SECP256K1(EllipticCurve):
    name, key_size = "secp256k1", 256


class SECP384R1(EllipticCurve):
    name, key_size = "secp384r1", 384


class SECP521R1(EllipticCurve):
    name, key_size = "secp521r1", 521


class ECDSA:
    """The signature scheme and its hash."""

    def __init__(self, algorithm: HashAlgorithm) -> None:
        self.name = f"ECDSA {algorithm.name}"


class EllipticCurvePublicKey(PublicKey):
    kind = "EC"
    ssh_name = "ecdsa-sha2-nistp256"


class EllipticCurvePrivateKey(PrivateKey):
    kind = "EC"
    public_class = EllipticCurvePublicKey


def generate_private_key(curve: EllipticCurve) -> EllipticCurvePrivateKey:
    """A new key of the size of `curve`."""
    return EllipticCurvePrivateKey.fresh(curve.key_size)
