"""What the table of layers says about a network: kinds in words, counts, and how each was counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnviz.engine.census import Count, LayerCensus, census, grouped, sized, total
from nnviz.engine.graph import ConvolutionLayer, Graph, Layer, PoolingLayer, WeightedLayer
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Cell, Pooling
from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ops.pooling import AveragePool
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.unrolled.gru import GRU
from nnviz.engine.unrolled.lstm import LSTM

Texts = tuple[str, str, str]  # units, parameters, connections


@dataclass(frozen=True, slots=True)
class Row:
    """A layer in the table: who it is, its figures under three columns, and beneath what dense would need.

    `dense` and `saved` have a text a column, or none for a layer that is dense itself. `working` says line by
    line how the figures come about.
    """

    scope: str
    title: str
    kind: str
    output: str
    figures: Texts
    working: tuple[str, ...] = ()
    dense: Texts | None = None
    saved: Texts | None = None

    @property
    def text(self) -> str:
        """The row read aloud."""
        units, parameters, connections = self.figures
        lines = [
            f"{self.title}, {self.kind}, output {self.output}" if self.kind else self.title,
            f"{units} units, {parameters} parameters, {connections} connections",
        ]
        if self.dense is not None:
            lines.append(f"dense: {self.dense[1]} parameters, {self.dense[2]} connections")
        return "\n".join([*lines, *self.working])


def rows_of(graph: Graph) -> list[Row]:
    """The layers of a network from its input on, and all of them together."""
    counted = census(graph)
    rows = [_row(one) for one in counted]
    return [*rows, _total_row(counted)]


def _row(one: LayerCensus) -> Row:
    layer = one.layer
    working = (*_parameters(one), *_connections(one))
    row = Row(layer.scope, layer.title, kind_of(layer), sized(layer.a.shape), _figures(one.count), working)
    if one.is_dense:
        return row
    return replace(
        row,
        dense=_figures(one.dense),
        saved=_saved(one.count, one.dense),
        working=(*working, _dense_working(one)),
    )


def _total_row(counted: Sequence[LayerCensus]) -> Row:
    own, dense = total(one.count for one in counted), total(one.dense for one in counted)
    row = Row("", "Total", "", "", _figures(own))
    if all(one.is_dense for one in counted):
        return row
    return replace(row, dense=_figures(dense), saved=_saved(own, dense))


# Words


def kind_of(layer: Layer) -> str:
    """``Convolution 5 × 5, 6 filters, padding 2``; of a dense layer also how it reads maps."""
    if isinstance(layer, ConvolutionLayer) and isinstance(layer.z.op, Convolution):
        op, filters = layer.z.op, layer.units // math.prod(layer.a.shape[1:])
        name = "True convolution" if op.flipped else "Convolution"
        parts = [f"{name} {sized(layer.w.shape[2:])}", _plural(filters, "filter")]
        parts += [f"stride {_pair(op.stride)}"] if op.stride != (1, 1) else []
        return ", ".join([*parts, f"padding {_pair(op.padding)}"] if any(op.padding) else parts)
    if isinstance(layer, PoolingLayer) and isinstance(layer.a.op, Pooling):
        pool = layer.a.op
        name = "Average pool" if isinstance(pool, AveragePool) else "Max pool"
        stride = f", stride {_pair(pool.stride)}" if pool.stride != pool.size else ""
        return f"{name} {sized(pool.size)}{stride}"
    if isinstance(layer, RecurrentLayer):
        return f"{_cell(layer)}, {layer.x.shape[1]} → {layer.width} at each step"
    if layer.is_stepwise:
        return f"Dense, {layer.x.shape[1]} → {layer.a.shape[1]} at each step"
    if len(layer.x.shape) == 2:
        return f"Dense, {layer.x.shape[1]} → {layer.units}, at the last step"
    if len(layer.x.shape) == 1:
        return "Dense"
    return f"Dense, flatten {sized(layer.x.shape)} → {grouped(math.prod(layer.x.shape))}"


def _cell(layer: RecurrentLayer) -> str:
    """What kind of cell a recurrent layer has."""
    names = {LSTM: "LSTM", GRU: "GRU"}
    return next((name for kind, name in names.items() if isinstance(layer.recurrence, kind)), "Recurrent")


def _pair(pair: Cell) -> str:
    return str(pair[0]) if pair[0] == pair[1] else sized(pair)


def _plural(count: int, one: str, many: str = "") -> str:
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"


# Figures


def _figures(count: Count) -> Texts:
    return grouped(count.units), grouped(count.parameters), grouped(count.connections)


def _saved(own: Count, dense: Count) -> Texts:
    return "", share(own.parameters, dense.parameters), share(own.connections, dense.connections)


def share(part: int, whole: int) -> str:
    """How much smaller a part is than the whole: ``1/23,671``, ``1/2.5``; nothing where it is not smaller."""
    if not 0 < part < whole:
        return "" if part else "none"
    times = whole / part
    return f"1/{show(times, decimals=0 if times >= 10 else 1)}"


# How it is counted


def _parameters(one: LayerCensus) -> list[str]:
    layer = one.layer
    if not one.count.parameters:
        return ["Parameters: nothing is learned."]
    if isinstance(layer, ConvolutionLayer):
        filters = layer.w.shape[0]
        bias = " + 1 bias" if layer.b else ""
        bias += " + 1 slope λ" if layer.slopes else ""
        each = f"({sized(layer.w.shape[1:])}{bias})" if bias else sized(layer.w.shape[1:])
        lines = [f"Parameters: {_plural(filters, 'filter')} × {each} = {grouped(one.count.parameters)}"]
    else:
        slopes = layer.units if isinstance(layer, WeightedLayer) and layer.slopes is not None else 0
        learned = f" + {_plural(slopes, 'slope')} λ" if slopes else ""
        weights = replace(one.count, parameters=one.count.parameters - slopes)
        lines = [f"Parameters: {_dense_sum(one, weights)}{learned} = {grouped(one.count.parameters)}"]
    if one.frozen:
        lines.append(f"{grouped(one.frozen)} of them are not trained.")
    return lines


def _dense_sum(one: LayerCensus, count: Count) -> str:
    """Inputs × units and the biases, as many as are counted."""
    biases = count.parameters - one.inputs * one.count.units
    products = f"{_plural(one.inputs, 'input')} × {_plural(one.count.units, 'unit')}"
    return f"{products} + {_plural(biases, 'bias', 'biases')}" if biases else products


def _connections(one: LayerCensus) -> list[str]:
    what = "cells of its window" if isinstance(one.layer, PoolingLayer) else "products"
    made = one.count.connections + one.on_padding
    lines = [
        f"Connections: {_plural(one.count.units, 'unit')} × {grouped(one.products)} {what} = {grouped(made)}"
    ]
    if one.on_padding:
        left = grouped(one.count.connections)
        lines.append(f"less {grouped(one.on_padding)} with padding, always 0: {left}")
    return lines


def _dense_working(one: LayerCensus) -> str:
    return f"Dense instead: {_dense_sum(one, one.dense)} = {grouped(one.dense.parameters)}"
