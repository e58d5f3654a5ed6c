"""A cloud with a queue, a dead-letter queue and a function that reads it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import lambdalab

ACCOUNT, REGION = "123456789012", "us-east-1"


class Shop:
    """Queues, functions and mappings of one cloud, for tests that read like what they check."""

    def __init__(self, cloud: lambdalab.Cloud) -> None:
        self.cloud = cloud
        self.sqs, self.lambda_ = boto3.client("sqs"), boto3.client("lambda")

    def queue(self, name: str = "orders", dead_letters: str | None = None, receives: int = 3, **attributes: str) -> str:
        """A queue; its URL."""
        if name.endswith(".fifo"):
            attributes |= {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        if dead_letters is not None:
            policy = {"deadLetterTargetArn": self.arn(dead_letters), "maxReceiveCount": receives}
            attributes["RedrivePolicy"] = json.dumps(policy)
        return str(self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])

    def function(self, code: str, name: str = "worker", **settings: Any) -> str:
        """A function made of `code`, which defines ``handler``."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("index.py", code)
        self.lambda_.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Handler="index.handler",
            Role=self.cloud.execution_role,
            Code={"ZipFile": buffer.getvalue()},
            **settings,
        )
        return name

    def map(self, queue: str = "orders", function: str = "worker", **settings: Any) -> str:
        """An event source mapping, once it is Enabled; its UUID."""
        made = self.lambda_.create_event_source_mapping(
            FunctionName=function, EventSourceArn=self.arn(queue), **settings
        )
        self.cloud.advance(seconds=3)
        return str(made["UUID"])

    def send(self, url: str, *bodies: str, **more: Any) -> list[str]:
        """Messages, up to ten at one instant; their ids."""
        ids = []
        for first in range(0, len(bodies), 10):
            entries = [
                {"Id": str(number), "MessageBody": body, **more}
                for number, body in enumerate(bodies[first : first + 10])
            ]
            answer = self.sqs.send_message_batch(QueueUrl=url, Entries=entries)
            ids += [one["MessageId"] for one in sorted(answer["Successful"], key=lambda one: int(one["Id"]))]
        return ids

    def counts(self, url: str) -> tuple[int, int]:
        """Messages visible and hidden."""
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return int(found["ApproximateNumberOfMessages"]), int(found["ApproximateNumberOfMessagesNotVisible"])

    def of(self, *kinds: Any) -> list[Any]:
        """Entries of the timeline."""
        return self.cloud.timeline.of(*kinds)

    @property
    def printed(self) -> list[str]:
        """What the functions printed."""
        from lambdalab.timeline import LogLine

        platform = ("START ", "END ", "REPORT ", "INIT_START", "[ERROR]", "Traceback")
        return [line.text for line in self.of(LogLine) if not line.text.startswith(platform)]

    @staticmethod
    def arn(queue: str) -> str:
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"


@pytest.fixture
def shop() -> Iterator[Shop]:
    with lambdalab.start() as cloud:
        yield Shop(cloud)
