"""RSA keys of the stand-in."""

from cryptography.hazmat.primitives._keys import PrivateKey, PublicKey

__all__ = ["RSAPrivateKey", "RSAPublicKey", "generate_private_key"]


class RSAPublicKey(PublicKey):
    kind = "RSA"
    ssh_name = "ssh-rsa"


class RSAPrivateKey(PrivateKey):
    kind = "RSA"
    public_class = RSAPublicKey


def generate_private_key(public_exponent: int, key_size: int, backend: object = None) -> RSAPrivateKey:
    """A new key. There is no exponent in it; 65537 is what everybody asks for."""
    if public_exponent != 65537:
        raise NotImplementedError("The in-page stand-in for cryptography knows the public exponent 65537 only.")
    return RSAPrivateKey.fresh(key_size)
