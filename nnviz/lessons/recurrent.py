"""From the tables of recurrent layers to the layers of a graph, and their start values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnviz.engine.conventions import Conventions, agreed_arguments
from nnviz.engine.graph import Graph, Node
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.numbers import counted
from nnviz.engine.ops import ACTIVATIONS
from nnviz.engine.ops.base import Array, Elementwise
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.recurrent_layers import CELLS, GATED, Options, simple_recurrent
from nnviz.lessons.errors import BuildError, layer_field
from nnviz.lessons.schema_sequences import Matrix, RecurrentTable, StatesTable

if TYPE_CHECKING:
    from collections.abc import Iterator


def add_recurrent(
    builder: GraphBuilder,
    x: Node,
    table: RecurrentTable,
    scope: str,
    index: int,
    conventions: Conventions,
    going: Node | None,
) -> RecurrentLayer:
    """Add a layer. Raises BuildError for fields that it does not have, GraphError for other mistakes."""
    if conventions.bias == "shared":
        raise BuildError("conventions.bias", "found “shared”, wanted per_unit or none with recurrent layers")
    trains_bias = (
        table.trainable and conventions.bias_trained if table.train_bias is None else table.train_bias
    )
    options = Options(
        conventions.bias != "none",
        table.trainable,
        trains_bias,
        table.keep,
        going,
        table.later is not None,
    )
    if table.kind in GATED:
        if table.activation != "tanh":
            message = f"found “{table.activation}”, wanted none: the activations of {table.kind} are fixed"
            raise BuildError(layer_field(index, "activation"), message)
        return GATED[table.kind](builder, x, table.units, scope, table.name, options)
    phi = _activation(table, index, conventions)
    return simple_recurrent(builder, x, table.units, phi, scope, table.name, options)


def _activation(table: RecurrentTable, index: int, conventions: Conventions) -> Elementwise:
    """φ of a simple recurrent layer. Raises BuildError for what is no function of one number."""
    known = {k: v for k, v in ACTIVATIONS.items() if issubclass(v, Elementwise) and len(v.arguments) == 1}
    kind = known.get(table.activation)
    if kind is None:
        message = f"found “{table.activation}”, wanted one of {', '.join(known)}"
        raise BuildError(layer_field(index, "activation"), message)
    return kind(**agreed_arguments(kind, conventions))


def given_states(
    table: RecurrentTable, layer: RecurrentLayer, index: int, examples: int
) -> Iterator[tuple[str, Array]]:
    """Start states and given errors, by the scope of their node, the same for every example."""
    yield from _states(table.start, layer.starts, layer, layer_field(index, "start"), examples)
    if table.later is not None:
        yield from _states(table.later, layer.later, layer, layer_field(index, "later"), examples)


def _states(
    table: StatesTable, nodes: tuple[Node, ...], layer: RecurrentLayer, field: str, examples: int
) -> Iterator[tuple[str, Array]]:
    for name, values in (("h", table.h), ("c", table.c)):
        if values is None:
            continue
        node = next((node for node in nodes if layer.name_of(node).startswith(f"{name}_")), None)
        if node is None:
            raise BuildError(f"{field}.{name}", f"found a cell state for {layer.title}, which has none")
        if len(values) != layer.width:
            found = counted(len(values), "number")
            raise BuildError(f"{field}.{name}", f"found {found}, wanted {layer.width}, one for each unit")
        yield node.scope, np.tile(np.array(values, dtype=np.float64), (examples, 1))


# Start values


def listed_values(table: RecurrentTable, layer: RecurrentLayer, index: int) -> dict[str, Array] | None:
    """Weights and biases as the file lists them, None where it lists none. Raises BuildError."""
    rows = _rows(table, layer, index)
    if rows is None:
        return None
    has_bias = int(layer.b is not None)
    values = {"w_h": rows[:, has_bias : has_bias + layer.width], "w_x": rows[:, has_bias + layer.width :]}
    if has_bias:
        values["b"] = rows[:, 0]
    if layer.extra:
        values["b_h"] = _memory_biases(table, layer, index)
    return values


def _memory_biases(table: RecurrentTable, layer: RecurrentLayer, index: int) -> Array:
    biases = [0.0] * layer.width if table.memory_biases is None else table.memory_biases
    if len(biases) != layer.width:
        field = layer_field(index, "memory_biases")
        raise BuildError(field, f"found {counted(len(biases), 'number')}, wanted {layer.width}")
    return np.array(biases, dtype=np.float64)


def _rows(table: RecurrentTable, layer: RecurrentLayer, index: int) -> Array | None:
    """All rows of [1, h, x], gate by gate."""
    wanted = CELLS[table.kind].gates
    if not wanted:
        _refuse(table.gates, index, "gates", "weights")
        if table.weights is None:
            return None
        return _checked(table.weights, layer, layer_field(index, "weights"))
    _refuse(table.weights, index, "weights", "gates")
    if table.gates is None:
        return None
    for name in (*table.gates, *wanted):
        if name not in wanted or name not in table.gates:
            found = "missing" if name in wanted else f"found “{name}”"
            message = f"{found}, wanted a table for each of {', '.join(wanted)}"
            raise BuildError(layer_field(index, f"gates.{name}"), message)
    fields = {name: layer_field(index, f"gates.{name}") for name in wanted}
    return np.concatenate([_checked(table.gates[name], layer, fields[name]) for name in wanted])


def _refuse(found: object, index: int, field: str, wanted: str) -> None:
    if found is not None:
        raise BuildError(
            layer_field(index, field), f"found in a layer that does not have it, wanted {wanted}"
        )


def _checked(rows: Matrix, layer: RecurrentLayer, field: str) -> Array:
    columns = int(layer.b is not None) + layer.width + layer.w_x.shape[1]
    if len(rows) != layer.width:
        found = counted(len(rows), "row")
        raise BuildError(field, f"found {found}, wanted {layer.width}, one for each unit")
    for number, row in enumerate(rows, 1):
        if len(row) != columns:
            parts = f"{'the bias, ' if layer.b is not None else ''}{layer.width} from the state"
            message = f"row {number}: found {counted(len(row), 'number')}, wanted {columns}"
            raise BuildError(field, f"{message}: {parts} and {layer.w_x.shape[1]} from the input")
    return np.array(rows, dtype=np.float64)


def with_forget_bias(
    values: dict[str, Array], table: RecurrentTable, layer: RecurrentLayer, index: int
) -> None:
    """Set the biases of the forget gate, which lets an LSTM remember from the start."""
    if table.forget_bias is None:
        return
    if "f" not in CELLS[table.kind].gates or layer.b is None:
        raise BuildError(
            layer_field(index, "forget_bias"), "found in a layer that has no forget gate with a bias"
        )
    values["b"] = values["b"].copy()
    values["b"][layer.gates[0].rows] = table.forget_bias


def recurrent_layers(graph: Graph) -> dict[str, RecurrentLayer]:
    """The recurrent layers of a graph by their scope."""
    return {layer.scope: layer for layer in graph.layers if isinstance(layer, RecurrentLayer)}
