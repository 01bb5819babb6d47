"""Where the columns of a lesson come from: a shipped table, a CSV file, or points that are drawn."""

from __future__ import annotations

import os
from pathlib import Path

from nnviz.lessons import csv_file, files, tables
from nnviz.lessons.csv_rows import CsvError
from nnviz.lessons.errors import BuildError
from nnviz.lessons.records import Records
from nnviz.lessons.schema import LessonFile
from nnviz.lessons.schema_data import GenerateTable, RecordsTable


def records_of(table: RecordsTable | GenerateTable) -> Records:
    """The columns that a lesson names. Raises BuildError."""
    if isinstance(table, GenerateTable):
        return tables.drawn(table.generate)
    if table.csv is not None and table.table is not None:
        raise BuildError("data.table", "found beside csv, wanted one of them")
    records = _of_file(table) if table.csv is not None else _shipped(table)
    if table.examples is None:
        return records
    if table.examples > records.rows:
        raise BuildError("data.examples", f"found {table.examples:,}, wanted at most {records.rows:,}")
    return records.first(table.examples)


def _shipped(table: RecordsTable) -> Records:
    if table.header is not None:
        raise BuildError("data.header", "found for a shipped table, wanted csv")
    if table.missing is not None:
        raise BuildError("data.missing", "found for a shipped table, wanted csv")
    return tables.load(table.table or "", table.lags)


def _of_file(table: RecordsTable) -> Records:
    if table.lags is not None:
        raise BuildError("data.lags", "found for a CSV file, wanted the table “sunspots”")
    try:
        return csv_file.inspect(Path(table.csv or ""), table.header, table.missing).records()
    except CsvError as error:
        raise BuildError("data.csv", str(error)) from None


class OutsideFolderError(BuildError):
    """A file that a lesson reads from outside of its folder."""

    def __init__(self, path: Path) -> None:
        asked = "allow it with --allow-outside, or put a copy beside the lesson"
        super().__init__("data.csv", f"found {path}, which lies outside of the lesson's folder: {asked}")
        self.path = path


def located(file: LessonFile, folder: Path, allow_outside: bool = False) -> LessonFile:
    """A lesson file whose CSV file is found from anywhere: relative to the folder that the lesson lies in.

    Raises BuildError for a file that is none, and OutsideFolderError unless what lies elsewhere may be read.
    """
    data = file.data
    if not isinstance(data, RecordsTable) or data.csv is None or data.table is not None:
        return file
    path = folder / data.csv
    if not (allow_outside or _lies_in(path, folder)):
        raise OutsideFolderError(path)
    real = Path(os.path.realpath(path))
    try:
        files.state_of(real, csv_file.MOST_BYTES)
    except files.FileError as error:
        raise BuildError("data.csv", f"{data.csv}: {error}") from None
    return file.model_copy(update={"data": data.model_copy(update={"csv": str(real)})})


def _lies_in(path: Path, folder: Path) -> bool:
    """Whether a file lies in a folder, as it is written and behind all links."""
    return all(Path(real(path)).is_relative_to(real(folder)) for real in (os.path.abspath, os.path.realpath))
