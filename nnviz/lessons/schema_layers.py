"""The tables of layers: one for every kind of layer, told apart by the field `kind`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from nnviz.engine.ops import ACTIVATIONS
from nnviz.lessons.schema_base import (
    BRANCH,
    MANY,
    MOST_UNITS,
    ONE,
    ONE_OR_MANY,
    Label,
    Number,
    Text,
    with_settings,
)
from nnviz.lessons.schema_forms import LayerForm
from nnviz.lessons.schema_sequences import RecurrentTable

MOST_FILTERS = 256
MOST_STEPS = 64  # of a stride, a padding, the side of a filter or window


OF_ACTIVATIONS = {name: one for kind in ACTIVATIONS.values() for name, one in kind.settings.items()}
if TYPE_CHECKING:
    _Settings = LayerForm
else:
    _Settings = with_settings(LayerForm, OF_ACTIVATIONS)


class _ActivatedLayer(_Settings):
    activation: str = "logistic"


class _WeightedLayer(_ActivatedLayer):
    slopes: list[Number] | None = None
    trainable: bool = True
    train_bias: bool | None = None
    keep: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = None


class DenseTable(_WeightedLayer):
    """A fully connected layer."""

    kind: Literal["dense"] = "dense"
    units: Annotated[int, Field(ge=1, le=MOST_UNITS)]
    weights: list[list[Number]] | None = None
    steps: Literal["every", "last"] = "every"  # of a sequence that it reads


Count = Annotated[int, Field(ge=1, le=MOST_STEPS)]
Pair = Annotated[list[Count], Field(min_length=2, max_length=2)]
Steps = Annotated[Annotated[Count, Tag(ONE)] | Annotated[Pair, Tag(MANY)], ONE_OR_MANY]  # [rows, columns]
Rim = Annotated[int, Field(ge=0, le=MOST_STEPS)]
Rims = Annotated[list[Rim], Field(min_length=2, max_length=2)]
Padding = Annotated[Annotated[Rim, Tag(ONE)] | Annotated[Rims, Tag(MANY)], ONE_OR_MANY]
Cells = Annotated[Annotated[Number, Tag(ONE)] | Annotated[list[Number], Tag(MANY)], ONE_OR_MANY]
Grid = Annotated[list[Annotated[list[Cells], Field(min_length=1)]], Field(min_length=1)]
Kernel = Annotated[Annotated[Text, Tag(ONE)] | Annotated[Grid, Tag(MANY)], ONE_OR_MANY]


class ConvolutionTable(_WeightedLayer):
    """Filters that are slid over maps; a kernel is a name, a table, or a list of tables, one a channel."""

    kind: Literal["convolution"]
    activation: str = "identity"
    filters: Annotated[int, Field(ge=1, le=MOST_FILTERS)] | None = None
    size: Steps | None = None
    stride: Steps = 1
    padding: Padding = 0
    flipped: bool = False
    bias: bool = True
    kernels: Annotated[list[Kernel], Field(min_length=1, max_length=MOST_FILTERS)] | None = None
    biases: list[Number] | None = None
    names: list[Label] | None = None


class PoolTable(LayerForm):
    """Windows of which one number each is kept."""

    kind: Literal["max_pool", "average_pool"]
    size: Steps = 2
    stride: Steps | None = None


class FlattenTable(LayerForm):
    """Maps read as one row of units. A dense layer does so by itself: this changes nothing."""

    name: Text = "Flatten"
    kind: Literal["flatten"]


KINDS = {
    "dense": DenseTable,
    "convolution": ConvolutionTable,
    "max_pool": PoolTable,
    "average_pool": PoolTable,
    "flatten": FlattenTable,
    "recurrent": RecurrentTable,
    "lstm": RecurrentTable,
    "gru": RecurrentTable,
}


def _kind_of_layer(table: Any) -> str:
    kind = table.get("kind", "dense") if isinstance(table, dict) else getattr(table, "kind", "dense")
    return f"{BRANCH}{kind}"


LayerTable = Annotated[
    Annotated[DenseTable, Tag(f"{BRANCH}dense")]
    | Annotated[ConvolutionTable, Tag(f"{BRANCH}convolution")]
    | Annotated[PoolTable, Tag(f"{BRANCH}max_pool")]
    | Annotated[PoolTable, Tag(f"{BRANCH}average_pool")]
    | Annotated[FlattenTable, Tag(f"{BRANCH}flatten")]
    | Annotated[RecurrentTable, Tag(f"{BRANCH}recurrent")]
    | Annotated[RecurrentTable, Tag(f"{BRANCH}lstm")]
    | Annotated[RecurrentTable, Tag(f"{BRANCH}gru")],
    Discriminator(_kind_of_layer),
]
WeightedTable = DenseTable | ConvolutionTable
AnyTable = DenseTable | ConvolutionTable | PoolTable | FlattenTable | RecurrentTable
