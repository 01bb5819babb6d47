"""A table from any CSV file: what its columns hold, before anything is done with it."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from nnviz.lessons import arff, files
from nnviz.lessons.csv_cells import MISSING, Cells, Reading, column_of, decimal_of, reading_of
from nnviz.lessons.csv_rows import MOST_ROWS, CsvError, Row, declared, separator_of, table, without_comments
from nnviz.lessons.records import Column, Records

MOST_BYTES = 32 * 2**20
LONGEST_NAME = 200
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",  # which the one of UTF-32 starts with
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The bytes that a text may start with -> how the rest is written."""

BOTH = (Reading(".", frozenset()), Reading(",", frozenset()))


@dataclass(frozen=True)
class CsvFile:
    """A table that was read: its columns, which say what they hold, and how the file is written.

    `separator` and `decimal` are signs, `has_header` says whether the first row gives the names, `notes` what
    was left out, and `content` is the file as it was read.
    """

    path: Path
    columns: tuple[Column, ...]
    separator: str
    decimal: str
    has_header: bool
    notes: tuple[str, ...] = ()
    content: bytes = b""

    @property
    def rows(self) -> int:
        return len(self.columns[0].values)

    def records(self) -> Records:
        """The columns, the last of them the target as long as no other is chosen."""
        names = tuple(column.name for column in self.columns)
        return Records(self.columns, names, names[-1], None, f"Data: {self.path.name}", self.notes)


Version = tuple[int, int]  # when a file was last changed, and its size
_latest: dict[Path, tuple[Version, bytes]] = {}  # an open lesson needs its own when its file has gone


def inspect(path: Path, header: bool | None = None, missing: Iterable[str] | None = None) -> CsvFile:
    """Read a file and find out what its columns hold; `header` None means to look at the first row.

    Empty cells are missing values, and those that hold one of some words, NA, NaN, null, ? and - as long as
    `missing` names no others. A file that has gone since it was read is still known. Raises CsvError.
    """
    words = frozenset({"", *(word.strip().lower() for word in (MISSING if missing is None else missing))})
    try:
        state = files.state_of(path, MOST_BYTES)
    except files.FileError as error:
        if path in _latest and not path.exists():
            return _read(path, header, words, _latest[path][0])
        raise CsvError(f"{path.name or path}: {_said(error)}") from None
    return _read(path, header, words, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, header: bool | None, missing: frozenset[str], version: Version) -> CsvFile:
    """The file in one of its versions, so that a lesson can be built again and again."""
    try:
        return _parsed(path, _content(path, version), header, missing)
    except (CsvError, files.FileError) as error:
        raise CsvError(f"{path.name or path}: {_said(error)}") from None


def _content(path: Path, version: Version) -> bytes:
    if path not in _latest or _latest[path][0] != version:
        _latest[path] = version, files.read_bytes(path, MOST_BYTES)
    return _latest[path][1]


def _said(error: ValueError) -> str:
    return f"{error} and {MOST_ROWS:,} rows" if isinstance(error, files.TooLargeError) else str(error)


def _parsed(path: Path, content: bytes, header: bool | None, missing: frozenset[str]) -> CsvFile:
    text, comments = without_comments(_text(content))
    given, body, separator, has_header = _parts(text, header)
    if not body:
        raise CsvError("found no row below the names of the columns, wanted at least one")
    columns, decimal, empty = _columns(given, body, separator, missing)
    return CsvFile(path, columns, separator, decimal, has_header, tuple(_notes(comments, empty)), content)


class _Parts(NamedTuple):
    """A table cut up: names as far as it gives some, the rows below, and how it is written."""

    names: Cells
    body: Sequence[Row]
    separator: str
    has_header: bool


def _parts(text: str, header: bool | None) -> _Parts:
    if weka := arff.read(text):
        return _Parts(*weka, separator=",", has_header=False)
    text, named = declared(text)
    separator = named or separator_of(text)
    rows = table(text, separator)
    first = rows[0][1]
    if _is_header(first) if header is None else header:
        return _Parts(first, rows[1:], separator, has_header=True)
    return _Parts([""] * len(first), rows, separator, has_header=False)


def _columns(
    given: Cells, body: Sequence[Row], separator: str, missing: frozenset[str]
) -> tuple[tuple[Column, ...], str, int]:
    """All columns with a name or a value, their decimal sign, and how many others there are."""
    cells = list(zip(*(row for _, row in body), strict=True))
    named = zip(_names(given), given, cells, strict=True)
    kept = [(name, one) for name, own, one in named if own.strip() or any(cell.strip() for cell in one)]
    lines = [line for line, _ in body]
    in_file = {decimal_of(one) for _, one in kept} - {""}
    columns = tuple(
        column_of(name, one, lines, reading_of(one, in_file, separator, missing)) for name, one in kept
    )
    return columns, "," if "," in in_file else ".", len(cells) - len(kept)


def _notes(comments: int, empty: int) -> list[str]:
    """What was left out of the file."""
    left = []
    if comments:
        left.append("1 line of comment" if comments == 1 else f"{comments} lines of comments")
    if empty:
        left.append("1 column" if empty == 1 else f"{empty} columns")
        left[-1] += " without name and values"
    return [f"left out: {' and '.join(left)}"] if left else []


# The text


def _text(content: bytes) -> str:
    """What a file says, with one sign at the end of every line, however its system ends one."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    if encoding == "utf-8" and (place := content.find(b"\0")) >= 0:
        raise CsvError(f"found a zero at byte {place + 1:,}, which no text has; wanted a CSV file")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _misread(content, encoding, error.start) from None
    return _with_plain_ends(text)


def _with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _misread(content: bytes, encoding: str, place: int) -> CsvError:
    line = _with_plain_ends(content[:place].decode(encoding, "ignore")).count("\n") + 1
    found = f"found byte 0x{content[place]:02X} in line {line:,} (byte {place + 1:,})"
    name = encoding.removesuffix("-sig").upper()
    return CsvError(f"{found}, which is not {name}: save the table as “CSV UTF-8”")


# Names


def _is_header(row: Cells) -> bool:
    """Names of columns are words, and data has at least one number in its first row."""
    return all(one.number(cell) is None for cell in row if cell.strip() for one in BOTH) and any(row)


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
