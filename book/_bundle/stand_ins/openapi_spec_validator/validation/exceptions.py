"""The exception moto catches."""

__all__ = ["OpenAPIValidationError"]


class OpenAPIValidationError(Exception):
    """An OpenAPI document is not valid."""
