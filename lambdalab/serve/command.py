"""The console command ``lambdalab serve``."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Sequence

import lambdalab
from lambdalab.serve.server import ADVANCE_PATH, CloudServer

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    parser = argparse.ArgumentParser(prog="lambdalab", description="A local AWS Lambda on moto.")
    serve = parser.add_subparsers(dest="command", required=True).add_parser(
        "serve",
        help="answer the AWS CLI and SDKs over HTTP",
        description=f"Answer AWS requests on 127.0.0.1. POST {ADVANCE_PATH} with "
        '{"seconds": 90} winds the clock forward.',
    )
    serve.add_argument("--port", type=int, default=4599, help="port to listen on; 0 takes a free one (default 4599)")
    serve.add_argument("--seed", type=int, default=0, help="seed of ids and chance (default 0)")
    chosen = parser.parse_args(arguments)
    with lambdalab.start(seed=chosen.seed) as cloud:
        try:
            server = CloudServer(cloud, chosen.port)
        except (OSError, OverflowError) as refused:
            taken = isinstance(refused, OSError) and refused.errno == errno.EADDRINUSE
            why = "is taken" if taken else f"cannot be used: {refused}"
            print(f"lambdalab serve: port {chosen.port} {why}; choose another with --port", file=sys.stderr)
            return 1
        with server:
            print(
                f"listening: --endpoint-url {server.url}\nrole:      {cloud.execution_role}\nCtrl-C stops", flush=True
            )
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                print("stopped")
    return 0
