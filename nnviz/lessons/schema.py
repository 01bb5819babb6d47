"""The lesson file, version 1: its tables and fields, as docs/lesson-format.md describes them.

These classes only say what a file may contain. `build` turns them into a lesson. The tables of layers are in
`schema_layers`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from nnviz.lessons.schema_base import BRANCH, MANY, MOST_UNITS, ONE, ONE_OR_MANY, Number, Prose, Table, Text
from nnviz.lessons.schema_layers import Cells, LayerTable

FORMAT = 1
MOST_LAYERS = 32
MOST_EXAMPLES = 10_000
MOST_NUMBERS = 1_000_000
MOST_PIXELS = 64  # in a row or a column
MOST_CHANNELS = 4


class InitialTable(Table):
    """How weights that are not listed start."""

    method: Literal["constant", "uniform", "normal", "he", "xavier"]
    seed: Annotated[int, Field(ge=0)] = 0
    value: Number = 0.0
    low: Number = -0.5
    high: Number = 0.5
    mean: Number = 0.0
    deviation: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.1
    bias: Number | None = None


Size = Annotated[int, Field(ge=1, le=MOST_PIXELS)]

Channels = Annotated[
    Annotated[int, Field(ge=1, le=MOST_CHANNELS), Tag(ONE)]
    | Annotated[list[Text], Field(min_length=1, max_length=MOST_CHANNELS), Tag(MANY)],
    ONE_OR_MANY,
]


class ImageTable(Table):
    """What the network reads where it reads images; a sequence is an image of one row."""

    name: Text | None = None
    rows: Size = 1
    columns: Size
    channels: Channels = 1
    range: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None


class NetworkTable(Table):
    inputs: Annotated[list[Text], Field(min_length=1, max_length=MOST_UNITS)] | None = None
    image: ImageTable | None = None
    numbering: Literal["network", "layer"] | None = None
    numbers: list[Annotated[int, Field(ge=1)]] | None = None
    initial: InitialTable | None = None
    layers: Annotated[list[LayerTable], Field(min_length=1, max_length=MOST_LAYERS)]


class NormalizeTable(Table):
    """What happens to the raw numbers before the network reads them."""

    method: Literal["none", "range", "standard"]
    decimals: Annotated[int, Field(ge=0, le=10)] | None = None
    min: list[Number] | None = None
    max: list[Number] | None = None
    targets: bool = True


class BinsTable(Table):
    """A numeric target cut into classes: class i holds values up to `edges[i]`, the last one the rest."""

    edges: Annotated[list[Number], Field(min_length=1)]
    names: Annotated[list[Text], Field(min_length=2)]


class ColumnsTable(Table):
    """Data in columns, one row an example."""

    columns: Annotated[list[Text], Field(min_length=1)]
    targets: Annotated[int, Field(ge=0)] = 1
    rows: Annotated[list[list[Number]], Field(min_length=1, max_length=MOST_EXAMPLES)]
    names: list[Text] | None = None
    normalize: NormalizeTable | None = None
    bins: BinsTable | None = None


Row = Annotated[list[Cells], Field(min_length=1, max_length=MOST_PIXELS)]
Image = Annotated[list[Row], Field(min_length=1, max_length=MOST_PIXELS)]  # of rows, or of channels of rows
Examples = Annotated[int, Field(ge=1, le=MOST_EXAMPLES)]


class ImagesTable(Table):
    """Images, written out or from a data set that is shipped; `labels` or `targets` say what they show."""

    images: Annotated[list[Image], Field(min_length=1, max_length=MOST_EXAMPLES)] | None = None
    dataset: str | None = None
    examples: Examples = 100
    test_examples: Annotated[int, Field(ge=0, le=MOST_EXAMPLES)] = 0
    labels: list[Text | int] | None = None
    classes: Annotated[list[Text], Field(min_length=1, max_length=MOST_UNITS)] | None = None
    targets: list[list[Number]] | None = None
    names: list[Text] | None = None
    normalize: NormalizeTable | None = None


def _kind_of_data(table: Any) -> str:
    has_images = isinstance(table, ImagesTable) or (
        isinstance(table, dict) and ("images" in table or "dataset" in table)
    )
    return f"{BRANCH}images" if has_images else f"{BRANCH}columns"


DataTable = Annotated[
    Annotated[ColumnsTable, Tag(f"{BRANCH}columns")] | Annotated[ImagesTable, Tag(f"{BRANCH}images")],
    Discriminator(_kind_of_data),
]


class StopTable(Table):
    loss_below: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    iterations: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000


def _kind_of_batch(value: Any) -> str:
    return ONE if isinstance(value, int) and not isinstance(value, bool) else MANY


Batch = Annotated[
    Annotated[int, Field(ge=1), Tag(ONE)] | Annotated[Literal["all"], Tag(MANY)],
    Discriminator(_kind_of_batch),
]


class TrainingTable(Table):
    loss: str
    optimizer: Literal["gradient_descent"] = "gradient_descent"
    learning_rate: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    batch: Batch = "all"
    stop: StopTable = StopTable()


class ConventionsTable(Table):
    squared_error: Literal["half", "whole"] = "half"
    reduction: Literal["sum", "mean"] = "sum"
    bias: Literal["per_unit", "shared", "none"] = "per_unit"
    bias_trained: bool = True
    delta: Literal["gradient", "negative_gradient"] = "gradient"
    relu_slope_at_zero: Annotated[float, Field(ge=0, le=1)] = 0.0
    backward_weights: Literal["old", "new"] = "old"


class StartTable(Table):
    """Where the lesson opens; a neuron is a cell where neurons stand in maps."""

    iteration: Annotated[int, Field(ge=1, le=100_000)] = 1
    at: str | None = None
    example: Annotated[int, Field(ge=1)] = 1
    depth: Literal["term", "neuron", "cell", "map", "layer", "pass", "iteration", "epoch"] = "neuron"
    views: list[Literal["matrices", "data", "conventions", "layers", "image", "filters"]] = []


class ExpectTable(Table):
    """A published number: one `value`, `values` with one for each example, or a `map` of them."""

    at: str
    value: Number | None = None
    values: list[Number] | None = None
    map: list[list[Number]] | None = None
    tolerance: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    example: Annotated[int, Field(ge=1)] | None = None
    iteration: Annotated[int, Field(ge=1, le=1_000_000)] | Literal["stop"] = 1
    note: Prose = ""


class LessonFile(Table):
    format: int
    title: Text
    source: Prose = ""
    summary: Prose = ""
    digits: Annotated[int, Field(ge=2, le=10)] = 4
    network: NetworkTable
    data: DataTable
    training: TrainingTable | None = None
    conventions: ConventionsTable = ConventionsTable()
    start: StartTable = StartTable()
    narration: dict[str, Prose] = {}
    expect: list[ExpectTable] = []
