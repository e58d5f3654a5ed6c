"""The cipher of the stand-in: the shape of AES-GCM, the strength of a parlour trick."""

import hashlib
import hmac
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import algorithms, modes

__all__ = ["Cipher", "algorithms", "modes"]


class _Context:
    """One message on its way through."""

    def __init__(self, key: bytes, mode: modes.GCM, encrypting: bool) -> None:
        self._key = key
        self._mode = mode
        self._encrypting = encrypting
        self._authentication = hmac.new(key, mode.initialization_vector, "sha256")
        self._position = 0
        self.tag: bytes | None = None

    def authenticate_additional_data(self, data: bytes) -> None:
        """Bind `data` to the message without hiding it."""
        self._authentication.update(len(data).to_bytes(8, "big") + data)

    def update(self, data: bytes) -> bytes:
        """The next part of the message, encrypted or decrypted."""
        result = bytes(byte ^ self._mask(self._position + offset) for offset, byte in enumerate(data))
        self._position += len(data)
        self._authentication.update(result if self._encrypting else data)
        return result

    def finalize(self) -> bytes:
        """End the message; raise `InvalidTag` when it is not the one that was encrypted."""
        tag = self._authentication.digest()[:16]
        if not self._encrypting and not hmac.compare_digest(tag, self._mode.tag or b""):
            raise InvalidTag
        self.tag = tag
        return b""

    def _mask(self, position: int) -> int:
        block = hashlib.sha256(self._key + self._mode.initialization_vector + (position // 32).to_bytes(8, "big"))
        return block.digest()[position % 32]


class Cipher:
    """A key and a mode. Only the shape AES + GCM exists."""

    def __init__(self, algorithm: algorithms.AES, mode: modes.GCM, backend: Any = None) -> None:
        self._algorithm = algorithm
        self._mode = mode

    def encryptor(self) -> _Context:
        return _Context(self._algorithm.key, self._mode, encrypting=True)

    def decryptor(self) -> _Context:
        return _Context(self._algorithm.key, self._mode, encrypting=False)
