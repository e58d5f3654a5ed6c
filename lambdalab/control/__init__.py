"""The control plane: the Lambda API as AWS answers it, without moto and without HTTP.

`LambdaApi` takes a request and gives the answer; everything it needs of other services comes in through
the protocols of `lambdalab.control.services`.
"""

from lambdalab.control.api import LambdaApi
from lambdalab.control.http import HttpRequest, HttpResponse
from lambdalab.control.services import Objects, Roles

__all__ = ["HttpRequest", "HttpResponse", "LambdaApi", "Objects", "Roles"]
