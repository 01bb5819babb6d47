"""What stands in a column of the spread: a layer, a gate or a state of a cell, or one step of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.graph import Graph, Node, WeightedLayer
from nnviz.engine.known import Known
from nnviz.engine.moment import Moment
from nnviz.engine.notation_gates import has_gates, matrices
from nnviz.engine.ops.base import Array
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Part, Ref
from nnviz.engine.textbook import Textbook


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a node: all of them, or those of one step of time.

    Of weights that gates share they are some `rows`; then those of several nodes stand side by side.
    """

    scopes: tuple[str, ...]
    rows: tuple[int, int] | None = None
    step: int | None = None

    def of(self, arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """These cells out of the arrays of their nodes."""
        if self.rows is not None:
            return np.concatenate([array[slice(*self.rows)] for array in arrays], axis=1)
        (array,) = arrays
        return array if self.step is None else array[:, self.step]

    def holds(self, ref: Ref) -> bool:
        """Whether an address is that of one of these cells."""
        if ref.scope not in self.scopes:
            return False
        is_row = self.rows is None or self.rows[0] <= ref.own_cell[0] < self.rows[1]
        return is_row and (self.step is None or ref.cell[0] == self.step)

    def weight(self, graph: Graph, place: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        """Scope and cell of the parameter at a place in what `of` gives."""
        if self.rows is None:
            return self.scopes[0], place
        row, column = place
        for scope in self.scopes:
            width = graph[scope].shape[1]
            if column < width:
                return scope, (row + self.rows[0], column)
            column -= width
        raise IndexError(place)

    def unit(self, place: tuple[int, ...]) -> tuple[int, ...]:
        """The cell of an example at a place in what `of` gives."""
        return place if self.step is None else (self.step, *place)


@dataclass(frozen=True, slots=True)
class Column:
    """A title, what it is called in full, and its weights, weighted sums and activations, if it has them."""

    title: str
    name: str
    w: Cells | None
    z: Cells | None
    a: Cells

    def at(self, step: int) -> Column:
        """One step of it; the weights are the same at all of them."""
        z = None if self.z is None else replace(self.z, step=step)
        name = f"{self.name}, t = {step + 1}"
        return Column(f"t={step + 1}", name, None, z, replace(self.a, step=step))


def columns_of(graph: Graph, textbook: Textbook) -> tuple[Column, ...]:
    """The layers that have weights, those with gates by gate and state.

    Pooling only chooses among the numbers of another layer.
    """
    return tuple(column for layer in graph.layers for column in _of_layer(layer, textbook))


def stepwise(graph: Graph, columns: Sequence[Column]) -> tuple[Column, ...]:
    """Those that have a number at every step of time."""
    layers = [one for one in graph.layers if isinstance(one, RecurrentLayer) or one.is_stepwise]
    scopes = {one.scope for one in layers}
    return tuple(one for one in columns if one.a.scopes[0].rpartition("/")[0] in scopes)


def _of_layer(layer: object, textbook: Textbook) -> Iterator[Column]:
    if isinstance(layer, WeightedLayer):
        w, z, a = (Cells((node.scope,)) for node in (layer.w, layer.z, layer.a))
        yield Column(layer.title, layer.title, w, z, a)
    elif isinstance(layer, RecurrentLayer):
        yield from _of_cell(layer, textbook)


def _of_cell(layer: RecurrentLayer, textbook: Textbook) -> Iterator[Column]:
    """Every gate, and the states; of a simple recurrent layer, which is both, one column."""
    shared = (layer.w_h.scope, layer.w_x.scope)
    for gate in matrices(layer):
        w, z = Cells(shared, (gate.rows.start, gate.rows.stop)), Cells((gate.z.scope,))
        if not has_gates(layer):
            yield Column(layer.title, layer.title, w, z, Cells((layer.a.scope,)))
            return
        title = _letter(layer, gate.a, textbook)
        yield Column(title, f"{layer.title}, {gate.title} {title}", w, z, Cells((gate.a.scope,)))
    states = [copied for _, copied in layer.memories]
    for node in sorted(states, key=lambda one: one is layer.a):
        title = _letter(layer, node, textbook)
        yield Column(title, f"{layer.title}, state {title}", None, None, Cells((node.scope,)))


def _letter(layer: RecurrentLayer, node: Node, textbook: Textbook) -> str:
    steps = textbook.notation.steps
    assert steps is not None
    return steps.letter(layer, layer.name_of(node))


def known_of(moment: Moment, cells: Cells, part: Part) -> tuple[Known, ...] | None:
    """What is computed of the nodes of some cells; behind them where the sequences go on, if they end."""
    found = [moment.array(scope, part) for scope in cells.scopes]
    going = moment.graph.going
    first = moment.graph[cells.scopes[0]]
    if going is not None and moment.graph.is_in_steps(first):
        found.append(moment.array(going.scope))
    return None if any(one is None for one in found) else tuple(one for one in found if one is not None)


def values_of(cells: Cells, known: Sequence[Known]) -> tuple[Array, int]:
    """The numbers that are computed and count, NaN in place of others, and how many they are.

    Behind the end of a sequence nothing counts.
    """
    nodes, going = known[: len(cells.scopes)], known[len(cells.scopes) :]
    values = cells.of([one.array for one in nodes])
    masks = [np.ones(one.array.shape, bool) if one.mask is None else one.mask for one in nodes]
    mask = cells.of(masks) if going or any(one.mask is not None for one in nodes) else None
    if mask is None:
        return values, values.size
    for one in going:
        on = one.array > 0.0 if cells.step is None else one.array[:, cells.step] > 0.0
        mask = mask & on[..., None]
    return np.where(mask, values, np.nan), int(mask.sum())
