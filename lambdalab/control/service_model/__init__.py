"""Requests and answers of the Lambda API, read and written by botocore's service model.

Routing, parsing, validation and serialisation are derived from the model once, when `LambdaServiceModel` is made.
"""

from lambdalab.control.service_model.model import LambdaServiceModel, lambda_service_model
from lambdalab.control.service_model.operation import Operation

__all__ = ["LambdaServiceModel", "Operation", "lambda_service_model"]
