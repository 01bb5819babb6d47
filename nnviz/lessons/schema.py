"""The lesson file, version 1: its tables and fields, as docs/lesson-format.md describes them.

These classes only say what a file may contain. `build` turns them into a lesson. The tables of layers are in
`schema_layers`, those of the data in `schema_data`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field, Tag

from nnviz.engine.initializers import INITIALIZERS
from nnviz.lessons.schema_base import MANY, MOST_UNITS, ONE, ONE_OR_MANY, Number, Prose, Table, Text
from nnviz.lessons.schema_data import MOST_PIXELS, DataTable
from nnviz.lessons.schema_layers import LayerTable
from nnviz.lessons.schema_training import TrainingTable

FORMAT = 1
MOST_LAYERS = 32
MOST_NUMBERS = 1_000_000
MOST_CHANNELS = 4


if TYPE_CHECKING:
    InitialMethod: TypeAlias = str
else:
    InitialMethod = Literal[tuple(INITIALIZERS)]


class InitialTable(Table):
    """How weights that are not listed start."""

    method: InitialMethod
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
    keep_inputs: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = None
    image: ImageTable | None = None
    numbering: Literal["network", "layer"] | None = None
    numbers: list[Annotated[int, Field(ge=1)]] | None = None
    initial: InitialTable | None = None
    layers: Annotated[list[LayerTable], Field(min_length=1, max_length=MOST_LAYERS)]


class ConventionsTable(Table):
    squared_error: Literal["half", "whole"] = "half"
    reduction: Literal["sum", "mean"] = "sum"
    bias: Literal["per_unit", "shared", "none"] = "per_unit"
    bias_trained: bool = True
    delta: Literal["gradient", "negative_gradient"] = "gradient"
    relu_slope_at_zero: Annotated[float, Field(ge=0, le=1)] = 0.0
    backward_weights: Literal["old", "new"] = "old"


class StartTable(Table):
    """Where the lesson opens; a neuron is a cell where neurons stand in maps, and a step one of time."""

    iteration: Annotated[int, Field(ge=1, le=100_000)] = 1
    at: str | None = None
    example: Annotated[int, Field(ge=1)] = 1
    depth: Literal["term", "neuron", "cell", "map", "step", "layer", "pass", "iteration", "epoch"] = "neuron"
    views: list[
        Literal[
            "matrices",
            "data",
            "output",
            "spread",
            "error",
            "learning",
            "conventions",
            "layers",
            "image",
            "filters",
            "time",
        ]
    ] = []


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
    topic: Text | None = None
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
