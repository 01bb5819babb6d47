"""Measure, print a table, and say whether everything holds: ``python -m benchmarks [name ...]``."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Iterator, Sequence

# Before numpy is imported: more than one thread buys nothing at these sizes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.table import Row, print_table

BENCHMARKS = (
    "training",
    "networks",
    "convolution",
    "recurrent",
    "painting",
    "labels",
    "spread",
    "live",
    "start",
    "house",
)
"""The modules of this package that measure something; each has a function ``rows()``."""


def rows(names: Sequence[str]) -> Iterator[Row]:
    for name in names:
        yield from importlib.import_module(f"benchmarks.{name}").rows()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"which: {', '.join(BENCHMARKS)} (default: all)"
    )
    names = parser.parse_args().names or BENCHMARKS
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"found {', '.join(unknown)}, wanted {' or '.join(BENCHMARKS)}")
    return 0 if print_table(rows(names)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
