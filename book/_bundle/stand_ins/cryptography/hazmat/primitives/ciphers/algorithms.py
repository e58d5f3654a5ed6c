"""Cipher algorithms."""

__all__ = ["AES"]


class AES:
    """Holds the key; see the package's notice for what is done with it."""

    def __init__(self, key: bytes) -> None:
        if len(key) not in (16, 24, 32):
            raise ValueError(f"Invalid key size ({len(key) * 8}) for AES.")
        self.key = bytes(key)
