"""From the tables of a lesson file to a lesson that can be taught."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from nnviz.engine.conventions import Conventions
from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.graph import Graph, GraphError, Layer
from nnviz.engine.initializers import constant, normal, uniform
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.moment import Textbook
from nnviz.engine.notation import AddressError, Notation
from nnviz.engine.ops import ACTIVATIONS, LOSSES, LeakyReLU, Loss, Op, ReLU, SquaredError, Threshold
from nnviz.engine.ops.base import Array
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part
from nnviz.engine.timeline import Settings, Stop, Timeline, flat
from nnviz.lessons.data import prepared
from nnviz.lessons.errors import BuildError
from nnviz.lessons.lesson import Expectation, Lesson
from nnviz.lessons.schema import (
    MOST_NUMBERS,
    ConventionsTable,
    ExpectTable,
    InitialTable,
    LayerTable,
    LessonFile,
    NetworkTable,
)
from nnviz.lessons.words import check_narration, conventions_of, notation_of

if TYPE_CHECKING:
    from nnviz.engine.initializers import Initializer

ITERATIONS = "iterations"


def build(name: str, file: LessonFile) -> Lesson:
    """A lesson from its file. Raises BuildError with the field that does not fit the others."""
    conventions = _conventions(file.conventions)
    data = prepared(file.data, len(file.network.inputs))
    ordered = chain(file.network.layers)
    graph = _graph(file, ordered, conventions, data.targets.shape[1])
    parameters = flat(graph, _start_values(file.network, ordered, graph, conventions))
    rate = file.training.learning_rate if file.training else 0.0
    targets = data.targets if graph.target is not None else None
    size = None if file.training is None or file.training.batch == "all" else file.training.batch
    timeline = Timeline(graph, parameters, Settings(data.inputs, targets, rate), batch_size=size)
    check_narration(file.narration, graph, file.network)
    textbook = Textbook(
        notation_of(graph, file.network), conventions, data.preparation, file.narration, data.names
    )
    loss = file.training.loss if file.training else None
    return Lesson(
        name=name,
        title=file.title,
        summary=file.summary.strip(),
        source=file.source.strip(),
        timeline=timeline,
        textbook=textbook,
        conventions=conventions_of(conventions, loss, timeline, data.preparation),
        stop=_stop(file),
        start=_start(file, timeline, textbook.notation),
        depth=Depth[file.start.depth.upper()],
        digits=file.digits,
        views=tuple(file.start.views),
        expectations=tuple(_expectations(file.expect, textbook.notation, timeline.examples)),
    )


def _conventions(table: ConventionsTable) -> Conventions:
    return Conventions(
        squared_error_half=table.squared_error == "half",
        reduction=table.reduction,
        bias=table.bias,
        bias_trained=table.bias_trained,
        delta=table.delta,
        relu_slope_at_zero=table.relu_slope_at_zero,
        backward_weights=table.backward_weights,
    )


# The network


def chain(layers: list[LayerTable]) -> list[tuple[int, LayerTable]]:
    """The layers in the order in which they read each other, with their place in the file.

    A layer reads the one listed before it unless it names another. Raises BuildError for a name that does
    not exist, a cycle, or a fork: every layer is read by one other.
    """
    names = [_scope(layer) for layer in layers]
    for index, scope in enumerate(names):
        if scope == "inputs":
            raise BuildError(_at(index, "name"), "found “inputs”, which means the data; wanted another name")
        if scope in names[:index]:
            raise BuildError(_at(index, "name"), f"found “{scope}” twice, wanted a name of its own")
    sources = {i: _source(i, layer, names) for i, layer in enumerate(layers)}
    ordered: list[tuple[int, LayerTable]] = []
    current: int | None = None
    while len(ordered) < len(layers):
        readers = [i for i, source in sources.items() if source == current]
        if len(readers) > 1:
            raise BuildError(
                _at(readers[1], "reads"), f"{_named(names, current)} is read by two layers, wanted one"
            )
        if not readers:
            left = [i for i in sources if i not in {k for k, _ in ordered}]
            cycle = ", ".join(names[i] for i in left)
            raise BuildError(_at(left[0], "reads"), f"found a cycle: {cycle} never lead back to the inputs")
        current = readers[0]
        ordered.append((current, layers[current]))
    return ordered


def _source(index: int, layer: LayerTable, names: list[str]) -> int | None:
    if layer.reads is None:
        return index - 1 if index else None
    if layer.reads == "inputs":
        return None
    if layer.reads not in names:
        wanted = ", ".join(["inputs", *names])
        raise BuildError(_at(index, "reads"), f"found “{layer.reads}”, wanted one of {wanted}")
    return names.index(layer.reads)


def _named(names: list[str], index: int | None) -> str:
    return "inputs" if index is None else names[index]


def _graph(
    file: LessonFile, layers: list[tuple[int, LayerTable]], conventions: Conventions, targets: int
) -> Graph:
    builder = GraphBuilder()
    inputs = builder.given("x", (len(file.network.inputs),))
    target = builder.given("t", (targets,)) if targets else None
    x, made = inputs, None
    for index, table in layers:
        made = builder.dense(
            x,
            table.units,
            _activation(index, table, conventions),
            _scope(table),
            table.name,
            bias=conventions.bias != "none",
            shared_bias=conventions.bias == "shared",
            train_weights=table.trainable,
            train_bias=_trains_bias(table, conventions),
        )
        x = made.a
    assert made is not None
    if file.training is None:
        return builder.graph(inputs, target)
    if target is None:
        raise BuildError("data.targets", "found 0, wanted at least one target column to train on")
    try:
        loss = builder.loss(_loss(file, conventions), made, target)
    except GraphError as error:
        raise BuildError("training.loss", str(error).removeprefix("loss: ")) from None
    return builder.graph(inputs, target, loss, late_weights=conventions.backward_weights == "new")


def _trains_bias(table: LayerTable, conventions: Conventions) -> bool:
    if table.train_bias is not None:
        return table.train_bias
    return table.trainable and conventions.bias_trained


def _activation(index: int, table: LayerTable, conventions: Conventions) -> Op:
    kind = ACTIVATIONS.get(table.activation)
    if kind is None:
        wanted = ", ".join(ACTIVATIONS)
        raise BuildError(_at(index, "activation"), f"found “{table.activation}”, wanted one of {wanted}")
    if table.slope is not None and kind is not LeakyReLU:
        raise BuildError(_at(index, "slope"), "only leaky_relu has a slope")
    if table.threshold is not None and kind is not Threshold:
        raise BuildError(_at(index, "threshold"), "only threshold units have a threshold")
    if kind is ReLU:
        return ReLU(conventions.relu_slope_at_zero)
    if kind is LeakyReLU:
        return LeakyReLU(0.01 if table.slope is None else table.slope)
    if kind is Threshold:
        return Threshold(table.threshold or 0.0)
    return kind()


def _loss(file: LessonFile, conventions: Conventions) -> Loss:
    assert file.training is not None
    kind = LOSSES.get(file.training.loss)
    mean = conventions.reduction == "mean"
    if kind is None:
        raise BuildError("training.loss", f"found “{file.training.loss}”, wanted one of {', '.join(LOSSES)}")
    if kind is SquaredError:
        return SquaredError(conventions.squared_error_half, mean)
    return kind(mean)


# Start values


def _start_values(
    network: NetworkTable, layers: list[tuple[int, LayerTable]], graph: Graph, conventions: Conventions
) -> Iterator[tuple[str, Array]]:
    random = np.random.default_rng(network.initial.seed) if network.initial else None
    for (index, table), layer in zip(layers, graph.layers, strict=True):
        if table.weights is not None:
            weights, bias = _listed(index, table, layer, conventions)
        else:
            weights, bias = _drawn(index, network.initial, layer, random)
        yield layer.w.scope, weights
        if layer.b is not None:
            yield layer.b.scope, bias


def _listed(index: int, table: LayerTable, layer: Layer, conventions: Conventions) -> tuple[Array, Array]:
    """Weights as the file lists them: a row for each neuron, the bias in front."""
    assert table.weights is not None
    inputs = layer.w.shape[1]
    columns = inputs + (layer.b is not None)
    field = _at(index, "weights")
    if len(table.weights) != layer.units:
        raise BuildError(field, f"found {len(table.weights)} rows, wanted {layer.units}, one for each neuron")
    for row, values in enumerate(table.weights, 1):
        if len(values) != columns:
            also = "the bias and " if layer.b is not None else ""
            message = f"row {row}: found {len(values)} numbers, wanted {columns}: {also}{inputs} weights"
            raise BuildError(field, message)
    array = np.array(table.weights, dtype=np.float64)
    if layer.b is None:
        return array, np.empty(0)
    bias = array[:, 0]
    if conventions.bias == "shared":
        if len(set(bias.tolist())) > 1:
            raise BuildError(
                field, "found different biases in a layer that shares one, wanted the same in every row"
            )
        bias = bias[:1]
    return array[:, 1:], bias


def _drawn(
    index: int, initial: InitialTable | None, layer: Layer, random: np.random.Generator | None
) -> tuple[Array, Array]:
    if initial is None or random is None:
        raise BuildError(_at(index, "weights"), "missing, wanted weights here or a table network.initial")
    if np.prod(layer.w.shape) > MOST_NUMBERS:
        raise BuildError(
            _at(index, "units"), f"found {np.prod(layer.w.shape):,} weights, wanted at most {MOST_NUMBERS:,}"
        )
    draw = _initializer(initial)
    weights = draw(random, layer.w.shape)
    shape = layer.b.shape if layer.b is not None else (0,)
    return weights, draw(random, shape) if initial.bias is None else np.full(shape, initial.bias)


def _initializer(initial: InitialTable) -> Initializer:
    if initial.method == "uniform" and initial.low >= initial.high:
        raise BuildError(
            "network.initial.low", f"found {initial.low:g}, wanted less than high = {initial.high:g}"
        )
    methods: dict[str, Callable[[], Initializer]] = {
        "constant": lambda: constant(initial.value),
        "uniform": lambda: uniform(initial.low, initial.high),
        "normal": lambda: normal(initial.mean, initial.deviation),
    }
    return methods[initial.method]()


# Start, stop, words


def _stop(file: LessonFile) -> Stop:
    if file.training is None:
        return Stop(None, 1)
    return Stop(file.training.stop.loss_below, file.training.stop.iterations)


def _start(file: LessonFile, timeline: Timeline, notation: Notation) -> Cursor:
    start = file.start
    if start.example > timeline.examples:
        raise BuildError("start.example", f"found {start.example}, wanted 1 … {timeline.examples}")
    if start.iteration > 1 and not timeline.graph.trains:
        raise BuildError(
            "start.iteration", f"found {start.iteration} in a lesson that does not train, wanted 1"
        )
    position = 0
    if start.at is not None:
        try:
            ref = notation.parse(start.at)
        except AddressError as error:
            raise BuildError("start.at", str(error)) from None
        found = Walk(timeline).outline(0).completed_at(ref)
        if found is None:
            raise BuildError(
                "start.at", f"found “{start.at}”, which no step computes; wanted a place to start at"
            )
        position = found
    return Cursor(start.iteration - 1, position, start.example - 1)


def _expectations(tables: list[ExpectTable], notation: Notation, examples: int) -> Iterator[Expectation]:
    for index, table in enumerate(tables):
        yield from _expectation(index, table, notation, examples)


def _expectation(index: int, table: ExpectTable, notation: Notation, examples: int) -> Iterator[Expectation]:
    field = f"expect[{index + 1}]"
    if (table.value is None) == (table.values is None):
        raise BuildError(field, "wanted either value or values")
    if table.example is not None and table.example > examples:
        raise BuildError(f"{field}.example", f"found {table.example}, wanted 1 … {examples}")
    try:
        ref = notation.parse("E" if table.at == ITERATIONS else table.at)
    except AddressError as error:
        raise BuildError(f"{field}.at", str(error)) from None
    iteration = -1 if table.iteration == "stop" else table.iteration - 1
    if iteration > 0 and not notation.graph.trains:
        message = f"found {iteration + 1} in a lesson that does not train, wanted 1"
        raise BuildError(f"{field}.iteration", message)
    if table.values is not None:
        if len(table.values) != examples:
            raise BuildError(
                f"{field}.values", f"found {len(table.values)}, wanted {examples}: one for each example"
            )
        numbers = [(row, value) for row, value in enumerate(table.values)]
    else:
        assert table.value is not None
        numbers = [(None if table.example is None else table.example - 1, table.value)]  # type: ignore[list-item]
    for row, value in numbers:
        of = (
            ref.of(Part.SHARE)
            if ref.part is Part.GRADIENT and row is not None and _is_weight(ref.cell, table)
            else ref
        )
        yield Expectation(table.at, of, value, table.tolerance, iteration, row, table.note)


def _is_weight(cell: tuple[int, ...], table: ExpectTable) -> bool:
    return table.at.lstrip().startswith("dw")


def _scope(layer: LayerTable) -> str:
    """What a layer is called in addresses: its id, or its name in small letters without blanks."""
    if layer.id is not None:
        return layer.id
    plain = "".join(c for c in layer.name.lower() if c.isascii() and c.isalnum())
    return plain or "layer"


def _at(index: int, field: str) -> str:
    return f"network.layers[{index + 1}].{field}"
