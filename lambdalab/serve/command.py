"""``python -m lambdalab serve``, and the command ``lambdalab`` where the package is installed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import lambdalab
from lambdalab.errors import ClockError, LambdalabError
from lambdalab.serve.server import CloudServer

__all__ = ["PORT", "main"]

PORT = 4600


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when it was stopped by Ctrl-C, 2 when it could not begin."""
    options = _parser().parse_args(arguments)
    try:
        cloud = lambdalab.start(options.seed, at=options.at, executor=options.executor, region=options.region)
    except ClockError as error:
        print(f"lambdalab: {error}", file=sys.stderr)
        return 2
    with cloud:
        try:
            server = CloudServer(cloud, options.port)
        except LambdalabError as error:
            print(f"lambdalab: {error}", file=sys.stderr)
            return 2
        print(_greeting(server.endpoint, cloud.execution_role, options.region), flush=True)
        try:
            server.serve()
        except KeyboardInterrupt:
            print("\nstopped", flush=True)
    return 0


def _greeting(endpoint: str, role: str, region: str) -> str:
    set_variable = "set" if os.name == "nt" else "export"
    return "\n".join(
        [
            f"AWS is served at {endpoint} until Ctrl-C. Tell the CLI or an SDK:",
            f"  {set_variable} AWS_ENDPOINT_URL={endpoint}",
            f"  {set_variable} AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_DEFAULT_REGION={region}",
            f"Execution role for functions: {role}",
            "Time stands still between calls. To wind the clock:",
            f"""  curl -d '{{"minutes": 3}}' {endpoint}/_lambdalab/advance""",
            f"What happened: {endpoint}/_lambdalab/timeline?format=html",
        ]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("lambdalab", description="A local AWS Lambda that really runs the code.")
    commands = parser.add_subparsers(required=True, metavar="command")
    serve = commands.add_parser("serve", help="serve a cloud on loopback, for the AWS CLI and SDKs of any language")
    serve.add_argument("--port", type=int, default=PORT, help=f"default {PORT}; 0 takes any that is free")
    serve.add_argument("--seed", type=int, default=0, help="same seed, same ids (default 0)")
    serve.add_argument("--at", metavar="INSTANT", help="first virtual instant, such as 2026-03-29T00:00:00Z")
    serve.add_argument("--executor", choices=["in-process", "child-process"], default="in-process")
    serve.add_argument("--region", default="us-east-1")
    return parser
