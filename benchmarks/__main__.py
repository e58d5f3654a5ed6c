"""``python -m benchmarks [--short]``: every measurement, one table.

Exits with 1 when a limit is not met; ``--short`` only reports, because its few rounds on a busy machine prove nothing.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks import book, importing, invoke, page, queues, streams, throttling
from benchmarks.measurement import table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--full", action="store_true", help="all rounds and the whole load (the default)")
    length.add_argument("--short", action="store_true", help="fewer rounds and a smaller load, for CI")
    short = parser.parse_args().short
    figures = [
        *invoke.figures(10 if short else 40),
        *throttling.figures(100 if short else 1_000),
        *queues.figures(1_000 if short else 100_000),
        *streams.figures(10_000 if short else 100_000),
        *importing.figures(5 if short else 15),
        *book.figures(),
        *page.figures(1 if short else 5),
    ]
    print(table(figures))
    missed = [figure.name for figure in figures if not figure.met]
    if missed:
        print(f"\nnot met: {', '.join(missed)}")
    return 1 if missed and not short else 0


if __name__ == "__main__":
    sys.exit(main())
