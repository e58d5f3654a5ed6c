"""The base of all paddings."""

__all__ = ["AsymmetricPadding"]


class AsymmetricPadding:
    """How a message is padded before it is signed; part of what the stand-in's HMAC covers."""

    name: str

    def describe(self) -> str:
        """The padding and its parameters as one word."""
        return self.name
