"""Function names in every form the API takes, and the ARNs it answers with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lambdalab.errors import ValidationException

__all__ = ["LATEST", "FunctionIdentifier", "function_arn", "is_version_number"]

LATEST = "$LATEST"
_FORM = re.compile(
    r"(?:arn:(?P<partition>aws[a-zA-Z-]*):lambda:)?"
    r"(?:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):)?"
    r"(?:(?P<account>\d{12}):)?"
    r"(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_.]+)"
    r"(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)


def function_arn(account: str, region: str, name: str, qualifier: str | None = None, partition: str = "aws") -> str:
    """The ARN of a function, with ``:qualifier`` when one is given."""
    arn = f"arn:{partition}:lambda:{region}:{account}:function:{name}"
    return f"{arn}:{qualifier}" if qualifier else arn


def is_version_number(qualifier: str) -> bool:
    """Whether a qualifier is the number of a published version."""
    return qualifier.isdigit()


@dataclass(frozen=True, slots=True)
class FunctionIdentifier:
    """A function as a request names it.

    ``qualifier`` is None when the request names none.
    """

    account: str
    region: str
    name: str
    qualifier: str | None = None

    @classmethod
    def parse(cls, text: str, account: str, region: str, qualifier: str | None = None) -> FunctionIdentifier:
        """Read a name, partial ARN or ARN, each with an optional ``:qualifier``.

        Parameters
        ----------
        text
            The request's ``FunctionName``, URL-decoded.
        account, region
            Those of the caller; an ARN's own win.
        qualifier
            The request's ``Qualifier`` parameter.

        Raises
        ------
        ValidationException
            The text has none of these forms, or it carries another qualifier than the parameter.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValidationException(
                f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: "
                r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"
                r"(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
            )
        inline = match["qualifier"]
        if inline and qualifier and inline != qualifier:
            raise ValidationException(
                "The derived qualifier from the function name does not match the specified qualifier."
            )
        return cls(match["account"] or account, match["region"] or region, match["name"], qualifier or inline)

    @property
    def arn(self) -> str:
        """ARN without a qualifier."""
        return function_arn(self.account, self.region, self.name)

    @property
    def qualified_arn(self) -> str:
        """ARN with the request's qualifier, if it has one."""
        return function_arn(self.account, self.region, self.name, self.qualifier)
