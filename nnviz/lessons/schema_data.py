"""The tables of a lesson file that say where its data comes from and how it is prepared."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from nnviz.lessons.schema_base import BRANCH, MANY, MOST_UNITS, ONE, ONE_OR_MANY, Number, Table, Text
from nnviz.lessons.schema_forms import DataForm, NormalizeTable, SplitTable
from nnviz.lessons.schema_layers import Cells
from nnviz.lessons.schema_sequences import SequencesTable, TextTable

__all__ = ["DataForm", "NormalizeTable", "SequencesTable", "SplitTable", "TextTable"]

MOST_EXAMPLES = 10_000
MOST_PIXELS = 64  # in a row or a column
MOST_BINS = 100
MOST_LAG = 100


class BinsTable(Table):
    """A numeric target cut into classes: class i holds values up to `edges[i]`, the last one the rest.

    `count` instead of edges makes so many classes of equal width.
    """

    edges: Annotated[list[Number], Field(min_length=1, max_length=MOST_BINS)] | None = None
    count: Annotated[int, Field(ge=2, le=MOST_BINS)] | None = None
    names: Annotated[list[Text], Field(min_length=2)] | None = None


class ColumnsTable(DataForm):
    """Data in columns, one row an example."""

    columns: Annotated[list[Text], Field(min_length=1)]
    targets: Annotated[int, Field(ge=0)] = 1
    rows: Annotated[list[list[Number]], Field(min_length=1, max_length=MOST_EXAMPLES)]
    bins: BinsTable | None = None


Lag = Annotated[int, Field(ge=1, le=MOST_LAG)]
Names = Annotated[list[Text], Field(min_length=1, max_length=MOST_UNITS)]


class RecordsTable(DataForm):
    """A shipped table, or a CSV file: which of its columns are read, and which is the target."""

    table: str | None = None
    csv: Text | None = None
    header: bool | None = None
    missing: list[str] | None = None
    features: Names | None = None
    target: Text | None = None
    classify: bool | None = None
    lags: (
        Annotated[
            Annotated[Lag, Tag(ONE)] | Annotated[list[Lag], Field(min_length=1), Tag(MANY)], ONE_OR_MANY
        ]
        | None
    ) = None
    examples: Annotated[int, Field(ge=1)] | None = None
    bins: BinsTable | None = None


class DrawTable(Table):
    """Points that are drawn from a formula (see `planar`)."""

    kind: str
    examples: Annotated[int, Field(ge=2, le=MOST_EXAMPLES)] = 200
    noise: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 0.1
    seed: Annotated[int, Field(ge=0)] = 0
    classes: Annotated[int, Field(ge=2)] | None = None


class GenerateTable(DataForm):
    """Data that is drawn when the lesson opens, the same by its seed."""

    generate: DrawTable
    bins: BinsTable | None = None


Row = Annotated[list[Cells], Field(min_length=1, max_length=MOST_PIXELS)]
Image = Annotated[list[Row], Field(min_length=1, max_length=MOST_PIXELS)]  # of rows, or of channels of rows
Examples = Annotated[int, Field(ge=1, le=MOST_EXAMPLES)]


class ImagesTable(DataForm):
    """Images, written out or from a data set that is shipped; `labels` or `targets` say what they show."""

    images: Annotated[list[Image], Field(min_length=1, max_length=MOST_EXAMPLES)] | None = None
    dataset: str | None = None
    examples: Examples = 100
    test_examples: Annotated[int, Field(ge=0, le=MOST_EXAMPLES)] = 0
    labels: list[Text | int] | None = None
    classes: Annotated[list[Text], Field(min_length=1, max_length=MOST_UNITS)] | None = None
    targets: list[list[Number]] | None = None


FORMS: dict[str, type[DataForm]] = {
    "sequences": SequencesTable,
    "text": TextTable,
    "images": ImagesTable,
    "dataset": ImagesTable,
    "table": RecordsTable,
    "csv": RecordsTable,
    "generate": GenerateTable,
}
BRANCHES: dict[type[DataForm], str] = {
    SequencesTable: f"{BRANCH}sequences",
    TextTable: f"{BRANCH}text",
    ImagesTable: f"{BRANCH}images",
    RecordsTable: f"{BRANCH}table",
    GenerateTable: f"{BRANCH}generate",
    ColumnsTable: f"{BRANCH}columns",
}


def _form(table: Any) -> str:
    """The form of the data is told by the one field that it alone has."""
    if isinstance(table, DataForm):
        return BRANCHES[type(table)]
    keys = table if isinstance(table, dict) else {}
    return BRANCHES[next((form for key, form in FORMS.items() if key in keys), ColumnsTable)]


DataTable = Annotated[
    Annotated[ColumnsTable, Tag(BRANCHES[ColumnsTable])]
    | Annotated[ImagesTable, Tag(BRANCHES[ImagesTable])]
    | Annotated[SequencesTable, Tag(BRANCHES[SequencesTable])]
    | Annotated[TextTable, Tag(BRANCHES[TextTable])]
    | Annotated[RecordsTable, Tag(BRANCHES[RecordsTable])]
    | Annotated[GenerateTable, Tag(BRANCHES[GenerateTable])],
    Discriminator(_form),
]
