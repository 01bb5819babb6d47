"""A measurement beside what it must reach, and the table they are printed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Row(NamedTuple):
    """One measurement; `limit` is the most it may be, None where nothing is asked for.

    Below it stand the `details` that somebody needs who wants to make it smaller.
    """

    what: str
    value: float
    unit: str
    limit: float | None = None
    details: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.limit is None or self.value <= self.limit


def print_table(rows: Iterable[Row], width: int = 86) -> bool:
    """Print every row as soon as it is measured; True if all of them hold."""
    print(f"{'measured':<{width}} {'value':>12} {'at most':>12}")
    all_hold = True
    for row in rows:
        value = f"{row.value:,}" if isinstance(row.value, int) else f"{row.value:.2f}"
        limit = "" if row.limit is None else f"{row.limit:,g} {row.unit}"
        verdict = "" if row.limit is None else "  ok" if row.holds else "  TOO MUCH"
        print(f"{row.what:<{width}} {f'{value} {row.unit}':>12} {limit:>12}{verdict}", flush=True)
        for detail in row.details:
            print(f"    {detail}")
        all_hold &= row.holds
    return all_hold
