"""Keys, hashes and ciphers of the stand-in."""
