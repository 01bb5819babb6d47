"""Planes of numbers out of a moment: maps, vectors, filters and the weights of a unit."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property

import numpy as np

from nnviz.engine.formula import quantities
from nnviz.engine.graph import ConvolutionLayer, DenseLayer, Layer, Node, WeightedLayer
from nnviz.engine.notation_maps import MapNotation
from nnviz.engine.ops.base import Array, Cell
from nnviz.engine.ref import Part, Ref
from nnviz.engine.terms import all_terms
from nnviz.ui.picture.maps_parts import Address, Grid, Tone, Values
from nnviz.ui.picture.maps_subject import Subject
from nnviz.ui.picture.reader import Reader

MOST_IN_COLUMN = 16  # a vector of more numbers stands in rows and columns
BACKWARD = (Part.DELTA, Part.GRADIENT)
TIMES = " × "


def vector_shape(count: int) -> tuple[int, int]:
    """Rows and columns for a vector: one column where it is short, else as near to a square as it divides."""
    if count <= MOST_IN_COLUMN:
        return count, 1
    wanted = 0.9 * math.sqrt(count)
    divisors = [n for n in range(1, count + 1) if count % n == 0 and wanted / 2 <= n <= 2 * wanted]
    columns = min(divisors, key=lambda n: abs(n - wanted), default=math.ceil(math.sqrt(count)))
    return math.ceil(count / columns), columns


class Planes:
    """Makes the grids of one picture; what is not computed is NaN in them."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.moment = reader.moment
        self.graph = reader.moment.graph
        self.notation = reader.moment.notation
        self._arrays: dict[tuple[str, Part], Array] = {}
        self._largest: dict[tuple[str, Part], float] = {}

    @cached_property
    def maps(self) -> MapNotation:
        assert self.notation.maps is not None
        return self.notation.maps

    def array(self, node: Node, part: Part = Part.VALUE) -> Array:
        """The cells of a quantity, of the example in focus where it depends on one."""
        key = (node.scope, part)
        if key not in self._arrays:
            known = self.moment.array(*key)
            if known is None:
                self._arrays[key] = np.full(node.shape, np.nan)
            else:
                self._arrays[key] = known.array if node.is_parameter else known.array[self.moment.row]
        return self._arrays[key]

    def largest(self, node: Node, part: Part = Part.VALUE) -> float:
        """The end of the color scale: the largest amount in all maps or filters of a quantity.

        Filters and biases keep their scale in an update, and pixels between 0 and 1 reach to 1.
        """
        key = (node.scope, Part.VALUE if part is Part.NEW else part)
        if key not in self._largest:
            cells = np.abs(self.array(node, key[1]))
            largest = float(np.fmax.reduce(cells, axis=None, initial=0.0))
            is_share = node is self.graph.inputs and largest <= 1
            self._largest[key] = 1.0 if is_share or not largest > 0 else largest
        return self._largest[key]

    # Grids

    def grid(self, node: Node, part: Part, base: Cell, axes: tuple[int, ...], shape: tuple[int, int]) -> Grid:
        """The numbers of a node that an address names, in `shape` rows and columns."""
        address = Address(node.scope, part, base, axes, *shape)
        index: list[int | slice] = list(base)
        for axis in axes:
            index[axis] = slice(base[axis], None)
        found = self.array(node, part)[tuple(index)]
        count = math.prod(shape)
        if len(axes) == 1:
            found = found[:count]
            cells = np.full(count, np.nan)
            cells[: found.size] = found
            found, count = cells.reshape(shape), int(found.size)
        else:
            found = found[: shape[0], : shape[1]]
        return Grid(
            address,
            Values(found),
            Tone.GRAY if node is self.graph.inputs and self._is_light else Tone.SIGNED,
            self.largest(node, part),
            0 if is_whole(found) else self.moment.decimals(Ref(node.scope, part, base)),
            self.reader.digits,
            self._role(node, part),
            count=count,
        )

    @cached_property
    def _is_light(self) -> bool:
        """Whether the image can be shown as gray pixels: nothing in it is negative."""
        return not bool((self.array(self.graph.inputs) < 0).any())

    def _role(self, node: Node, part: Part) -> str:
        if part in BACKWARD:
            return "backward"
        if part is Part.NEW:
            return "update"
        return "weight" if node.is_parameter else "forward" if node.inputs else "data"

    def plane(self, node: Node, part: Part, channel: int) -> Grid:
        """One map."""
        rows, columns = node.shape[1:]
        return self.grid(node, part, (channel, 0, 0), (1, 2), (rows, columns))

    def all_of(self, node: Node, part: Part = Part.VALUE) -> tuple[Grid, ...]:
        """All maps of a node, or its one vector."""
        if len(node.shape) == 3:
            return tuple(self.plane(node, part, k) for k in range(node.shape[0]))
        return (self.vector(node, part),)

    def vector(self, node: Node, part: Part = Part.VALUE) -> Grid:
        """The units of a dense layer."""
        return _as_vector(self.grid(node, part, (0,), (0,), vector_shape(node.shape[0])))

    def filter(self, layer: ConvolutionLayer, f: int, part: Part = Part.VALUE) -> tuple[Grid, ...]:
        """A filter, one plane a channel."""
        _, channels, rows, columns = layer.w.shape
        return tuple(self.grid(layer.w, part, (f, k, 0, 0), (2, 3), (rows, columns)) for k in range(channels))

    def weights_into(self, layer: DenseLayer, unit: int, part: Part = Part.VALUE) -> tuple[Grid, ...]:
        """The weights of a unit in the shape of what the layer reads."""
        if len(layer.x.shape) == 1:
            shape = vector_shape(layer.x.shape[0])
            return (_as_vector(self.grid(layer.w, part, (unit, 0), (1,), shape)),)
        channels, rows, columns = layer.x.shape
        size = rows * columns
        return tuple(
            self.grid(layer.w, part, (unit, k * size), (1,), (rows, columns)) for k in range(channels)
        )

    def weights_from(self, layer: DenseLayer, k: int, part: Part = Part.VALUE) -> Grid:
        """The weights from one input to all units."""
        return _as_vector(self.grid(layer.w, part, (0, k), (0,), vector_shape(layer.units)))

    def matrix(self, layer: DenseLayer, part: Part = Part.VALUE) -> Grid:
        """All weights: a row a unit."""
        return self.grid(layer.w, part, (0, 0), (0, 1), (layer.w.shape[0], layer.w.shape[1]))

    def is_known(self, node: Node, cell: Cell) -> bool:
        """Whether a value is computed."""
        return not math.isnan(self.array(node)[cell])

    def weight_part(self, layer: WeightedLayer) -> Part:
        """Which weights carry an error back: those before the update, or after it in some textbooks."""
        return Part.NEW if self.graph.late_weights and layer.w.is_trainable else Part.VALUE

    def term_factors(self, subject: Subject) -> tuple[Ref, ...]:
        """The factors of the term that a step is about, at the finest depth."""
        if subject.term is None or subject.ref is None:
            return ()
        term = all_terms(self.moment, subject.ref)[subject.term]
        refs = (quantity.ref for quantity in quantities(term) if quantity.ref is not None)
        focus = self.moment.focus
        return tuple(replace(ref, example=None) for ref in refs if ref.example in (None, focus))

    # Words

    def layer_below(self, layer: Layer) -> Layer | None:
        return self.notation.layer_below(layer)

    def input_title(self, layer: Layer, channel: int | None = None) -> str:
        """What a layer reads: the image, a map, or the layer below."""
        below = self.layer_below(layer)
        if len(layer.x.shape) == 3 and (channel is not None or layer.x.shape[0] == 1):
            return self.notation.map_title(below, channel or 0)
        return below.title if below is not None else self.maps.image_name or "Image"

    def labels(self, layer: Layer) -> tuple[str, ...]:
        """What stands at the planes of what a layer reads, where there are several."""
        if len(layer.x.shape) < 3 or layer.x.shape[0] == 1:
            return ("",) * layer.x.shape[0]
        return tuple(self.maps.channel_title(layer, k) for k in range(layer.x.shape[0]))


def _as_vector(grid: Grid) -> Grid:
    return replace(grid, is_wide=grid.columns == 1)


def is_whole(cells: Array) -> bool:
    """Whether all numbers that are computed are integers, and there are some."""
    known = cells[np.isfinite(cells)]
    return known.size > 0 and bool((known == np.rint(known)).all())


def plane_size(rows: int, columns: int) -> str:
    """The size of a map or filter in words; of a sequence its length."""
    return f"length {columns}" if rows == 1 and columns > 1 else f"{rows}{TIMES}{columns}"


def counted(count: int, what: str) -> str:
    """“1 unit”, “84 units”."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def size_of(node: Node) -> str:
    """The size of what a node holds, in words: “6 maps of 14 × 14”, “84 units”."""
    if len(node.shape) == 1:
        return counted(node.shape[0], "unit")
    maps, *cells = node.shape
    return plane_size(*cells) if maps == 1 else f"{maps} maps of {plane_size(*cells)}"


def weight_size(layer: WeightedLayer) -> str:
    """The size of a filter: “3 × 3”, and how many channels deep it is where that is more than one."""
    _, channels, *window = layer.w.shape
    plane = plane_size(*window)
    return plane if channels == 1 else f"{plane}, {channels} channels"
