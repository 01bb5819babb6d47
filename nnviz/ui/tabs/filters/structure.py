"""The structure of layers of maps: what belongs together, and how the size of a map follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from nnviz.engine.graph import ConvolutionLayer, Graph, Layer, PoolingLayer
from nnviz.engine.ops.base import Cell, Pooling
from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ops.pooling import AveragePool

TIMES = " × "


@dataclass(frozen=True, slots=True)
class Group:
    """A convolution layer with the pooling that reads its maps; either may be missing."""

    convolution: ConvolutionLayer | None = None
    pooling: PoolingLayer | None = None

    @property
    def layers(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in (self.convolution, self.pooling) if layer is not None)


def groups_of(graph: Graph) -> tuple[Group, ...]:
    """The layers of maps, from the image on."""
    groups: list[Group] = []
    for layer in graph.layers:
        if isinstance(layer, ConvolutionLayer):
            groups.append(Group(layer))
        elif isinstance(layer, PoolingLayer):
            last = groups[-1].convolution if groups and groups[-1].pooling is None else None
            if last is not None and layer.x is last.a:
                groups[-1] = Group(last, layer)
            else:
                groups.append(Group(None, layer))
    return tuple(groups)


@dataclass(frozen=True, slots=True)
class Structure:
    """What can be varied of a layer of maps, (rows, columns) each, and the kind of pooling."""

    size: Cell
    stride: Cell
    padding: Cell = (0, 0)
    kind: str = ""  # "max" or "average"

    def changes(self, other: Structure) -> dict[str, Cell | str]:
        """What another structure has different, by the name of the field."""
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in self.__slots__}
        return {name: now for name, (was, now) in pairs.items() if was != now}


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a structure fits on a map, how its output size is worked out, and why it does not fit."""

    size: Cell = ()
    formulas: tuple[str, ...] = ()
    problem: str = ""
    note: str = ""


def structure_of(layer: Layer) -> Structure:
    """The structure that a layer has now."""
    if isinstance(layer, ConvolutionLayer):
        op = layer.z.op
        assert isinstance(op, Convolution)
        return Structure(layer.w.shape[2:], op.stride, op.padding)
    pooling = layer.a.op
    assert isinstance(pooling, Pooling)
    kind = "average" if isinstance(pooling, AveragePool) else "max"
    return Structure(pooling.size, pooling.stride, kind=kind)


def fit(structure: Structure, cells: Cell) -> Fit:
    """(n + 2·padding − size)/stride + 1 for the rows and columns of the map that is read."""
    if min(structure.stride) < 1:
        return Fit(problem="A stride of 0 never moves on: wanted 1 or more.")
    room = tuple(n + 2 * p for n, p in zip(cells, structure.padding, strict=True))
    if any(m > n for m, n in zip(structure.size, room, strict=True)):
        return Fit(problem=_too_large(structure, cells, room))
    axes = list(zip(cells, structure.size, structure.stride, structure.padding, strict=True))
    size = tuple((n + 2 * p - m) // s + 1 for n, m, s, p in axes)
    formulas = [_formula(*axis) for axis in axes]
    if cells[0] == 1:
        shown = formulas[1:]
    elif formulas[0] == formulas[1]:
        shown = formulas[:1]
    else:
        shown = [f"rows {formulas[0]}", f"columns {formulas[1]}"]
    return Fit(size, tuple(shown), note=_left_out(axes))


def follow(graph: Graph, layer: Layer, structure: Structure) -> Fit:
    """The fit of a layer with another structure, and of the layers of maps that read what it makes."""
    result = fit(structure, layer.x.shape[1:])
    size = result.size
    above = graph.layers[graph.layers.index(layer) :]
    for below, one in pairwise(above):
        if result.problem or one.x is not below.a or not isinstance(one, ConvolutionLayer | PoolingLayer):
            break
        next_fit = fit(structure_of(one), size)
        if next_fit.problem:
            return Fit(problem=f"{one.title}: {next_fit.problem}")
        size = next_fit.size
    return result


def _formula(n: int, size: int, stride: int, padding: int) -> str:
    """One axis with its numbers; ⌊ ⌋ where the stride leaves something over."""
    around = f" + 2·{padding}" if padding else ""
    ways = n + 2 * padding - size
    divided = f"({n}{around} − {size})/{stride}"
    if ways % stride:
        divided = f"⌊{divided}⌋"
    return f"{divided} + 1 = {ways // stride + 1}"


def _left_out(axes: list[tuple[int, int, int, int]]) -> str:
    """What the stride never comes to."""
    over = [(n + 2 * p - m) % s for n, m, s, p in axes]
    words = [
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in zip(over, ("row", "column"), strict=True)
        if count
    ]
    return f"{' and '.join(words)} at the edge left out" if words else ""


def _too_large(structure: Structure, cells: Cell, room: Cell) -> str:
    what = "window" if structure.kind else "filter"
    padded = f", {TIMES.join(map(str, room))} with its padding" if any(structure.padding) else ""
    return (
        f"A {what} of {TIMES.join(map(str, structure.size))} does not fit: "
        f"the input is {TIMES.join(map(str, cells))}{padded}."
    )
