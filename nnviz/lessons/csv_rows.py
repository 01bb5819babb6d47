"""From the text of a table to rows of cells: what divides them, and what stands around them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice

MOST_ROWS = 50_000
MOST_COLUMNS = 2_000
MOST_CELLS = 4_000_000

BLANKS = " "
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", BLANKS: "blanks"}
LOOKED_AT = 50  # rows, to find the separator
COMMENT = "#"
TOKEN = re.compile(r'"((?:[^"]|"")*)"(?=\s|$)|(\S+)')
ATTRIBUTE = re.compile(r"""@attribute\s+('[^']*'|"[^"]*"|\S+)\s+\S""", re.IGNORECASE)

Cells = Sequence[str]
Row = tuple[int, list[str]]  # the number of its line, and its cells


class CsvError(ValueError):
    """A file that cannot be read as a table; says where, what was found and what was wanted."""


def without_comments(text: str) -> tuple[str, int]:
    """A text with empty lines in place of the comments at its top, and how many there were."""
    lines = text.splitlines(keepends=True)
    count = 0
    for place, line in enumerate(lines):
        if line.strip() and not line.startswith(COMMENT):
            break
        count += line.startswith(COMMENT)
        lines[place] = "\n"
    return ("".join(lines), count) if count else (text, 0)


def arff(text: str) -> tuple[str, list[str]] | None:
    """The rows of an ARFF file and the names of its columns; None for any other text."""
    if not re.match(r"(\s|%[^\n]*\n)*@relation\b", text, re.IGNORECASE):
        return None
    names: list[str] = []
    lines = text.splitlines()
    for place, line in enumerate(lines):
        plain, lines[place] = line.strip(), ""
        if plain.lower().startswith("@data"):
            body = [one if not one.lstrip().startswith("%") else "" for one in lines[place + 1 :]]
            return "\n".join([*lines[: place + 1], *body]), names
        if plain.lower().startswith("@attribute"):
            names.append(_attribute(plain, place + 1))
    raise CsvError("found an ARFF file without @data, wanted its rows below that line")


def _attribute(line: str, number: int) -> str:
    match = ATTRIBUTE.match(line)
    if match is None:
        raise CsvError(f"line {number:,}: found an @attribute without name or kind")
    return match[1].strip("'\"")


def separator_of(text: str) -> str:
    """The sign that divides the first rows into equally many cells, and into the most of them.

    Blanks do only where no sign does: they also stand inside of cells.
    """
    signs = [sign for sign in SEPARATORS if sign != BLANKS]
    scores = {sign: _score(text, sign) for sign in SEPARATORS}
    best = max(signs, key=lambda sign: scores[sign])
    return BLANKS if scores[BLANKS][0] and not scores[best][0] else best


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
    return _divided(text, separator) if separator != BLANKS else _at_blanks(text)


def _divided(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise CsvError(f"line {reader.line_num:,}: {error}") from None


def _at_blanks(text: str) -> Iterator[Row]:
    """Cells with any number of blanks and tabs between them."""
    for number, line in enumerate(io.StringIO(text), 1):
        cells = [(quoted or plain).replace('""', '"') for quoted, plain in TOKEN.findall(line)]
        if cells:
            yield number, cells


def table(text: str, separator: str) -> list[Row]:
    """All rows, each as long as the first; empty cells behind that are no cells."""
    rows: list[Row] = []
    for line, row in _rows(text, separator):
        if rows and not any(cell.strip() for cell in row[len(rows[0][1]) :]):
            row = row[: len(rows[0][1])]
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
