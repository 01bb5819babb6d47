"""Counting a layer list as the papers of these networks do.

A *unit* is one weighted sum: the image and max pooling have none. A *connection* is one product of a
weighted sum, the one with the bias included; products with padding count, for the papers count them. A
*parameter* is a weight or bias that is trained, once however many units share it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import singledispatch

from nnviz.engine.census import Count, grouped, sized
from nnviz.engine.ops.base import Cell
from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ops.pooling import MaxPool
from nnviz.lessons.architecture_schema import (
    AnyLayer,
    ConvolutionList,
    DenseList,
    DistanceList,
    ListedLayer,
    MaxPoolingList,
    SubsamplingList,
)

SIDE_BY_SIDE = [1, 1]


@dataclass(frozen=True, slots=True)
class CountedLayer:
    """A layer of a list with the shape it hands on and its figures; `kind` and `note` are in words."""

    name: str
    kind: str
    output: Cell
    count: Count
    note: str = ""

    @property
    def has_units(self) -> bool:
        return self.count.units > 0


def counted(layers: list[AnyLayer], image: Cell) -> tuple[CountedLayer, ...]:
    """Every layer of a list, reading the one before it. Raises ValueError where one does not fit."""
    rows: list[CountedLayer] = []
    for layer in layers:
        below = rows[-1].output if rows else image
        try:
            output, count, kind = _count(layer, below)
        except ValueError as error:
            raise ValueError(f"{layer.name}: {error}") from None
        rows.append(CountedLayer(layer.name, kind, output, count, layer.note))
    return tuple(rows)


@singledispatch
def _count(layer: ListedLayer, below: Cell) -> tuple[Cell, Count, str]:
    """The shape a layer hands on, its figures, and its kind in words."""
    raise NotImplementedError(type(layer).__name__)


@_count.register
def _(layer: ConvolutionList, below: Cell) -> tuple[Cell, Count, str]:
    op = Convolution(_pair(layer.stride), _pair(layer.padding))
    output = op.output_shape(_maps(below), (layer.maps, below[0], *layer.size))
    if min(output) < 1:
        raise ValueError(f"found a filter of {sized(layer.size)} on maps of {sized(below[1:])}")
    weights = sum(_reads(layer, below)) * math.prod(layer.size)
    units, places = math.prod(output), math.prod(output[1:])
    biases = units if layer.biases == "unit" else layer.maps
    kind = f"Convolution {sized(layer.size)}, {layer.maps} filters{_details(layer, below)}"
    return output, Count(units, weights + biases, weights * places + units), kind


@_count.register
def _(layer: SubsamplingList, below: Cell) -> tuple[Cell, Count, str]:
    output = MaxPool(_pair(layer.size)).output_shape(_maps(below))
    units = math.prod(output)
    count = Count(units, 2 * output[0], units * (math.prod(layer.size) + 1))
    return output, count, f"Subsampling {sized(layer.size)}, a weight and a bias a map"


@_count.register
def _(layer: MaxPoolingList, below: Cell) -> tuple[Cell, Count, str]:
    output = MaxPool(_pair(layer.size), _pair(layer.stride)).output_shape(_maps(below))
    stride = f", stride {_stride_text(layer.stride)}" if layer.stride != layer.size else ""
    return output, Count(), f"Max pool {sized(layer.size)}{stride}"


@_count.register
def _(layer: DenseList, below: Cell) -> tuple[Cell, Count, str]:
    connections = layer.units * (math.prod(below) + 1)
    flattened = f", flatten {sized(below)} → {grouped(math.prod(below))}" if len(below) > 1 else ""
    return (layer.units,), Count(layer.units, connections, connections), f"Dense{flattened}"


@_count.register
def _(layer: DistanceList, below: Cell) -> tuple[Cell, Count, str]:
    return (layer.units,), Count(layer.units, 0, layer.units * math.prod(below)), "Distance to a fixed center"


def _reads(layer: ConvolutionList, below: Cell) -> list[int]:
    """How many of the maps below each map reads."""
    if isinstance(layer.reads, list):
        if len(layer.reads) != layer.maps or any(k >= below[0] for one in layer.reads for k in one):
            raise ValueError(f"reads: wanted {layer.maps} lists of maps from 0 to {below[0] - 1}")
        return [len(set(one)) for one in layer.reads]
    one = layer.reads or below[0]
    if one > below[0]:
        raise ValueError(f"reads: found {one} maps, wanted at most {below[0]}")
    return [one] * layer.maps


def _details(layer: ConvolutionList, below: Cell) -> str:
    parts = [f", stride {_stride_text(layer.stride)}"] if layer.stride != SIDE_BY_SIDE else []
    parts += [f", padding {_stride_text(layer.padding)}"] if any(layer.padding) else []
    reads = _reads(layer, below)
    if set(reads) != {below[0]}:
        some = str(reads[0]) if len(set(reads)) == 1 else f"{min(reads)} to {max(reads)}"
        parts.append(f", each reads {some} of {below[0]} maps")
    parts += [", a bias a unit"] if layer.biases == "unit" else []
    return "".join(parts)


def _maps(below: Cell) -> Cell:
    if len(below) != 3:
        raise ValueError(f"found {sized(below)} units below it, wanted maps of rows and columns")
    return below


def _pair(numbers: list[int]) -> Cell:
    return (numbers[0], numbers[1])


def _stride_text(pair: list[int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else sized(pair)
