"""Hash algorithms, by name."""

__all__ = ["SHA1", "SHA256", "SHA384", "SHA512", "HashAlgorithm"]


class HashAlgorithm:
    """A hash algorithm; `name` is what ``hashlib`` calls it."""

    name: str


class SHA1(HashAlgorithm):
    name = "sha1"


class SHA256(HashAlgorithm):
    name = "sha256"


class SHA384(HashAlgorithm):
    name = "sha384"


class SHA512(HashAlgorithm):
    name = "sha512"
