"""Stand-in for the package ``cryptography`` inside the page. **It is not cryptography.**

The real package is compiled Rust and has no build for the browser. moto imports it for KMS, SNS, IAM and EC2.
This package has the names moto uses there. "Encryption" is a keyed stream of SHA-256 blocks, a "signature" is an
HMAC under a secret which private and public key share: what was encrypted can be decrypted, a changed message or a
wrong key is noticed, and that is all. Nothing here protects anything, and nobody outside the page can verify it.
What moto does not need raises ``NotImplementedError`` or is not there to import.
"""

from cryptography import exceptions, x509

__version__ = "0+stand.in"
__all__ = ["exceptions", "x509"]
