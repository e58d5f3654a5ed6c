"""Paddings of RSA signatures."""

from cryptography.hazmat.primitives._asymmetric import AsymmetricPadding
from cryptography.hazmat.primitives.hashes import HashAlgorithm

__all__ = ["MGF1", "PSS", "PKCS1v15"]


class PKCS1v15(AsymmetricPadding):
    name = "EMSA-PKCS1-v1_5"


class MGF1:
    """Mask generation function of `PSS`."""

    def __init__(self, algorithm: HashAlgorithm) -> None:
        self.algorithm = algorithm


class PSS(AsymmetricPadding):
    name = "EMSA-PSS"
    MAX_LENGTH = "max"

    def __init__(self, mgf: MGF1, salt_length: str | int) -> None:
        self.mgf = mgf
        self.salt_length = salt_length

    def describe(self) -> str:
        return f"{self.name} {self.mgf.algorithm.name} {self.salt_length}"
