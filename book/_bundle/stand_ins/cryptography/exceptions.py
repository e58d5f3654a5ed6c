"""What went wrong, under the names of the real package."""

__all__ = ["InvalidSignature", "InvalidTag", "UnsupportedAlgorithm"]


class InvalidSignature(Exception):
    """The signature does not belong to the message and the key."""


class InvalidTag(Exception):
    """The ciphertext or its associated data was changed, or the key is another one."""


class UnsupportedAlgorithm(Exception):
    """The real package raises this for algorithms it lacks."""
