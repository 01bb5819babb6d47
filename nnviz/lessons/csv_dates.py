"""Dates and times of day as numbers that a network can read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from nnviz.engine.ops.base import Array

TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?"
YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})([-/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}})(?:[T ]{TIME}Z?)?")
YEAR_LAST = re.compile(rf"(?P<day>\d{{1,2}})([-/.])(?P<month>\d{{1,2}})\2(?P<year>\d{{4}})(?:[T ]{TIME})?")
ALONE = re.compile(TIME)


class AmbiguousError(ValueError):
    """Dates of which nothing says whether their day or their month stands first."""


class Moments(NamedTuple):
    """Numbers of moments, NaN where one is missing, and what they count from."""

    values: Array
    since: str


def moments_of(cells: Sequence[str]) -> Moments | None:
    """Dates as days since the first of them, times of day as hours; None where cells are neither.

    Empty cells are missing. Raises AmbiguousError.
    """
    there = dict.fromkeys(cell for cell in cells if cell)
    for form in (YEAR_FIRST, YEAR_LAST, ALONE):
        matches = {cell: match for cell in there if (match := form.fullmatch(cell))}
        if there and len(matches) == len(there):
            return _times(cells, matches) if form is ALONE else _dates(cells, matches)
    return None


def _times(cells: Sequence[str], matches: dict[str, re.Match[str]]) -> Moments | None:
    shares = {cell: _share(match) for cell, match in matches.items()}
    if not all(0 <= share < 1 for share in shares.values()):
        return None
    return Moments(np.array([shares[cell] * 24 if cell else np.nan for cell in cells]), "in hours")


def _dates(cells: Sequence[str], matches: dict[str, re.Match[str]]) -> Moments | None:
    order = _order(matches)
    try:
        days = {cell: _day(match, order) + _share(match) for cell, match in matches.items()}
    except ValueError:
        return None
    first = int(min(days.values()))
    values = np.array([days[cell] - first if cell else np.nan for cell in cells])
    return Moments(values, f"in days since {date.fromordinal(first).isoformat()}")


def _order(matches: dict[str, re.Match[str]]) -> tuple[str, str]:
    """The names of the fields that hold day and month: with a slash some write the month first."""
    usual, other = ("day", "month"), ("month", "day")
    one = next(iter(matches.values()))
    if one.re is YEAR_FIRST or one[2] != "/":
        return usual
    if any(int(match["day"]) > 12 for match in matches.values()):
        return usual
    if any(int(match["month"]) > 12 for match in matches.values()):
        return other
    raise AmbiguousError(f"“{one[0]}” may have day or month first: write {one['year']}-MM-DD")


def _day(match: re.Match[str], order: tuple[str, str]) -> int:
    day, month = (int(match[name]) for name in order)
    return date(int(match["year"]), month, day).toordinal()


def _share(match: re.Match[str]) -> float:
    """The share of its day that is over."""
    if match["hour"] is None:
        return 0.0
    minutes = int(match["hour"]) * 60 + int(match["minute"])
    return (minutes * 60 + float(match["second"] or 0)) / 86400
