"""Which cells of a map belong together: a cell and its field, a cell and what is made of it."""

from __future__ import annotations

from collections.abc import Iterable

from nnviz.engine.graph import ConvolutionLayer, Graph, Layer, PoolingLayer, WeightedLayer
from nnviz.engine.ops.base import PADDING, Cell, Contraction, Factor, Pooling
from nnviz.engine.ops.convolution import Convolution
from nnviz.ui.picture.maps_parts import Region, around


def field_of(graph: Graph, layer: Layer, cell: Cell) -> Region | None:
    """The part of every input map that a cell of a layer's maps is made from; padding counts."""
    if isinstance(layer, PoolingLayer):
        assert isinstance(layer.a.op, Pooling)
        return _hull(layer.a.op.window(cell, layer.x.shape))
    if not isinstance(layer, ConvolutionLayer):
        return None
    assert isinstance(layer.z.op, Contraction)
    shapes = tuple(graph.nodes[i].shape for i in layer.z.inputs)
    one_channel = (shapes[0], (1, 1, *shapes[1][2:]))
    terms = layer.z.op.terms((0, *cell[1:]), *one_channel)
    return _hull(f.cell for factors in terms for f in factors if f.slot in (0, PADDING))


def reach_of(graph: Graph, layer: Layer, cell: Cell) -> Region | None:
    """The part of a layer's maps that an input cell goes into."""
    if isinstance(layer, PoolingLayer):
        assert isinstance(layer.a.op, Pooling)
        return _hull(layer.a.op.windows_of(cell, layer.x.shape))
    if not isinstance(layer, ConvolutionLayer):
        return None
    assert isinstance(layer.z.op, Contraction)
    shapes = tuple(graph.nodes[i].shape for i in layer.z.inputs)
    one_channel = (shapes[0], (1, 1, *shapes[1][2:]))
    uses = layer.z.op.uses(Factor(0, (0, *cell[1:])), *one_channel)
    return _hull(use.output for use in uses)


def _hull(cells: Iterable[Cell]) -> Region | None:
    """The smallest region that holds all cells (map, row, column)."""
    return around((row, column) for _, row, column in cells)


def touched_by(graph: Graph, layer: WeightedLayer, tap: Cell) -> Region | None:
    """The part of an input map over which a weight of a filter has slid."""
    rows, columns = layer.a.shape[1:]
    corners = [under(graph, layer, tap, (r, c)) for r in (0, rows - 1) for c in (0, columns - 1)]
    return around(corners)


def under(graph: Graph, layer: WeightedLayer, tap: Cell, position: tuple[int, int]) -> tuple[int, int]:
    """The place of the input that lies under a filter weight (row, column) at a position of the filter."""
    field = field_of(graph, layer, (0, *position))
    assert field is not None
    rows, columns = layer.w.shape[2:]
    row, column = tap
    if is_turned(layer):
        row, column = rows - 1 - row, columns - 1 - column
    return field.top + row, field.left + column


def is_turned(layer: Layer) -> bool:
    """Whether the filter lies turned by 180° on its input, as the convolution of mathematics has it."""
    return isinstance(layer, ConvolutionLayer) and isinstance(layer.z.op, Convolution) and layer.z.op.flipped


def padding_of(layer: WeightedLayer) -> tuple[int, int]:
    """Rows and columns of zeros around what a layer reads."""
    assert isinstance(layer.z.op, Convolution)
    down, across = layer.z.op.padding
    return down, across
