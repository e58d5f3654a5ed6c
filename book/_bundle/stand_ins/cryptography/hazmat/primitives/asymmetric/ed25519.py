"""Ed25519 keys of the stand-in."""

from cryptography.hazmat.primitives._keys import PrivateKey, PublicKey

__all__ = ["Ed25519PrivateKey", "Ed25519PublicKey"]


class Ed25519PublicKey(PublicKey):
    kind = "Ed25519"
    ssh_name = "ssh-ed25519"


class Ed25519PrivateKey(PrivateKey):
    kind = "Ed25519"
    public_class = Ed25519PublicKey

    @classmethod
    def generate(cls) -> "Ed25519PrivateKey":
        """A new key."""
        return cls.fresh(256)
