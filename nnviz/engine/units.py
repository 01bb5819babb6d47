"""What a stage of the outline goes through one by one: cells of a map, neurons, weights of a filter.

All of them follow the order in which numpy lays out the arrays, so what is computed before a unit is always
the beginning of every array.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nnviz.engine.graph import ConvolutionLayer, Node, WeightedLayer
from nnviz.engine.ops.base import Cell

Places = tuple[tuple[Node, Cell], ...]


class Units:
    """`count` units, `group` of which belong to one map or filter (all of them where there are none)."""

    count: int
    group: int

    def unit_of(self, node: Node, cell: Cell) -> int | None:
        """The unit that computes a cell of a node."""
        raise NotImplementedError

    def before(self, node: Node, unit: int) -> int:
        """How many cells of a node, in reading order, belong to the units before one."""
        raise NotImplementedError

    def done(self, node: Node, unit: int) -> tuple[slice, ...]:
        """The cells of a node, in reading order, that belong to the units before one."""
        return (slice(0, self.before(node, unit)),)


@dataclass(frozen=True, slots=True)
class Cells(Units):
    """Every cell of an array is a unit: neurons of a vector, or cells map by map and row by row."""

    shape: Cell

    @property
    def count(self) -> int:  # type: ignore[override]
        return math.prod(self.shape)

    @property
    def group(self) -> int:  # type: ignore[override]
        return math.prod(self.shape[1:]) if len(self.shape) > 1 else self.count

    def cell(self, unit: int) -> Cell:
        return tuple(int(i) for i in np.unravel_index(unit, self.shape))

    def unit_of(self, node: Node, cell: Cell) -> int | None:
        if len(cell) != len(self.shape) or not all(0 <= i < n for i, n in zip(cell, self.shape, strict=True)):
            return None
        return int(np.ravel_multi_index(cell, self.shape)) if cell else 0

    def before(self, node: Node, unit: int) -> int:
        return unit


@dataclass(frozen=True, slots=True)
class WeightsOfNeurons(Units):
    """Every neuron with all weights that lead into it, bias first and the slope of φ last, if it is learned.

    A shared bias belongs to the first neuron.
    """

    layer: WeightedLayer

    @property
    def count(self) -> int:  # type: ignore[override]
        return self.layer.w.shape[0]

    @property
    def group(self) -> int:  # type: ignore[override]
        return self.layer.w.shape[0]

    def places(self, unit: int) -> Places:
        """The weights into one neuron."""
        layer = self.layer
        has_bias = layer.b is not None and unit < layer.b.shape[0]
        bias = ((layer.b, (unit,)),) if has_bias and layer.b is not None else ()
        slope = ((layer.slopes, (unit,)),) if layer.slopes is not None else ()
        return (*bias, *((layer.w, (unit, k)) for k in range(layer.w.shape[1])), *slope)

    def unit_of(self, node: Node, cell: Cell) -> int | None:
        return cell[0] if cell[0] < node.shape[0] else None

    def before(self, node: Node, unit: int) -> int:
        return min(unit, node.shape[0]) * math.prod(node.shape[1:])


@dataclass(frozen=True, slots=True)
class WeightsOfFilters(Units):
    """Every weight of every filter is a unit, filter by filter, bias first; only those that learn count.

    The slope of φ, where it is learned, comes last.
    """

    layer: ConvolutionLayer

    @property
    def _has_bias(self) -> int:
        return int(self.layer.b is not None and self.layer.b.is_trainable)

    @property
    def _has_slope(self) -> int:
        return int(self.layer.slopes is not None and self.layer.slopes.is_trainable)

    @property
    def _weights(self) -> int:
        return math.prod(self.layer.w.shape[1:]) if self.layer.w.is_trainable else 0

    @property
    def count(self) -> int:  # type: ignore[override]
        return self.layer.w.shape[0] * self.group

    @property
    def group(self) -> int:  # type: ignore[override]
        return self._has_bias + self._weights + self._has_slope

    def places(self, unit: int) -> Places:
        """The one weight of a unit."""
        f, place = divmod(unit, self.group)
        if place < self._has_bias and self.layer.b is not None:
            return ((self.layer.b, (f,)),)
        if place >= self._has_bias + self._weights and self.layer.slopes is not None:
            return ((self.layer.slopes, (f,)),)
        tap = np.unravel_index(place - self._has_bias, self.layer.w.shape[1:])
        return ((self.layer.w, (f, *map(int, tap))),)

    def unit_of(self, node: Node, cell: Cell) -> int | None:
        if not all(0 <= i < n for i, n in zip(cell, node.shape, strict=True)):
            return None
        start = cell[0] * self.group
        if node is self.layer.slopes:
            return start + self.group - 1
        if node is not self.layer.w:
            return start
        return start + self._has_bias + int(np.ravel_multi_index(cell[1:], node.shape[1:]))

    def before(self, node: Node, unit: int) -> int:
        filters, rest = divmod(unit, self.group)
        if node is self.layer.slopes:
            return filters
        if node is not self.layer.w:
            return filters + int(rest > 0)
        return filters * self._weights + min(max(0, rest - self._has_bias), self._weights)
