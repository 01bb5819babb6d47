"""The command of a table that is stored beside its test: print it, or write it anew."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path


def print_or_write(path: Path, table: Callable[[], str], description: str | None) -> None:
    """Print what the table says now; ``--write`` takes it as right."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--write", action="store_true")
    if options.parse_args().write:
        path.write_text(table(), "utf-8")
    else:
        print(table(), end="")
