"""What a function's answer says about a batch of a stream (behaviours §4.3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lambdalab.sources.batch_failures import failed_items
from lambdalab.sources.streams.batch import Batch, Item, Outcome

__all__ = ["read_answer"]

_ABSENT = object()


def read_answer(
    batch: Batch, payload: bytes, failed: bool, reports_failures: bool, request_id: str, version: str | None
) -> Outcome:
    """The outcome of an attempt whose function answered `payload`.

    Parameters
    ----------
    failed
        Whether the function raised, timed out or ended.
    reports_failures
        Whether the mapping has ``ReportBatchItemFailures``.
    """
    if failed:
        return Outcome("error", 0, request_id=request_id, version=version)
    answer = _document(payload) if batch.window is not None else None
    state = answer.get("state", _ABSENT) if isinstance(answer, dict) else _ABSENT
    if batch.window is not None and not batch.window.final and state is _ABSENT:
        return Outcome("error", 0, request_id=request_id, version=version)
    first = first_failure(payload, batch.items) if reports_failures else None
    state = {} if state is _ABSENT else state
    return Outcome(
        "success" if first is None else "error",
        first,
        first is not None,
        state,
        len(json.dumps(state, separators=(",", ":")).encode()) if batch.window is not None else 0,
        request_id,
        version,
    )


def first_failure(payload: bytes, items: Sequence[Item]) -> int | None:
    """Index of the lowest sequence number the function reports; None when it reports none."""
    numbers = [item.record.sequence_number for item in items]
    failed = failed_items(payload, numbers)
    return next((index for index, number in enumerate(numbers) if number in failed), None) if failed else None


def _document(payload: bytes) -> Any:
    try:
        return json.loads(payload or b"null")
    except ValueError:
        return None
