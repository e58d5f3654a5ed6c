"""Log lines of the timeline on their way into moto's CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lambdalab.clock import MILLISECOND
from lambdalab.timeline import Entry, LogLine, Timeline

__all__ = ["LogDelivery"]


class LogDelivery:
    """Buffers log lines and hands them over when somebody looks at CloudWatch Logs.

    Writing them one by one would cost more than the invocations themselves.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._lines: list[LogLine] = []
        self._stop_listening: Callable[[], None] | None = None
        self._paths: dict[str, Any] | None = None

    def install(self) -> None:
        """Listen to the timeline; flush before every request to CloudWatch Logs."""
        from moto.logs import urls

        self._stop_listening = self._timeline.listen(self._keep)
        self._paths = dict(urls.url_paths)
        for path, handler in self._paths.items():
            urls.url_paths[path] = self._flushing(handler)

    def uninstall(self) -> None:
        """Stop listening and give moto its handlers back."""
        from moto.logs import urls

        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        if self._paths is not None:
            urls.url_paths.update(self._paths)
            self._paths = None
        self._lines.clear()

    def forget(self) -> None:
        """Drop what has not been handed over."""
        self._lines.clear()

    def flush(self) -> None:
        """Put the buffered lines into their log groups and streams, made when missing."""
        from moto.logs.models import logs_backends

        lines, self._lines = self._lines, []
        by_stream: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
        for line in lines:
            _, _, _, region, account, *_ = line.function_arn.split(":")
            stream = by_stream.setdefault((account, region, line.log_group, line.log_stream), [])
            stream.append({"timestamp": line.at_ns // MILLISECOND, "message": line.text + "\n"})
        for (account, region, group, stream_name), events in by_stream.items():
            backend = logs_backends[account][region]
            backend.ensure_log_group(group)
            backend.ensure_log_stream(group, stream_name)
            backend.put_log_events(group, stream_name, events)

    def _keep(self, entry: Entry) -> None:
        if isinstance(entry, LogLine):
            self._lines.append(entry)

    def _flushing(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        def flush_then_handle(*arguments: Any, **keywords: Any) -> Any:
            self.flush()
            return handler(*arguments, **keywords)

        return flush_then_handle
