"""From the tables of layers to a graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnviz.engine.conventions import Conventions, agreed_arguments
from nnviz.engine.graph import Graph, GraphError, Layer, Node
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.ops import (
    ACTIVATIONS,
    LOSSES,
    Loss,
    Op,
    Softmax,
    SquaredError,
)
from nnviz.engine.ops.base import Cell
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.recurrent import Going
from nnviz.engine.recurrent_layers import given_errors
from nnviz.lessons.errors import BuildError, layer_field
from nnviz.lessons.kernels import Form
from nnviz.lessons.recurrent import add_recurrent
from nnviz.lessons.schema import LessonFile, NetworkTable
from nnviz.lessons.schema_layers import (
    OF_ACTIVATIONS,
    AnyTable,
    ConvolutionTable,
    DenseTable,
    FlattenTable,
    PoolTable,
    WeightedTable,
)
from nnviz.lessons.schema_sequences import RecurrentTable

MOST_CELLS = 65_536  # of all maps of a layer together
GIVEN = "given"  # in place of a loss: targets are ∂E/∂ of the outputs


@dataclass(frozen=True)
class Listed:
    """A layer of the file and its place there, counted from 0."""

    index: int
    table: AnyTable

    def at(self, field: str) -> str:
        """The field of this layer as messages call it."""
        return layer_field(self.index, field)


def scope_of(table: AnyTable) -> str:
    """What a layer is called in addresses: its id, or its name in small letters without blanks."""
    if table.id is not None:
        return table.id
    plain = "".join(c for c in table.name.lower() if c.isascii() and c.isalnum())
    return plain or "layer"


# The order of the layers


def chain(layers: Sequence[AnyTable]) -> list[Listed]:
    """The layers in the order in which they read each other.

    A layer reads the one listed before it unless it names another. Raises BuildError for a name that does
    not exist, a cycle, or a fork: every layer is read by one other.
    """
    names = _names(layers)
    sources = {i: _source(i, layer, names) for i, layer in enumerate(layers)}
    ordered: list[Listed] = []
    current: int | None = None
    while len(ordered) < len(layers):
        readers = [i for i, source in sources.items() if source == current]
        if len(readers) > 1:
            message = f"{_named(names, current)} is read by two layers, wanted one"
            raise BuildError(layer_field(readers[1], "reads"), message)
        if not readers:
            left = [i for i in sources if i not in {one.index for one in ordered}]
            cycle = ", ".join(names[i] for i in left)
            message = f"found a cycle: {cycle} never lead back to the inputs"
            raise BuildError(layer_field(left[0], "reads"), message)
        current = readers[0]
        ordered.append(Listed(current, layers[current]))
    return ordered


def _names(layers: Sequence[AnyTable]) -> list[str]:
    names = [scope_of(layer) for layer in layers]
    for index, scope in enumerate(names):
        if scope == "inputs":
            message = "found “inputs”, which means the data; wanted another name"
            raise BuildError(layer_field(index, "name"), message)
        if scope in names[:index]:
            field = "name" if layers[index].id is None else "id"
            raise BuildError(layer_field(index, field), f"found “{scope}” twice, wanted one of its own")
    return names


def _source(index: int, layer: AnyTable, names: list[str]) -> int | None:
    if layer.reads is None:
        return index - 1 if index else None
    if layer.reads == "inputs":
        return None
    if layer.reads not in names:
        wanted = ", ".join(["inputs", *names])
        raise BuildError(layer_field(index, "reads"), f"found “{layer.reads}”, wanted one of {wanted}")
    return names.index(layer.reads)


def _named(names: list[str], index: int | None) -> str:
    return "inputs" if index is None else names[index]


# The graph


def graph_of(
    file: LessonFile,
    layers: list[Listed],
    conventions: Conventions,
    inputs: Cell,
    targets: Cell,
    ends: bool = False,
) -> Graph:
    """The graph of a lesson that reads `inputs` and wants `targets` (shapes of one example).

    With `ends`, sequences differ in length. Raises BuildError.
    """
    builder = GraphBuilder()
    form = Form(is_sequence=len(inputs) > 2 and inputs[1] == 1)
    x = given = _inputs(builder, file.network, inputs)
    going = builder.add("going", Going(inputs[:1])) if ends else None
    target = builder.given("t", targets) if targets[-1] else None
    made: Layer | None = None
    for place, one in enumerate(layers):
        if isinstance(one.table, FlattenTable):
            _check_flatten(one, layers[place + 1 :])
            continue
        made = _layer(builder, x, one, conventions, form, going)
        x = made.a
    assert made is not None
    if target is not None and made.is_map:
        wanted = "a dense layer at the end, or data without labels and targets"
        raise BuildError(layers[-1].at("kind"), f"found maps at the output, wanted {wanted}")
    if file.training is None:
        return builder.graph(given, target, going=going)
    if target is None:
        raise BuildError("data.targets", "found 0, wanted at least one target column to train on")
    try:
        loss = _error(builder, file, conventions, made, target, going)
    except GraphError as error:
        field = {"targets": "data.targets", **dict.fromkeys(("kind", "steps"), layers[-1].at(error.about))}
        message = str(error).removeprefix("loss: ")
        raise BuildError(field.get(error.about, "training.loss"), message) from None
    return builder.graph(given, target, loss, conventions.backward_weights == "new", going)


def _error(
    builder: GraphBuilder,
    file: LessonFile,
    conventions: Conventions,
    output: Layer,
    target: Node,
    going: Node | None,
) -> Node:
    """The loss of the output; where a lesson gives errors, they take its place."""
    if file.training is not None and file.training.loss == GIVEN:
        return given_errors(builder, output, target)
    return builder.loss(_loss(file, conventions), output, target, going if len(target.shape) > 1 else None)


def _inputs(builder: GraphBuilder, network: NetworkTable, shape: Cell) -> Node:
    try:
        return builder.inputs("x", shape, network.keep_inputs)
    except GraphError as error:
        raise BuildError("network.keep_inputs", str(error).removeprefix("x: ")) from None


def _check_flatten(one: Listed, following: list[Listed]) -> None:
    if not following or not isinstance(following[0].table, DenseTable):
        found = following[0].table.name if following else "nothing"
        raise BuildError(one.at("kind"), f"{one.table.name}: found {found} behind it, wanted a dense layer")


def _layer(
    builder: GraphBuilder,
    x: Node,
    one: Listed,
    conventions: Conventions,
    form: Form,
    going: Node | None,
) -> Layer:
    """Add a layer. Raises BuildError with the field that the engine complains about."""
    if isinstance(one.table, RecurrentTable) and len(x.shape) != 2:
        message = f"{one.table.name}: found {x.scope} in front of it, wanted data.sequences or data.text"
        raise BuildError(one.at("kind"), message)
    if not isinstance(one.table, DenseTable | RecurrentTable) and len(x.shape) != 3:
        message = f"{one.table.name}: found a dense layer in front of it, wanted it behind: it reads maps"
        raise BuildError(one.at("kind"), message)
    try:
        match one.table:
            case DenseTable():
                return _dense(builder, x, one, one.table, conventions, going)
            case ConvolutionTable():
                return _convolution(builder, x, one, one.table, conventions, form)
            case RecurrentTable():
                scope = scope_of(one.table)
                return add_recurrent(builder, x, one.table, scope, one.index, conventions, going)
            case PoolTable():
                return _pooling(builder, x, one.table, form)
    except GraphError as error:
        message = str(error).removeprefix(f"{scope_of(one.table)}: ")
        raise BuildError(one.at(_field(error.about, one.table)), f"{one.table.name}: {message}") from None
    raise AssertionError(one.table.kind)


def _field(about: str, table: AnyTable) -> str:
    """The field that the engine complains about; the size of listed kernels is their own."""
    is_listed = about == "size" and isinstance(table, ConvolutionTable) and table.size is None
    return "kernels" if is_listed else about or "kind"


def _dense(
    builder: GraphBuilder,
    x: Node,
    one: Listed,
    table: DenseTable,
    conventions: Conventions,
    going: Node | None,
) -> Layer:
    return builder.dense(
        x,
        table.units,
        _activation(one, table, conventions),
        scope_of(table),
        table.name,
        bias=conventions.bias != "none",
        shared_bias=conventions.bias == "shared",
        train_weights=table.trainable,
        train_bias=_trains_bias(table, conventions),
        keep=table.keep,
        every_step=table.steps == "every",
        going=going,
    )


def _pooling(builder: GraphBuilder, x: Node, table: PoolTable, form: Form) -> Layer:
    op = MaxPool if table.kind == "max_pool" else AveragePool
    size = form.size(table.size)
    pool = op(size, size if table.stride is None else form.size(table.stride))
    return builder.pooling(x, pool, scope_of(table), table.name)


def _convolution(
    builder: GraphBuilder, x: Node, one: Listed, table: ConvolutionTable, conventions: Conventions, form: Form
) -> Layer:
    activation = _activation(one, table, conventions)
    if isinstance(activation, Softmax):
        message = "found “softmax”, which belongs to a layer of classes; wanted a function of one number"
        raise BuildError(one.at("activation"), message)
    filters, size = form.of_filters(one.index, table, x.shape[0])
    made = builder.convolution(
        x,
        filters,
        size,
        activation,
        scope_of(table),
        table.name,
        stride=form.size(table.stride),
        padding=form.padding(table.padding),
        flipped=table.flipped,
        bias=table.bias and conventions.bias != "none",
        train_weights=table.trainable,
        train_bias=_trains_bias(table, conventions),
        keep=table.keep,
    )
    if made.units > MOST_CELLS:
        message = f"{table.name}: found maps of {made.units:,} cells, wanted at most {MOST_CELLS:,}"
        raise BuildError(one.at("kernels" if table.filters is None else "filters"), message)
    return made


def _trains_bias(table: WeightedTable, conventions: Conventions) -> bool:
    if table.train_bias is not None:
        return table.train_bias
    return table.trainable and conventions.bias_trained


def _activation(one: Listed, table: WeightedTable, conventions: Conventions) -> Op:
    kind = ACTIVATIONS.get(table.activation)
    if kind is None:
        wanted = ", ".join(ACTIVATIONS)
        raise BuildError(one.at("activation"), f"found “{table.activation}”, wanted one of {wanted}")
    if table.slopes is not None and "slope" not in kind.arguments:
        raise BuildError(one.at("slopes"), "only prelu learns a slope for each neuron")
    given = {name: value for name in OF_ACTIVATIONS if (value := getattr(table, name)) is not None}
    for name in given:
        if name not in kind.settings:
            owners = [key for key, other in ACTIVATIONS.items() if name in other.settings]
            have = "have" if len(owners) > 1 else "has"
            raise BuildError(one.at(name), f"only {' and '.join(owners)} {have} the field {name}")
    arguments = {kind.settings[name].argument or name: value for name, value in given.items()}
    return kind(**arguments, **agreed_arguments(kind, conventions))


def _loss(file: LessonFile, conventions: Conventions) -> Loss:
    assert file.training is not None
    kind = LOSSES.get(file.training.loss)
    mean = conventions.reduction == "mean"
    only_mistakes = file.training.only == "mistakes"
    if kind is None:
        raise BuildError(
            "training.loss", f"found “{file.training.loss}”, wanted one of {', '.join((*LOSSES, GIVEN))}"
        )
    if kind is SquaredError:
        return SquaredError(conventions.squared_error_half, mean, only_mistakes)
    return kind(mean, only_mistakes)
