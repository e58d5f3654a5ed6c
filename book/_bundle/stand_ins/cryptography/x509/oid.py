"""Object identifiers of name attributes."""

import enum

__all__ = ["NameOID"]


class NameOID(enum.Enum):
    COMMON_NAME = "2.5.4.3"
    COUNTRY_NAME = "2.5.4.6"
    ORGANIZATION_NAME = "2.5.4.10"
