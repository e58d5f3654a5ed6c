"""moto's Kinesis streams and DynamoDB streams as sources: shards that keep their records, and who is told of new ones.

moto loses order and records in places: a split or merge moves the records to the children and keeps writing to the
parent, and a DynamoDB stream is emptied by moto's own delivery to Lambda. Here a shard keeps its records until they
expire, a closed shard takes no more, and nothing is delivered but by Lambda's own event source mappings.
"""

from __future__ import annotations

import copy
import json
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from lambdalab.clock import SECOND, Clock
from lambdalab.errors import ObjectNotFoundError
from lambdalab.moto_seams.shard_log import ShardLog, StreamRecord

__all__ = ["MotoStreams", "kinesis_sequence_number"]

Watcher = Callable[[str | None], None]
"""Told the shard that has a new record, or None when the shards themselves changed."""

_DAY = 86_400 * SECOND
_DYNAMODB_FIRST = 100_000_000_000_000_000_000
"""AWS's sequence numbers of DynamoDB streams have 21 digits."""


def kinesis_sequence_number(shard_number: int, created_ns: int, count: int, now_ns: int) -> int:
    """A number as Kinesis makes it: 186 bits that hold the shard, its age, a count and the second.

    Numbers of one shard rise with every record; a child's are greater than its parent's.
    """
    parts = (2, created_ns // SECOND, 0, count, 0, now_ns // SECOND, shard_number, 2)
    number = 0
    for part, digits in zip(parts, (1, 9, 1, 16, 2, 9, 8, 1), strict=True):
        number = number << 4 * digits | part
    return number


class MotoStreams:
    """Reads streams by ARN; `watch` them instead of polling. Raises `ObjectNotFoundError` for streams that are gone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._watchers: dict[str, list[Watcher]] = {}
        self._previous: list[tuple[Any, str, Any]] = []
        self._held: list[tuple[Any, Any, Any]] | None = None

    # -- what sources ask ---------------------------------------------------------------------------------------

    def shards(self, stream_arn: str) -> list[ShardLog]:
        """Every shard of the stream, parents before children. A consumer's ARN stands for its stream."""
        if ":dynamodb:" in stream_arn:
            return [_log(self._table(stream_arn).stream_shard)]
        return [_log(shard) for shard in self._stream(stream_arn).shards.values()]

    def retention_ns(self, stream_arn: str) -> int:
        """How long the stream keeps a record."""
        if ":dynamodb:" in stream_arn:
            return _DAY
        return int(self._stream(stream_arn).retention_period_hours) * 3_600 * SECOND

    def exists(self, stream_arn: str) -> bool:
        """Whether there is such a stream."""
        try:
            self.shards(stream_arn)
        except ObjectNotFoundError:
            return False
        return True

    def watch(self, stream_arn: str, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` when a record arrives or the shards change; the answer ends it."""
        watched = stream_arn.partition("/consumer/")[0]
        self._watchers.setdefault(watched, []).append(watcher)

        def stop() -> None:
            watchers = self._watchers.get(watched, [])
            if watcher in watchers:
                watchers.remove(watcher)

        return stop

    # -- what is done to moto -----------------------------------------------------------------------------------

    def install(self) -> None:
        """Take effect."""
        from moto import backend_index
        from moto.dynamodb.models import DynamoDBBackend
        from moto.dynamodb.models.table import StreamShard
        from moto.dynamodbstreams import urls
        from moto.kinesis.models import KinesisBackend, Shard, Stream

        # botocore addresses DynamoDB Streams by account; moto knows only the older host names.
        pattern = r"https?://(.+)\.streams-ddb\.(.+)\.amazonaws\.com"
        known = backend_index.backend_url_patterns
        self._replace(backend_index, "backend_url_patterns", [*known, ("dynamodbstreams", re.compile(pattern))])
        self._replace(urls, "url_bases", [*urls.url_bases, pattern])
        self._replace(Stream, "put_record", self._put_record())
        self._replace(Stream, "get_shard_for_key", _get_shard_for_key(Stream.get_shard_for_key))
        self._replace(Stream, "split_shard", self._resharding(Stream.split_shard))
        self._replace(Stream, "merge_shards", self._resharding(Stream.merge_shards))
        self._replace(Shard, "get_max_sequence_number", _get_max_sequence_number)
        self._replace(KinesisBackend, "get_records", self._get_records(KinesisBackend.get_records))
        self._replace(KinesisBackend, "get_shard_iterator", _get_shard_iterator(KinesisBackend.get_shard_iterator))
        self._replace(KinesisBackend, "delete_stream", self._deleting(KinesisBackend.delete_stream, "arn"))
        self._replace(StreamShard, "add", self._add())
        self._replace(DynamoDBBackend, "update_item", self._update_item(DynamoDBBackend.update_item))
        self._replace(DynamoDBBackend, "delete_table", self._deleting(DynamoDBBackend.delete_table, "table_arn"))

    def uninstall(self) -> None:
        """Put moto's own back."""
        while self._previous:
            owner, name, value = self._previous.pop()
            setattr(owner, name, value)
        self._watchers.clear()

    def _put_record(self) -> Callable[..., tuple[str, str]]:
        clock = self._clock

        def put_record(stream: Any, partition_key: str, explicit_hash_key: str, data: str) -> tuple[str, str]:
            from moto.kinesis.models import Record

            shard = stream.get_shard_for_key(partition_key, explicit_hash_key)
            log = _log(shard, clock.time_ns)
            number = kinesis_sequence_number(shard._shard_id, shard.created_ns, log.end + 1, clock.time_ns)
            shard.records[number] = Record(partition_key, data, number, explicit_hash_key)
            log.append(StreamRecord(str(number), partition_key, clock.time_ns, len(data) + len(partition_key), data))
            self._tell(stream.arn, log.shard_id)
            return str(number), log.shard_id

        return put_record

    def _resharding(self, original: Callable[..., None]) -> Callable[..., None]:
        """moto's own checks and new shards; the records stay where they are."""
        clock = self._clock

        def reshard(stream: Any, first_id: str, other: str) -> None:
            known = set(stream.shards)
            closing = [stream.shards[name] for name in (first_id, other) if name in stream.shards]
            kept = [shard.records for shard in closing]
            for shard in closing:
                shard.records = OrderedDict()
            try:
                original(stream, first_id, other)
            finally:
                for shard, records in zip(closing, kept, strict=True):
                    shard.records = records
            for shard in closing:
                _log(shard).closed = True
            for name, shard in stream.shards.items():
                if name not in known:
                    log = _log(shard, clock.time_ns)
                    log.parents = tuple(parent for parent in (shard.parent, shard.adjacent_parent) if parent)
            self._tell(stream.arn, None)

        return reshard

    def _get_records(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """What has expired is not read any more by anybody."""
        clock = self._clock

        def get_records(backend: Any, *arguments: Any, **named: Any) -> Any:
            for stream in backend.streams.values():
                horizon = clock.time() - stream.retention_period_hours * 3_600
                for shard in stream.shards.values():
                    while shard.records and next(iter(shard.records.values())).created_at < horizon:
                        shard.records.popitem(last=False)
            return original(backend, *arguments, **named)

        return get_records

    def _add(self) -> Callable[..., None]:
        def add(shard: Any, old: Any, new: Any) -> None:
            if self._held is not None:
                self._held.append((shard, old, new))
            else:
                self._change(shard, old, new)

        return add

    def _update_item(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """moto makes a new item in two steps and would write two records; AWS writes one, of the whole item."""

        def update_item(backend: Any, *arguments: Any, **named: Any) -> Any:
            held: list[tuple[Any, Any, Any]] = []
            self._held = held
            try:
                item = original(backend, *arguments, **named)
            finally:
                self._held = None
            if held:
                self._change(*held[-1])
            return item

        return update_item

    def _change(self, shard: Any, old: Any, new: Any) -> None:
        """Write the stream record of a change; an item that stays as it is makes none."""
        from moto.dynamodb.models.table import StreamRecord as MotoRecord

        specification = shard.table.stream_specification or {}
        if not specification.get("StreamEnabled"):
            return
        if old is not None and new is not None and old.to_json() == new.to_json():
            return
        log = _log(shard, self._clock.time_ns)
        event_name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
        number = shard.starting_sequence_number + len(shard.items)
        record = MotoRecord(shard.table, specification["StreamViewType"], event_name, old, new, number)
        record.record = copy.deepcopy(record.record)  # later updates change moto's nested values in place
        shard.items.append(record)
        change = record.record["dynamodb"]
        key = json.dumps(change["Keys"], sort_keys=True, separators=(",", ":"))
        log.append(StreamRecord(str(number), key, self._clock.time_ns, int(change["SizeBytes"]), record.record))
        self._tell(f"{shard.table.table_arn}/stream/{shard.table.latest_stream_label}", log.shard_id)

    def _deleting(self, original: Callable[..., Any], arn_name: str) -> Callable[..., Any]:
        def delete(backend: Any, *arguments: Any, **named: Any) -> Any:
            gone = original(backend, *arguments, **named)
            arn = getattr(gone, arn_name)
            for known in list(self._watchers):
                if known == arn or known.startswith(f"{arn}/stream/"):
                    self._tell(known, None)
            return gone

        return delete

    def _tell(self, stream_arn: str, shard_id: str | None) -> None:
        for watcher in list(self._watchers.get(stream_arn, ())):
            watcher(shard_id)

    def _stream(self, stream_arn: str) -> Any:
        from moto.kinesis.models import kinesis_backends

        _, _, _, region, account, resource = stream_arn.split(":", 5)
        name, _, consumer = resource.partition("/")[2].partition("/consumer/")
        stream = kinesis_backends[account][region].streams.get(name)
        if stream is None or (consumer and stream.get_consumer_by_arn(stream_arn) is None):
            raise ObjectNotFoundError("ResourceNotFoundException", f"Stream {stream_arn} not found.")
        return stream

    def _table(self, stream_arn: str) -> Any:
        from moto.dynamodb.models import dynamodb_backends

        _, _, _, region, account, resource = stream_arn.split(":", 5)
        _, name, _, label = [*resource.split("/", 3), "", "", ""][:4]
        table = dynamodb_backends[account][region].tables.get(name)
        if table is None or table.stream_shard is None or table.latest_stream_label != label:
            raise ObjectNotFoundError("ResourceNotFoundException", f"Stream {stream_arn} not found.")
        return table

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        self._previous.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)


def _log(shard: Any, now_ns: int = 0) -> ShardLog:
    """The log kept on moto's own shard object, made at the first look."""
    log: ShardLog | None = getattr(shard, "log", None)
    if log is None:
        log = shard.log = ShardLog(shard.shard_id if hasattr(shard, "shard_id") else shard.id)
        shard.created_ns = now_ns
        if hasattr(shard, "items") and not shard.items:
            shard.starting_sequence_number = _DYNAMODB_FIRST
    return log


def _get_shard_for_key(original: Callable[..., Any]) -> Callable[..., Any]:
    """moto's own checks, but only open shards, and the last hash key belongs to a shard as well."""
    from moto.utilities.utils import md5_hash

    def get_shard_for_key(stream: Any, partition_key: str, explicit_hash_key: str) -> Any:
        original(stream, partition_key, explicit_hash_key)
        key = int(explicit_hash_key) if explicit_hash_key else int(md5_hash(partition_key.encode()).hexdigest(), 16)
        for shard in stream.shards.values():
            if shard.is_open and shard.starting_hash <= key <= shard.ending_hash:
                return shard
        return None

    return get_shard_for_key


def _get_shard_iterator(original: Callable[..., str]) -> Callable[..., str]:
    """moto writes the stream's name into the iterator, and knows none when the stream was given by its ARN."""

    def get_shard_iterator(backend: Any, stream_arn: str | None, stream_name: str | None, *others: Any) -> str:
        name = stream_name or (stream_arn or "").partition(":stream/")[2] or None
        return original(backend, stream_arn, name, *others)

    return get_shard_iterator


def _get_max_sequence_number(shard: Any) -> int:
    """The newest record's number, without copying all of them."""
    return next(reversed(shard.records), 0)
