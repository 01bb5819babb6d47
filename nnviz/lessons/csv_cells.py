"""What the cells of one column of a table mean: numbers, dates or words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from nnviz.engine.ops.base import Array
from nnviz.lessons import csv_dates
from nnviz.lessons.records import Column

MISSING = ("na", "n/a", "nan", "null", "?", "-")  # beside empty cells
NO_NUMBER = "none"  # in a column of numbers; among words it is one of them
NUMERIC = re.compile(r"[+-]?[\d.,]*\d[\d.,]*([eE][+-]?\d+)?")
THOUSANDS = {sign: re.compile(rf"[+-]?[1-9]\d{{0,2}}([{sign}]\d{{3}})+") for sign in ".,"}
SPACED = re.compile(r"(?<=\d)[ \u00a0\u202f'’](?=\d{3}(?!\d))")  # 12 500 and 12'500
OTHER = {".": ",", ",": "."}

Cells = Sequence[str]


class Reading:
    """How numbers are written in a column, and which cells count as missing.

    `decimal` is its sign. Cells are `doubtful` where nothing in the file says which of two numbers they are.
    """

    def __init__(self, decimal: str, missing: frozenset[str], is_doubtful: bool = False) -> None:
        self.decimal, self.missing, self.is_doubtful = decimal, missing, is_doubtful

    def is_missing(self, cell: str) -> bool:
        return cell.strip().lower() in self.missing

    def number(self, cell: str) -> float | None:
        """A number, a percentage as the number that it is, NaN for a missing one, or None."""
        if self.is_missing(cell):
            return np.nan
        text, power = _plain(cell)
        thousands = OTHER[self.decimal]
        whole, sign, rest = text.partition(self.decimal)
        if thousands in whole and THOUSANDS[thousands].fullmatch(whole):
            whole = whole.replace(thousands, "")
        if "_" in text or thousands in whole + rest:
            return None
        try:
            value = float(f"{whole}{'.' if sign else ''}{rest}{power}")
        except ValueError:
            return None
        return value if np.isfinite(value) else None


def _plain(cell: str) -> tuple[str, str]:
    """A cell without what is written around its digits, and the power of ten that a percent sign means."""
    text = SPACED.sub("", cell.strip().replace("−", "-"))
    return (text[:-1].rstrip(), "e-2") if text.endswith("%") else (text, "")


def decimal_shown_by(cell: str) -> str:
    """The decimal sign of a number that can be read in one way only; empty for one that may be either."""
    text, _ = _plain(cell)
    if not NUMERIC.fullmatch(text):
        return ""
    point, comma = text.rfind("."), text.rfind(",")
    if point >= 0 and comma >= 0:
        return "." if point > comma else ","
    sign = "." if point >= 0 else "," if comma >= 0 else ""
    if not sign or not THOUSANDS[sign].fullmatch(text):
        return sign if text.count(sign) == 1 else ""
    return OTHER[sign] if text.count(sign) > 1 else ""


def decimal_of(cells: Cells) -> str:
    """The decimal sign of the first number of a column that can be read in one way only."""
    if not any(sign in cell for cell in cells for sign in ".,"):
        return ""
    return next((sign for cell in cells if (sign := decimal_shown_by(cell))), "")


def reading_of(cells: Cells, in_file: set[str], separator: str, missing: frozenset[str]) -> Reading:
    """How a column is read: as its own numbers say, else as those of the whole file do, else as is usual."""
    own = decimal_of(cells)
    if own or len(in_file) == 1:
        return Reading(own or next(iter(in_file)), missing)
    has_comma = any("," in cell and NUMERIC.fullmatch(_plain(cell)[0]) for cell in cells)
    is_doubtful = any(map(_may_be_thousands, cells)) and separator != ","
    return Reading("," if has_comma and separator != "," else ".", missing, is_doubtful)


def _may_be_thousands(cell: str) -> bool:
    return any(form.fullmatch(_plain(cell)[0]) for form in THOUSANDS.values())


def column_of(name: str, cells: Cells, lines: Sequence[int], reading: Reading) -> Column:
    """A column of numbers, of moments, of words, or of a mixture that names its first odd cell."""
    values = _numbers(cells, reading)
    others = [i for i, value in enumerate(values) if value is None]
    if not others:
        numbers = np.array(values, dtype=np.float64)
        return Column(name, numbers, note=_doubt(cells, numbers, reading))
    cells = ["" if reading.is_missing(cell) else " ".join(cell.split()) for cell in cells]
    try:
        moments = csv_dates.moments_of(cells)
    except csv_dates.AmbiguousError as error:
        return _words(name, cells, values, others, lines, str(error))
    if moments is not None:
        return Column(name, moments.values, note=moments.since)
    return _words(name, cells, values, others, lines, "")


def _numbers(cells: Cells, reading: Reading) -> Sequence[float | None]:
    quick = _all_numbers(cells, reading.decimal)
    if quick is not None:
        return quick
    values = [reading.number(cell) for cell in cells]
    others = {cell.strip().lower() for cell, value in zip(cells, values, strict=True) if value is None}
    has_numbers = any(value is not None and not np.isnan(value) for value in values)
    if others == {NO_NUMBER} and has_numbers:
        return [np.nan if value is None else value for value in values]
    return values


def _all_numbers(cells: Cells, decimal: str) -> list[float] | None:
    """The quick way, for the column that holds nothing but plain numbers."""
    odd = "_" if decimal == "." else "_."
    if any(sign in cell for cell in cells for sign in odd):
        return None
    try:
        numbers = [float(cell if decimal == "." else cell.replace(",", ".")) for cell in cells]
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _doubt(cells: Cells, numbers: Array, reading: Reading) -> str:
    """How a number was read that may be another one; empty where there is no doubt."""
    if reading.is_doubtful:
        place = next(i for i, cell in enumerate(cells) if _may_be_thousands(cell))
        return f"“{cells[place].strip()}” is read as {numbers[place]:.12g}"
    percents = [cell.strip() for cell in cells if cell.rstrip().endswith("%")]
    if not percents:
        return ""
    others = (
        i for i in np.flatnonzero(np.nan_to_num(numbers)).tolist() if not cells[i].rstrip().endswith("%")
    )
    return next(
        (f"“{cells[i].strip()}” is read as {numbers[i]:.12g} beside “{percents[0]}”" for i in others), ""
    )


def _words(
    name: str,
    text: Cells,
    values: Sequence[float | None],
    others: Sequence[int],
    lines: Sequence[int],
    note: str,
) -> Column:
    words = sorted(set(text) - {""})
    place = {word: float(i) for i, word in enumerate(words)} | {"": np.nan}
    values_of = np.array([place[word] for word in text])
    return Column(name, values_of, tuple(words), _problem(text, values, others, lines), note=note)


def _problem(text: Cells, values: Sequence[float | None], others: Sequence[int], lines: Sequence[int]) -> str:
    """The first cell of the rarer kind, in a column with numbers and words; empty where it has only words."""
    numbers = [i for i, value in enumerate(values) if value is not None and not np.isnan(value)]
    if not numbers:
        return ""
    wants_number = len(numbers) >= len(others)
    row = others[0] if wants_number else numbers[0]
    kind = f"a number, as in {_counted(numbers)}" if wants_number else f"a word, as in {_counted(others)}"
    return f"row {row + 1:,} (line {lines[row]:,}): found “{text[row][:40]}”, wanted {kind}"


def _counted(rows: Sequence[int]) -> str:
    return "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
