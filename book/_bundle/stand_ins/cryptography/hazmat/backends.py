"""The real package once had several backends."""

__all__ = ["default_backend"]


def default_backend() -> None:
    """The only backend: none. Callers pass it on and nobody looks at it."""
