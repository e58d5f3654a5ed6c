"""What a function logs: the root logger's handler, its formats, and the runtime's own error lines."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Callable
from typing import Any

__all__ = ["FunctionLogHandler", "JsonFormatter", "LogSink", "TextFormatter", "error_lines", "level_from_configuration"]

_INDENT = "\u00a0"  # no-break space: CloudWatch Logs would swallow leading spaces
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"
_RECORD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"aws_request_id", "tenant_id", "_frame_type"}
_JSON_RECORD_ATTRIBUTES = _RECORD_ATTRIBUTES - {"taskName"}  # AWS's formatter lets taskName through

UNHANDLED_AT_INIT = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare "
    "cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, "
    "runtime updates can be triggered by a function change, or can be applied automatically. To determine if the "
    "runtime has been updated, check the runtime version in the INIT_START log entry. If this error correlates with a "
    "change in the runtime version, you may be able to mitigate this error by temporarily rolling back to the previous "
    "runtime version. For more information, see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


class LogSink:
    """Where log text goes; `write` takes it."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def log(self, message: str) -> None:
        """Write `message` as it is."""
        self._write(message)

    def log_error(self, lines: list[str]) -> None:
        """Write lines that CloudWatch Logs keeps together as one event."""
        self._write("\r".join(lines) + "\n")


class TextFormatter(logging.Formatter):
    """``[LEVEL]<tab>time<tab>request id<tab>message``."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", _TIME_FORMAT)


class JsonFormatter(logging.Formatter):
    """One JSON object per record."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__(datefmt=_TIME_FORMAT + "Z")
        self._encode = json.JSONEncoder(ensure_ascii=False, default=str).encode

    def format(self, record: logging.LogRecord) -> str:
        record.levelno = min(50, max(0, record.levelno)) // 10 * 10
        record.levelname = logging.getLevelName(record.levelno)
        as_given = isinstance(record.msg, dict) and not record.args
        members: dict[str, Any] = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "message": record.msg if as_given else record.getMessage(),
            "logger": record.name,
            "stackTrace": None,
            "errorType": None,
            "errorMessage": None,
            "requestId": getattr(record, "aws_request_id", None),
            "location": None,
        }
        if record.exc_info:
            kind, error, trace = record.exc_info
            members["stackTrace"] = traceback.format_tb(trace)
            members["errorType"] = getattr(kind, "__name__", None)
            members["errorMessage"] = str(error)
            members["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        if getattr(record, "tenant_id", None) is not None:
            members["tenantId"] = record.tenant_id  # type: ignore[attr-defined]
        for name, value in vars(record).items():
            if name not in _JSON_RECORD_ATTRIBUTES and name not in members:
                members[name] = value
        return self._encode({name: value for name, value in members.items() if value is not None}) + "\n"


class FunctionLogHandler(logging.Handler):
    """The handler AWS's runtime puts on the root logger.

    Attributes
    ----------
    request_id, tenant_id
        Of the invocation that runs; stamped on every record.
    """

    def __init__(self, sink: LogSink, as_json: bool) -> None:
        super().__init__()
        self.log_sink = sink
        self.request_id = ""
        self.tenant_id: str | None = None
        self.setFormatter(JsonFormatter() if as_json else TextFormatter())
        self.addFilter(self._stamp)

    def _stamp(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self.request_id
        record.tenant_id = self.tenant_id
        return True

    def emit(self, record: logging.LogRecord) -> None:
        self.log_sink.log(self.format(record))


def level_from_configuration(level: str | None) -> str | None:
    """The root logger's level for a configured application log level; None leaves Python's default."""
    if not level:
        return None
    return "DEBUG" if level.upper() == "TRACE" else level.upper()


def error_lines(error: dict[str, Any], encode: Callable[[Any], str], as_json: bool) -> list[str]:
    """How the runtime logs an error object before it reports it."""
    if as_json:
        stamp = time.strftime(_TIME_FORMAT + "Z", time.gmtime(time.time()))
        return [encode({"timestamp": stamp, "level": "ERROR", **error})]
    first = "[ERROR]"
    if error["errorType"]:
        first += f" {error['errorType']}"
    if error["errorMessage"]:
        first += f"{':' if error['errorType'] else ''} {error['errorMessage']}"
    lines = [first, "Traceback (most recent call last):"]
    for entry in error["stackTrace"]:
        if entry == "":
            lines.append("")
        for line in entry.splitlines():
            text = line.lstrip(" ")
            lines.append(_INDENT * (len(line) - len(text)) + text)
    return lines
