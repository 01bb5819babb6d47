"""From a lesson back to a file: the same lesson with the same numbers, bit for bit."""

from __future__ import annotations

import os
import re
import tempfile
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import tomli_w

from nnviz.lessons.reader import MOST_BYTES
from nnviz.lessons.schema import LessonFile
from nnviz.lessons.schema_data import RecordsTable

EXACT = 2.0**53  # below it a whole number is the same number with and without its point
WIDTH = 110
NUMBERS = re.compile(r"\[\n\s+([^\[\]{}\"]*?),\n\s*\]")  # a list of nothing but numbers, one a line
SMALLER = "Press R and save again: the first weights need no more than their seed. Or take fewer neurons."


class SaveError(ValueError):
    """A lesson that cannot be saved; says why."""


def to_text(file: LessonFile) -> str:
    """A lesson file as text. Reading it gives the same tables; what the file leaves open stays so."""
    tables = _plain(file.model_dump(exclude_unset=True, exclude_none=True, warnings="error"))
    return NUMBERS.sub(_side_by_side, tomli_w.dumps(tables, indent=2))


def write(file: LessonFile, path: Path) -> str | None:
    """Save a lesson file, and its CSV file beside it, whose name is returned. Raises SaveError.

    What is there already is replaced when everything is written, or else left as it is.
    """
    try:
        csv = _csv_beside(file, path.parent)
        content = to_text(file if csv is None else _reading(file, csv.path)).encode()
        _check_size(path, len(content))
        if csv is not None and not csv.path.exists():
            _replace(csv.path, csv.content)
        _replace(path, content)
    except OSError as error:
        raise SaveError(f"{path.name}: cannot be written: {error.strerror or error}") from None
    return None if csv is None else csv.path.name


def _check_size(path: Path, size: int) -> None:
    if size > MOST_BYTES:
        found = f"found a lesson of {size / 2**20:.1f} MiB, wanted at most {MOST_BYTES // 2**20} MiB"
        raise SaveError(f"not saved: {path.name}: {found}. {SMALLER}")


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
    """A CSV file, and where it is to lie."""

    path: Path
    content: bytes


def _csv_beside(file: LessonFile, folder: Path) -> _Csv | None:
    """The CSV file of a lesson in the folder that it is saved in."""
    data = file.data
    if not isinstance(data, RecordsTable) or data.csv is None:
        return None
    source = Path(data.csv)
    content = source.read_bytes()
    return _Csv(_place_for(source.name, content, folder), content)


def _reading(file: LessonFile, csv: Path) -> LessonFile:
    """The lesson with its CSV file as seen from the folder in which both lie."""
    return file.model_copy(update={"data": file.data.model_copy(update={"csv": csv.name})})


def _place_for(name: str, content: bytes, folder: Path) -> Path:
    """A name in a folder that is free, or that the same content has already."""
    plain, number = Path(name), 1
    target = folder / name
    while target.exists() and target.read_bytes() != content:
        number += 1
        target = folder / f"{plain.stem}-{number}{plain.suffix}"
    return target


def _replace(path: Path, content: bytes) -> None:
    """Put a file in place at once, whatever happens on the way."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_mask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mask() -> int:
    """The rights that new files do not get; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
