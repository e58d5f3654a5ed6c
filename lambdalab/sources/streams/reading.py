"""What the mappings need of streams. `lambdalab.moto_seams.streams` fulfils it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

__all__ = ["Shard", "StreamRecord", "Streams"]


class StreamRecord(Protocol):
    """A record: see `lambdalab.moto_seams.shard_log.StreamRecord`."""

    sequence_number: str
    key: str
    arrived_ns: int
    content: Any


class Shard(Protocol):
    """A shard; positions count its records from 0 and never change."""

    shard_id: str
    parents: tuple[str, ...]
    closed: bool

    @property
    def end(self) -> int:
        """Position of the record that will come next."""

    def read(self, position: int, limit: int) -> list[Any]:
        """At most `limit` records from `position` on."""

    def position_at(self, instant_ns: int) -> int:
        """Position of the first record that arrived at `instant_ns` or later."""

    def trim(self, horizon_ns: int) -> int:
        """Forget what arrived before `horizon_ns`; position of the first record that has not expired."""


class Streams(Protocol):
    """Every stream of the cloud. Methods raise `ObjectNotFoundError` for one that is gone."""

    def shards(self, stream_arn: str) -> list[Any]:
        """Its shards, parents before children."""

    def retention_ns(self, stream_arn: str) -> int:
        """How long it keeps a record."""

    def watch(self, stream_arn: str, watcher: Callable[[str | None], None]) -> Callable[[], None]:
        """Call `watcher` with the shard of every new record, with None when the shards change; the answer ends it."""
