"""Stand-in for ``openapi_spec_validator`` inside the page.

moto imports it with API Gateway, and calls it only to import or put a REST API from an OpenAPI document.
"""

from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

__all__ = ["OpenAPIValidationError", "validate"]


def validate(spec: object) -> None:
    """The page has no OpenAPI validator, so it says so rather than accept anything."""
    raise NotImplementedError(
        "Importing an OpenAPI document into API Gateway does not run in the page; use JupyterLab."
    )
