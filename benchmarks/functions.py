"""The function that is measured."""

from __future__ import annotations

from lambdalab.deployment_package import deployment_package

__all__ = ["PACKAGE", "ROLE_TRUST"]

PACKAGE = deployment_package({"h.py": "def h(event, context):\n    return event\n"})
ROLE_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
