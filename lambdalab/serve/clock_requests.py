"""What AWS has no API for: the virtual clock and the timeline, over HTTP."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from lambdalab.errors import ClockError, UsageError
from lambdalab.serve.response import Response, json_response, refusal

if TYPE_CHECKING:
    from lambdalab.cloud import Cloud

__all__ = ["PREFIX", "answer_clock_request"]

PREFIX = "/_lambdalab/"
_FORMATS = {"text": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8", "svg": "image/svg+xml"}


def answer_clock_request(cloud: Cloud, method: str, path: str, body: bytes) -> Response:
    """Answer a request below ``/_lambdalab/``.

    ============================  ===================================================================================
    ``GET clock``                 ``{"now": "2026-01-01T00:00:00+00:00"}``
    ``POST advance``              winds the clock by the units of ``timedelta`` in the body, such as
                                  ``{"minutes": 3}``; answers as ``clock``
    ``POST run-until-idle``       as `Cloud.run_until_idle`; answers what remains
    ``GET timeline``              what happened, as text; ``?format=html`` and ``?format=svg`` draw it
    ============================  ===================================================================================
    """
    parts = urlsplit(path)
    asked = method, parts.path.removeprefix(PREFIX)
    if asked == ("GET", "clock"):
        return _now(cloud)
    if asked == ("POST", "advance"):
        try:
            units = json.loads(body)
            cloud.advance(**units)
        except (ValueError, TypeError, ClockError, UsageError) as error:
            return refusal(400, "InvalidRequest", f'the body takes units of time such as {{"minutes": 3}}: {error}')
        return _now(cloud)
    if asked == ("POST", "run-until-idle"):
        remaining = cloud.run_until_idle()
        return json_response(
            200,
            {
                "now": _text(remaining.stopped_at),
                "waiting": [[_text(instant), what] for instant, what in remaining.waiting],
                "recurring": list(remaining.recurring),
            },
        )
    if asked == ("GET", "timeline"):
        form = parse_qs(parts.query).get("format", ["text"])[0]
        if form not in _FORMATS:
            return refusal(400, "InvalidRequest", f"format={form}: there are {', '.join(_FORMATS)}")
        shown = {"text": cloud.timeline.text, "html": cloud.timeline.html, "svg": cloud.timeline.svg}[form]()
        return Response(200, {"Content-Type": _FORMATS[form]}, shown.encode())
    known = "GET clock, POST advance, POST run-until-idle, GET timeline"
    return refusal(404, "ResourceNotFound", f"{method} {parts.path} is not served; below {PREFIX} there are {known}")


def _now(cloud: Cloud) -> Response:
    return json_response(200, {"now": _text(cloud.now)})


def _text(instant: datetime.datetime) -> str:
    return instant.isoformat()
