"""Cipher modes."""

__all__ = ["GCM"]


class GCM:
    """The initialization vector and, for decryption, the expected tag."""

    def __init__(self, initialization_vector: bytes, tag: bytes | None = None) -> None:
        self.initialization_vector = bytes(initialization_vector)
        self.tag = tag
