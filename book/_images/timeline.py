"""Draw ``timeline.svg``: one event, three attempts that fail in three ways, the dead-letter queue.

Run it with ``python book/_images/timeline.py`` after a change of the engine or of the pictures;
a test compares the file with what this draws.
"""

from __future__ import annotations

import json
from pathlib import Path

import boto3

import lambdalab
from lambdalab.clock import SECOND

TARGET = Path(__file__).with_suffix(".svg")
SOURCE = """
import time

time.sleep(0.12)  # what a real module spends on its imports


def lambda_handler(event, context):
    waiting = time.time() - event["sent"]
    if waiting < 60:
        time.sleep(0.18)
        raise ConnectionError("the payment service does not answer")
    if waiting < 120:
        time.sleep(5)  # longer than the function's timeout
    time.sleep(0.25)
    raise ValueError("no such order")
"""


def draw() -> str:
    """The picture of the run, as text."""
    with lambdalab.start(seed=7) as cloud:
        functions = boto3.client("lambda", region_name="us-east-1")
        queues = boto3.client("sqs", region_name="us-east-1")
        url = queues.create_queue(QueueName="failed-orders")["QueueUrl"]
        arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        functions.create_function(
            FunctionName="process-order",
            Runtime="python3.12",
            Handler="lambda_function.lambda_handler",
            Role=cloud.execution_role,
            Code={"ZipFile": lambdalab.deployment_package({"lambda_function.py": SOURCE})},
            Timeout=1,
            DeadLetterConfig={"TargetArn": arn},
        )
        cloud.advance(minutes=1)
        began = cloud.now.replace(second=0, microsecond=0)
        sent = json.dumps({"order": 1042, "sent": cloud.now.timestamp()}).encode()
        functions.invoke(FunctionName="process-order", InvocationType="Event", Payload=sent)
        cloud.run_until_idle()
        return cloud.timeline.since(int(began.timestamp()) * SECOND).svg()


if __name__ == "__main__":
    TARGET.write_text(draw(), encoding="utf-8")
    print(f"{TARGET} written")
