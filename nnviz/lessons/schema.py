"""The lesson file, version 1: its tables and fields, as docs/lesson-format.md describes them.

These classes only say what a file may contain. `build` turns them into a lesson.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1
MOST_UNITS = 2048
MOST_LAYERS = 32
MOST_EXAMPLES = 10_000
MOST_NUMBERS = 1_000_000

Number = Annotated[float, Field(allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]  # one line
Prose = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


class Table(BaseModel):
    """A table of the file: nothing unknown in it, nothing silently converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class InitialTable(Table):
    """How weights that are not listed start."""

    method: Literal["constant", "uniform", "normal"]
    seed: Annotated[int, Field(ge=0)] = 0
    value: Number = 0.0
    low: Number = -0.5
    high: Number = 0.5
    mean: Number = 0.0
    deviation: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.1
    bias: Number | None = None


class LayerTable(Table):
    name: Text
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    units: Annotated[int, Field(ge=1, le=MOST_UNITS)]
    activation: str = "logistic"
    slope: Number | None = None
    threshold: Number | None = None
    weights: list[list[Number]] | None = None
    reads: str | None = None
    trainable: bool = True
    train_bias: bool | None = None


class NetworkTable(Table):
    inputs: Annotated[list[Text], Field(min_length=1, max_length=MOST_UNITS)]
    numbering: Literal["network", "layer"] = "network"
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


class DataTable(Table):
    columns: Annotated[list[Text], Field(min_length=1)]
    targets: Annotated[int, Field(ge=0)] = 1
    rows: Annotated[list[list[Number]], Field(min_length=1, max_length=MOST_EXAMPLES)]
    names: list[Text] | None = None
    normalize: NormalizeTable | None = None
    bins: BinsTable | None = None


class StopTable(Table):
    loss_below: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    iterations: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000


class TrainingTable(Table):
    loss: str
    optimizer: Literal["gradient_descent"] = "gradient_descent"
    learning_rate: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    batch: Literal["all"] | Annotated[int, Field(ge=1)] = "all"
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
    """Where the lesson opens."""

    iteration: Annotated[int, Field(ge=1, le=100_000)] = 1
    at: str | None = None
    example: Annotated[int, Field(ge=1)] = 1
    depth: Literal["term", "neuron", "layer", "pass", "iteration", "epoch"] = "neuron"
    views: list[Literal["matrices", "data", "conventions"]] = []


class ExpectTable(Table):
    """A published number: one `value`, or `values` with one for each example."""

    at: str
    value: Number | None = None
    values: list[Number] | None = None
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
