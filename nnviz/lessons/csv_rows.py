"""From the text of a table to rows of cells: what divides them, and what stands around them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

MOST_ROWS = 50_000
MOST_COLUMNS = 2_000
MOST_CELLS = 4_000_000

BLANKS = " "
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", BLANKS: "blanks"}
LOOKED_AT = 50  # rows, to find the separator
COMMENT = "#"
TOKEN = re.compile(r'"((?:[^"]|"")*)"(?=\s|$)|(\S+)')
DECLARED = re.compile(r'\s*("?)sep=(?P<sign>[^\n\w])\1[,;\t]*(\n|$)', re.IGNORECASE)

Cells = Sequence[str]
Row = tuple[int, list[str]]  # the number of its line, and its cells


class CsvError(ValueError):
    """A file that cannot be read as a table; says where, what was found and what was wanted."""


def without_comments(text: str) -> tuple[str, int]:
    """A text with empty lines in place of the comments at its top, and how many there were."""
    lines = text.split("\n")
    count = 0
    for place, line in enumerate(lines):
        if line.strip() and not line.startswith(COMMENT):
            break
        count += line.startswith(COMMENT)
        lines[place] = ""
    return ("\n".join(lines), count) if count else (text, 0)


def declared(text: str) -> tuple[str, str]:
    """A text with an empty line in place of a first one such as sep=; and the separator that it names.

    Excel reads and writes such a line. The separator is empty where a table has none.
    """
    match = DECLARED.match(text)
    if match is None:
        return text, ""
    if match["sign"] not in SEPARATORS:
        wanted = f"wanted sep= with one of {', '.join(SEPARATORS.values())}"
        number = text.count("\n", 0, match.start("sign")) + 1
        raise CsvError(f"line {number:,}: found the separator “{match['sign']}”, {wanted}")
    return "\n" * text.count("\n", 0, match.end()) + text[match.end() :], match["sign"]


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
    first = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
            first = reader.line_num + 1
    except csv.Error as error:
        raise CsvError(f"line {first:,}: {_said(error, separator)}") from None


def _said(error: csv.Error, separator: str) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "found a quote that is not closed, wanted another one at the end of the cell"
    if "expected after" in text:
        return f"found text behind a closing quote, wanted a separator ({SEPARATORS[separator]})"
    return f"found a cell of more than {csv.field_size_limit():,} characters, wanted at most so many"


def _at_blanks(text: str) -> Iterator[Row]:
    """Cells with any number of blanks and tabs between them."""
    for number, line in enumerate(text.split("\n"), 1):
        cells = [_unquoted(match[1] or "", match[2] or "", number) for match in TOKEN.finditer(line)]
        if cells:
            yield number, cells


def _unquoted(quoted: str, plain: str, number: int) -> str:
    if plain.startswith('"'):
        raise CsvError(f"line {number:,}: found “{plain[:40]}”, wanted a cell with its quotes closed")
    return (quoted or plain).replace('""', '"')


class Width(NamedTuple):
    """How many cells every row has to have, and how that is said."""

    cells: int
    said: str


def table(text: str, separator: str) -> list[Row]:
    """All rows, each as long as the first; empty cells behind that are no cells."""
    rows = _rows(text, separator)
    first = next(rows, None)
    if first is None:
        raise CsvError("found no row at all, wanted a table")
    line, cells = first
    said = f"{len(cells)} as in line {line} (separator: {SEPARATORS[separator]})"
    return alike(chain([first], rows), Width(len(cells), said))


def alike(rows: Iterable[Row], width: Width) -> list[Row]:
    """Rows that all have as many cells as they should; empty ones behind those are no cells."""
    found: list[Row] = []
    for line, row in rows:
        if not any(cell.strip() for cell in row[width.cells :]):
            row = row[: width.cells]
        _check_row(len(found), row, line, width)
        found.append((line, row))
    return found


def _check_row(before: int, row: Cells, line: int, width: Width) -> None:
    if before > MOST_ROWS:
        raise CsvError(f"found more than {MOST_ROWS:,} rows, wanted at most so many")
    if len(row) > MOST_COLUMNS:
        raise CsvError(f"line {line:,}: found {len(row):,} columns, wanted at most {MOST_COLUMNS:,}")
    if (before + 1) * len(row) > MOST_CELLS:
        raise CsvError(f"found more than {MOST_CELLS:,} cells, wanted at most so many")
    if len(row) != width.cells:
        cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
        raise CsvError(f"line {line:,}: found {cells}, wanted {width.said}")
