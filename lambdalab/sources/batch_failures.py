"""What a function answers with ``ReportBatchItemFailures``, the nonsense included (behaviours §4.2)."""

from __future__ import annotations

import json
from collections.abc import Collection

__all__ = ["failed_items"]


def failed_items(answer: bytes, identifiers: Collection[str]) -> frozenset[str]:
    """The items of a batch that the function reports as failed; all of them when the answer makes no sense.

    Parameters
    ----------
    answer
        The function's return value, bytes of JSON.
    identifiers
        Those of the batch: message ids of SQS, sequence numbers of streams.

    Notes
    -----
    Nothing failed: an empty or null answer, an object without ``batchItemFailures``, an empty or null list.
    Everything failed: not JSON, not an object, another key than ``itemIdentifier``, an empty or null identifier,
    an identifier that is not in the batch.

    >>> sorted(failed_items(b'{"batchItemFailures": [{"itemIdentifier": "b"}]}', ["a", "b"]))
    ['b']
    >>> sorted(failed_items(b'{"batchItemFailures": [{"id": "b"}]}', ["a", "b"]))
    ['a', 'b']
    """
    everything = frozenset(identifiers)
    if not answer.strip():
        return frozenset()
    try:
        document = json.loads(answer)
    except (ValueError, RecursionError):
        return everything
    if document in (None, "", [], {}):
        return frozenset()
    if not isinstance(document, dict):
        return everything
    # AWS counts an empty or null list, and an empty or null answer, as success of the whole batch. The "wrong key" that
    # it counts as failure is one in place of itemIdentifier. An object without batchItemFailures has no list: success,
    # which is why a function that answers {"statusCode": 200} loses what it could not process.
    failures = document.get("batchItemFailures")
    if failures in (None, []):
        return frozenset()
    if not isinstance(failures, list):
        return everything
    failed = set()
    for failure in failures:
        identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
        if not isinstance(identifier, str) or identifier not in everything:
            return everything
        failed.add(identifier)
    return frozenset(failed)
