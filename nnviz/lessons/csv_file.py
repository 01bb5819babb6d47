"""A table from any CSV file: what its columns hold, before anything is done with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np

from nnviz.engine.ops.base import Array
from nnviz.lessons.records import Column, Records

MOST_BYTES = 32 * 2**20
MOST_ROWS = 50_000
MOST_COLUMNS = 2_000
MOST_CELLS = 4_000_000
LONGEST_NAME = 200

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
LOOKED_AT = 50  # rows, to find the separator
MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none", "-"})

Cells = Sequence[str]
Row = tuple[int, list[str]]  # the number of its line, and its cells


class CsvError(ValueError):
    """A file that cannot be read as a table; says where, what was found and what was wanted."""


@dataclass(frozen=True)
class CsvFile:
    """A table that was read: its columns, which say what they hold, and how the file is written.

    `separator` and `decimal` are signs, `has_header` says whether the first row gives the names.
    """

    path: Path
    columns: tuple[Column, ...]
    separator: str
    decimal: str
    has_header: bool

    @property
    def rows(self) -> int:
        return len(self.columns[0].values)

    def records(self) -> Records:
        """The columns, the last of them the target as long as no other is chosen."""
        names = tuple(column.name for column in self.columns)
        return Records(self.columns, names, names[-1], None, f"Data: {self.path.name}")


def inspect(path: Path, header: bool | None = None) -> CsvFile:
    """Read a file and find out what its columns hold; `header` None means to look at the first row.

    Cells that are empty, or NA, NaN, null, none, ? or -, are missing values. Raises CsvError.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise CsvError(f"{path.name}: cannot be read: {_reason(error)}") from None
    return _read(path, header, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, header: bool | None, changed: int, size: int) -> CsvFile:
    """The file as it was when it was last changed, so that a lesson can be built again and again."""
    if size > MOST_BYTES:
        found = f"a file of {size / 2**20:.1f} MiB, wanted at most {MOST_BYTES // 2**20} MiB"
        raise CsvError(f"{path.name}: found {found} and {MOST_ROWS:,} rows")
    try:
        return _parsed(path, _text(path), header)
    except CsvError as error:
        raise CsvError(f"{path.name}: {error}") from None


def _parsed(path: Path, text: str, header: bool | None) -> CsvFile:
    separator = _separator(text)
    rows = _table(text, separator)
    has_header = _is_header(rows[0][1]) if header is None else header
    names = _names(rows[0][1] if has_header else [""] * len(rows[0][1]))
    body = rows[1:] if has_header else rows
    if not body:
        raise CsvError("found no row below the names of the columns, wanted at least one")
    cells = list(zip(*(row for _, row in body), strict=True))
    decimal = _decimal(cells, separator)
    lines = [line for line, _ in body]
    columns = tuple(_column(name, one, lines, decimal) for name, one in zip(names, cells, strict=True))
    return CsvFile(path, columns, separator, decimal, has_header)


# The text


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CsvError(f"cannot be read: {_reason(error)}") from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CsvError("found UTF-16 text, wanted UTF-8: save the table as “CSV UTF-8”")
    if (place := content.find(b"\0")) >= 0:
        raise CsvError(f"found a zero at byte {place + 1:,}, which no text has; wanted a CSV file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"found byte 0x{content[error.start]:02X} in line {line:,} (byte {error.start + 1:,})"
        raise CsvError(f"{found}, which is not UTF-8: save the table as “CSV UTF-8”") from None


def _reason(error: OSError) -> str:
    reasons = {FileNotFoundError: "no such file", IsADirectoryError: "it is a folder"}
    return reasons.get(type(error), error.strerror or str(error))


# Rows


def _separator(text: str) -> str:
    """The sign that divides the first rows into equally many cells, and into the most of them."""
    scores = {sign: _score(text, sign) for sign in SEPARATORS}
    return max(SEPARATORS, key=lambda sign: scores[sign])


def _score(text: str, separator: str) -> tuple[bool, int]:
    """Whether the first rows are equally long, and how many cells the first one has."""
    lengths: list[int] = []
    try:
        for _, row in islice(_rows(text, separator), LOOKED_AT):
            lengths.append(len(row))
    except CsvError:
        lengths.append(0)
    return len(set(lengths)) == 1 and lengths[0] > 1, lengths[0] if lengths else 0


def _rows(text: str, separator: str) -> Iterator[Row]:
    """Every row that is not blank, with the number of its line."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise CsvError(f"line {reader.line_num:,}: {error}") from None


def _table(text: str, separator: str) -> list[Row]:
    """All rows, each as long as the first."""
    rows: list[Row] = []
    for line, row in _rows(text, separator):
        _check_row(rows, row, line, separator)
        rows.append((line, row))
    if not rows:
        raise CsvError("found no row at all, wanted a table")
    return rows


def _check_row(rows: Sequence[Row], row: Cells, line: int, separator: str) -> None:
    if len(rows) > MOST_ROWS:
        raise CsvError(f"found more than {MOST_ROWS:,} rows, wanted at most so many")
    if len(row) > MOST_COLUMNS:
        raise CsvError(f"line {line:,}: found {len(row):,} columns, wanted at most {MOST_COLUMNS:,}")
    if (len(rows) + 1) * len(row) > MOST_CELLS:
        raise CsvError(f"found more than {MOST_CELLS:,} cells, wanted at most so many")
    if rows and len(row) != len(rows[0][1]):
        cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
        wanted = f"wanted {len(rows[0][1])} as in line {rows[0][0]}"
        raise CsvError(f"line {line:,}: found {cells}, {wanted} (separator: {SEPARATORS[separator]})")


# Names


def _is_header(row: Cells) -> bool:
    """Names of columns are words, and data has at least one number in its first row."""
    return all(_number(cell, ".") is None and _number(cell, ",") is None for cell in row) and any(row)


def _names(row: Cells) -> list[str]:
    names: list[str] = []
    for place, cell in enumerate(row, 1):
        name = " ".join(cell.split()) or f"column {place}"
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise CsvError(
                f"column {place}: found a name that is no line of at most {LONGEST_NAME} characters"
            )
        if name in names:
            raise CsvError(f"columns {names.index(name) + 1} and {place}: found the name “{name}” twice")
        names.append(name)
    return names


# Cells


def _is_missing(cell: str) -> bool:
    return cell.strip().lower() in MISSING


def _decimal(columns: Sequence[Cells], separator: str) -> str:
    """A comma where it does not separate the cells and some number needs it, else a point."""
    if separator == ",":
        return "."
    for cells in columns:
        for cell in cells:
            if "," in cell and _number(cell, ",") is not None:
                return ","
    return "."


def _number(cell: str, decimal: str) -> float | None:
    text = cell.strip().replace("−", "-")
    if decimal == ",":
        if text.count(",") > 1 or ("," in text and "." in text):
            return None
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return None if "_" in text or not np.isfinite(number) else number


def _column(name: str, cells: Cells, lines: Sequence[int], decimal: str) -> Column:
    numbers = _all_numbers(cells)
    if numbers is not None:
        return Column(name, numbers)
    values = [np.nan if _is_missing(cell) else _number(cell, decimal) for cell in cells]
    others = [i for i, value in enumerate(values) if value is None]
    if not others:
        return Column(name, np.array(values, dtype=np.float64))
    text = ["" if _is_missing(cell) else " ".join(cell.split()) for cell in cells]
    words = sorted(set(text) - {""})
    place = {word: float(i) for i, word in enumerate(words)} | {"": np.nan}
    values_of = np.array([place[word] for word in text])
    return Column(name, values_of, tuple(words), _problem(text, values, others, lines))


def _all_numbers(cells: Cells) -> Array | None:
    """The quick way, for the column that holds nothing but numbers with a point."""
    try:
        numbers = np.array([float(cell) for cell in cells])
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() and not any("_" in cell for cell in cells) else None


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
