"""Kinesis and DynamoDB streams: shards read in order, in batches that are retried, split or discarded."""
