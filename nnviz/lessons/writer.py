"""From a lesson back to a file: the same lesson with the same numbers, bit for bit."""

from __future__ import annotations

import os
import re
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import tomli_w

from nnviz.lessons import csv_file, files
from nnviz.lessons.placing import place
from nnviz.lessons.reader import MOST_BYTES
from nnviz.lessons.schema import LessonFile
from nnviz.lessons.schema_data import RecordsTable

EXACT = 2.0**53  # below it a whole number is the same number with and without its point
WIDTH = 110
LONGEST_NAME = 255  # bytes
NUMBERS = re.compile(r"\[\n\s+([^\[\]{}\"]*?),\n\s*\]")  # a list of nothing but numbers, one a line
SMALLER = "Press R and save again: the first weights need no more than their seed. Or take fewer neurons."


class SaveError(ValueError):
    """A lesson that was not saved; says so, and why."""


def to_text(file: LessonFile) -> str:
    """A lesson file as text. Reading it gives the same tables; what the file leaves open stays so."""
    tables = _plain(file.model_dump(exclude_unset=True, exclude_none=True, warnings="error"))
    return NUMBERS.sub(_side_by_side, tomli_w.dumps(tables, indent=2))


class Beside(NamedTuple):
    """The file that a lesson took along: its name, and whether it was written anew as it had gone."""

    name: str
    was_gone: bool


def write(file: LessonFile, path: Path) -> Beside | None:
    """Save a lesson file, and its CSV file beside it, which is returned. Raises SaveError.

    What is there already is replaced when everything is written, or else left as it is.
    """
    try:
        csv = _csv_beside(file, path.parent)
        content = to_text(file if csv is None else _reading(file, csv.path)).encode()
        _check_size(len(content))
        _place(path, content, csv)
    except OSError as error:
        raise SaveError(f"not saved: {path.name}: cannot be written: {error.strerror or error}") from None
    except ValueError as error:
        raise SaveError(f"not saved: {path.name}: {error}") from None
    return None if csv is None else Beside(csv.path.name, csv.was_gone)


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        found = f"found a lesson of {size / 2**20:.1f} MiB, wanted at most {MOST_BYTES // 2**20} MiB"
        raise ValueError(f"{found}. {SMALLER}")


def _place(path: Path, content: bytes, csv: _Csv | None) -> None:
    """Both files, or none of them."""
    is_new = csv is not None and not csv.path.exists()
    if csv is not None and is_new:
        place(csv.path, csv.content)
    try:
        place(path, content)
    except BaseException:
        if csv is not None and is_new:
            csv.path.unlink(missing_ok=True)
        raise


# Numbers


def _plain(value: Any) -> Any:
    """Whole numbers without a point, as people write them; −0 keeps it, which whole numbers do not have."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return value if value == 0.0 and str(value).startswith("-") else int(value)
    return value


def _side_by_side(match: re.Match[str]) -> str:
    """Numbers beside each other, in lines that can be read.

    Text stands in quotes and has no line breaks of its own, so that this meets numbers only.
    """
    lines = textwrap.wrap(
        f"[{' '.join(match[1].split())}]",
        WIDTH,
        subsequent_indent="  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
    return "\n".join(lines)


# Files


class _Csv(NamedTuple):
    """A CSV file, where it is to lie, and whether it has gone from where it was read."""

    path: Path
    content: bytes
    was_gone: bool


def _csv_beside(file: LessonFile, folder: Path) -> _Csv | None:
    """The CSV file of a lesson, as it was read, in the folder that the lesson is saved in."""
    data = file.data
    if not isinstance(data, RecordsTable) or data.csv is None:
        return None
    source = Path(data.csv)
    content = csv_file.inspect(source, data.header, data.missing).content
    return _Csv(_place_for(source.name, content, folder), content, not source.exists())


def _reading(file: LessonFile, csv: Path) -> LessonFile:
    """The lesson with its CSV file as seen from the folder in which both lie."""
    return file.model_copy(update={"data": file.data.model_copy(update={"csv": csv.name})})


def _place_for(name: str, content: bytes, folder: Path) -> Path:
    """A name in a folder that is free, or that the same content has already."""
    plain, number = Path(name), 1
    target = folder / name
    while os.path.lexists(target) and not _holds(target, content):
        number += 1
        target = folder / _numbered(plain, f"-{number}{plain.suffix}")
    return target


def _numbered(plain: Path, ending: str) -> str:
    """A name with another ending, shortened where it would be too long for a file."""
    stem = plain.stem
    while len(f"{stem}{ending}".encode()) > LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}{ending}"


def _holds(path: Path, content: bytes) -> bool:
    """Whether there is a file with just this content."""
    try:
        return files.read_bytes(path, len(content)) == content
    except files.FileError:
        return False
