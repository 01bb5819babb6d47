"""Start values of the parameters: as the file lists them, or drawn at random from its seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnviz.engine.conventions import Conventions
from nnviz.engine.graph import ConvolutionLayer, DenseLayer, Graph, WeightedLayer
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.elementwise import PReLU
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.lessons.errors import BuildError
from nnviz.lessons.kernels import listed_biases, listed_kernels
from nnviz.lessons.network import Listed, scope_of
from nnviz.lessons.recurrent import listed_values, with_forget_bias
from nnviz.lessons.schema import MOST_NUMBERS, InitialTable, NetworkTable
from nnviz.lessons.schema_layers import ConvolutionTable, DenseTable
from nnviz.lessons.schema_sequences import RecurrentTable

if TYPE_CHECKING:
    from nnviz.engine.initializers import Initializer


@dataclass(frozen=True)
class Initial:
    """How the weights of one layer are drawn; `is_first` of the first layer that has weights."""

    table: InitialTable
    random: np.random.Generator
    is_first: bool


def start_values(
    network: NetworkTable, layers: list[Listed], graph: Graph, conventions: Conventions
) -> Iterator[tuple[str, Array]]:
    """Every parameter of a graph with its scope, layer by layer. Raises BuildError."""
    random = np.random.default_rng(network.initial.seed) if network.initial else None
    by_scope = {scope_of(one.table): one for one in layers}
    weighted = [layer for layer in graph.layers if isinstance(layer, WeightedLayer | RecurrentLayer)]
    for layer in weighted:
        one = by_scope[layer.scope]
        initial = None
        if network.initial is not None and random is not None:
            initial = Initial(network.initial, random, layer is weighted[0])
        if isinstance(layer, RecurrentLayer):
            yield from _of_gates(one, layer, initial)
            continue
        if isinstance(layer, ConvolutionLayer):
            weights, bias = _of_filters(one, layer, initial)
        else:
            weights, bias = _of_neurons(one, layer, initial, conventions)
        yield layer.w.scope, weights
        if layer.b is not None:
            yield layer.b.scope, bias
        if layer.slopes is not None:
            yield layer.slopes.scope, _slopes(one, layer)


def _slopes(one: Listed, layer: WeightedLayer) -> Array:
    """λ of every neuron or map, as the file lists them or all alike."""
    assert isinstance(layer.a.op, PReLU) and layer.slopes is not None
    listed = getattr(one.table, "slopes", None)
    if listed is None:
        return np.full(layer.slopes.shape, layer.a.op.start)
    count = layer.slopes.shape[0]
    if len(listed) != count:
        raise BuildError(one.at("slopes"), f"found {counted(len(listed), 'number')}, wanted {count}")
    return np.array(listed, dtype=np.float64)


def _of_gates(one: Listed, layer: RecurrentLayer, initial: Initial | None) -> Iterator[tuple[str, Array]]:
    """The parameters of a recurrent layer: as listed, or drawn gate by gate for [h, x] at once."""
    assert isinstance(one.table, RecurrentTable)
    values = listed_values(one.table, layer, one.index)
    if values is None:
        values = _drawn_for_gates(one, layer, initial)
    with_forget_bias(values, one.table, layer, one.index)
    for node in layer.parameters:
        yield node.scope, values[layer.name_of(node)]


def _drawn_for_gates(one: Listed, layer: RecurrentLayer, initial: Initial | None) -> dict[str, Array]:
    if initial is None:
        field = "weights" if len(layer.gates) == 1 else "gates"
        raise BuildError(one.at(field), f"missing, wanted {field} here or a table network.initial")
    draw, table = _initializer(initial), initial.table
    width, gates = layer.width, layer.w_h.shape[0] // layer.width
    both = [draw(initial.random, (width, width + layer.w_x.shape[1])) for _ in range(gates)]
    w = np.concatenate(both)
    values = {"w_h": w[:, :width].copy(), "w_x": w[:, width:].copy()}
    for node in (layer.b, *layer.extra):
        if node is not None:
            is_drawn = table.bias is None and not INITIALIZERS[table.method].is_scaled
            bias = draw(initial.random, node.shape) if is_drawn else np.full(node.shape, table.bias or 0.0)
            values[layer.name_of(node)] = bias
    return values


def _of_filters(one: Listed, layer: WeightedLayer, initial: Initial | None) -> tuple[Array, Array]:
    assert isinstance(one.table, ConvolutionTable) and isinstance(layer, ConvolutionLayer)
    biases = listed_biases(one.index, one.table, layer)
    if one.table.kernels is not None:
        _check_count(one, layer, "kernels")
        weights = listed_kernels(one.index, one.table, layer.w.shape[1])
        drawn = np.zeros(layer.w.shape[0])
    else:
        weights, drawn = _drawn(one, "kernels", "filters", initial, layer)
    return weights, drawn if biases is None else biases


def _of_neurons(
    one: Listed, layer: WeightedLayer, initial: Initial | None, conventions: Conventions
) -> tuple[Array, Array]:
    assert isinstance(one.table, DenseTable) and isinstance(layer, DenseLayer)
    if one.table.weights is None:
        return _drawn(one, "weights", "units", initial, layer)
    return _listed(one, one.table.weights, layer, conventions)


def _listed(
    one: Listed, rows: list[list[float]], layer: DenseLayer, conventions: Conventions
) -> tuple[Array, Array]:
    """Weights as the file lists them: a row for each neuron, the bias in front."""
    inputs = layer.w.shape[1]
    columns = inputs + (layer.b is not None)
    field = one.at("weights")
    if len(rows) != layer.w.shape[0]:
        raise BuildError(
            field, f"found {counted(len(rows), 'row')}, wanted {layer.w.shape[0]}, one for each neuron"
        )
    for row, values in enumerate(rows, 1):
        if len(values) != columns:
            also = "the bias and " if layer.b is not None else ""
            found, weights = counted(len(values), "number"), counted(inputs, "weight")
            message = f"row {row}: found {found}, wanted {columns}: {also}{weights}"
            raise BuildError(field, message)
    array = np.array(rows, dtype=np.float64)
    if layer.b is None:
        return array, np.empty(0)
    bias = array[:, 0]
    if conventions.bias == "shared":
        if len(set(bias.tolist())) > 1:
            message = "found different biases in a layer that shares one, wanted the same in every row"
            raise BuildError(field, message)
        bias = bias[:1]
    return array[:, 1:], bias


def _drawn(
    one: Listed, field: str, count: str, initial: Initial | None, layer: WeightedLayer
) -> tuple[Array, Array]:
    if initial is None:
        raise BuildError(one.at(field), f"missing, wanted {field} here or a table network.initial")
    _check_count(one, layer, count)
    draw, table = _initializer(initial), initial.table
    weights = draw(initial.random, layer.w.shape)
    shape = layer.b.shape if layer.b is not None else (0,)
    if table.bias is None and not INITIALIZERS[table.method].is_scaled:
        return weights, draw(initial.random, shape)
    return weights, np.full(shape, table.bias or 0.0)


def _check_count(one: Listed, layer: WeightedLayer, field: str) -> None:
    count = int(np.prod(layer.w.shape))
    if count > MOST_NUMBERS:
        raise BuildError(one.at(field), f"found {count:,} weights, wanted at most {MOST_NUMBERS:,}")


def _initializer(initial: Initial) -> Initializer:
    table = initial.table
    if table.method == "uniform" and table.low >= table.high:
        raise BuildError(
            "network.initial.low", f"found {table.low:g}, wanted less than high = {table.high:g}"
        )
    return INITIALIZERS[table.method].made(table, initial.is_first)
