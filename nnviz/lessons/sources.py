"""Where the columns of a lesson come from: a shipped table, a CSV file, or points that are drawn."""

from __future__ import annotations

from pathlib import Path

from nnviz.lessons import csv_file, tables
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
    except csv_file.CsvError as error:
        raise BuildError("data.csv", str(error)) from None


def located(file: LessonFile, folder: Path) -> LessonFile:
    """A lesson file whose CSV file is found from anywhere: relative to the folder that the lesson lies in."""
    data = file.data
    if not isinstance(data, RecordsTable) or data.csv is None:
        return file
    path = str((folder / data.csv).resolve())
    return file.model_copy(update={"data": data.model_copy(update={"csv": path})})
