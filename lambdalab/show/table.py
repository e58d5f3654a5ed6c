"""The entries of a timeline as rows of a table."""

from __future__ import annotations

from dataclasses import fields

from lambdalab.show.duration import in_words, since_start
from lambdalab.source_entries import QueueMeasured
from lambdalab.timeline import Entry, LogLine, Timeline

__all__ = ["HEADINGS", "rows"]

HEADINGS = ("When", "What", "Function", "Details")
_ALREADY_SAID = {"at_ns", "function_arn", "log_group", "log_stream"}


def rows(timeline: Timeline, most: int = 200) -> tuple[list[tuple[str, str, str, str]], int]:
    """The first `most` entries, and how many were left out.

    Log lines and measurements of queues come last to be kept: they are left out before anything else is.
    """
    entries = list(timeline)
    if len(entries) > most:
        entries = [entry for entry in entries if not isinstance(entry, LogLine | QueueMeasured)]
    shown = entries[:most]
    return [
        (since_start(e.at_ns, timeline.start_ns), _spaced(type(e).__name__), e.function_name, _details(e))
        for e in shown
    ], len(timeline) - len(shown)


def _spaced(name: str) -> str:
    """``EventAccepted`` → ``event accepted``."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def _details(entry: Entry) -> str:
    said = []
    for one in fields(entry):
        value = getattr(entry, one.name)
        if one.name in _ALREADY_SAID or value in (None, "", False):
            continue
        if one.name in ("ended_ns", "due_ns"):
            word = "took" if one.name == "ended_ns" else "for"
            said.append(f"{word} {in_words(value - entry.at_ns)}")
        elif one.name == "init_ns":
            said.append(f"init {in_words(value)}" if value else "warm")
        else:
            said.append(f"{one.name.replace('_', ' ')} {value}")
    return ", ".join(said)
