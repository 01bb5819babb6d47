"""Which matrix equation a moment is in, cell by cell: decided here, drawn elsewhere.

Examples are the columns of a matrix, the bias is the first column of W and the row of ones the first row of
what it is multiplied with, as in w(i,0).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

import numpy as np

from nnviz.engine.graph import DenseLayer, Graph, Layer, Node, WeightedLayer
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth, Kind, Pass, Stage
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import LEARNING_RATE, Part, Ref

Entry = Ref | float | None  # a number, a constant of the formula, or nothing there
Quantities = tuple[tuple[str, Part], ...]


class Area(NamedTuple):
    """A rectangle of cells."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1


class Axis(Enum):
    """What the rows or columns of a matrix stand for; long ones are shown in part, all in the same part."""

    UNIT = "units"
    SOURCE = "inputs"
    TERM = "terms"
    EXAMPLE = "examples"


@dataclass(frozen=True, slots=True)
class Block:
    """One matrix. Its cells are asked for one by one, so that a large one costs what is seen of it.

    `label` may raise a part: ``W^{(2)}``. `examples` are the rows of the data that the columns stand for;
    `used` is what goes into the number that is being computed. A table has names for its rows and no lines.
    """

    label: str
    rows: int
    columns: int
    entry: Callable[[int, int], Entry]
    quantities: Quantities
    tone: str = "plain"
    examples: tuple[int, ...] = ()
    used: Area | None = None
    row_names: tuple[str, ...] = ()
    axes: tuple[Axis, Axis] = (Axis.UNIT, Axis.EXAMPLE)

    @property
    def is_table(self) -> bool:
        return bool(self.row_names)

    def holds(self, ref: Ref) -> bool:
        """Whether a number is one of the cells; without an example it is that of the column in focus."""
        seen = not self.examples or ref.example is None or ref.example in self.examples
        return (ref.scope, ref.part) in self.quantities and seen


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands between two matrices."""

    text: str


Formula = tuple[Block | Sign, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The matrices of a moment, equation by equation, and the table of its batch.

    `highlighted` are the numbers that the last step has computed, `pending` the one that it is working on.
    """

    title: str
    into: Pass
    formulas: tuple[Formula, ...]
    batch: Block | None
    focus: int
    highlighted: frozenset[Ref]
    pending: frozenset[Ref]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A stage, and what of it is in use: a unit, a term of its sum, one column of the parameters.

    With `spans` all of the time step that the unit is in is meant, or all weights of its gate.
    """

    moment: Moment
    stage: Stage
    example: int
    unit: int | None = None
    term: int | None = None
    weight: int | None = None
    spans: bool = False

    @property
    def graph(self) -> Graph:
        return self.moment.graph

    @property
    def layer(self) -> DenseLayer:
        """The dense layer of the stage; the output for the loss."""
        layer = self.stage.layer or self.graph.output
        assert isinstance(layer, DenseLayer)
        return layer

    @property
    def examples(self) -> tuple[int, ...]:
        return tuple(self.moment.rows)

    @property
    def column(self) -> int:
        return self.moment.place_of(self.example)

    def up(self, layer: Layer | None = None, after: str = "") -> str:
        """What stands above the letter of a layer's matrices."""
        return f"^{{({self.graph.layers.index(layer or self.layer) + 1}){after}}}"


def with_example(graph: Graph, ref: Ref, focus: int) -> Ref:
    """A number with the example it belongs to, so that two addresses of the same number are equal."""
    if ref.scope not in graph or ref.example is not None:
        return ref
    of_batch = graph[ref.scope].is_parameter or (ref.scope == "loss" and ref.part is Part.VALUE)
    return ref if of_batch and ref.part is not Part.SHARE else replace(ref, example=focus)


# Which place it is


def place_at(moment: Moment, depth: Depth) -> Place:
    """Where the cursor is; at the start, what comes first. Of maps always one cell, the last."""
    stage, leaf = moment.stage, moment.leaf
    if stage is None or leaf is None:
        return Place(moment, moment.outline.stages[0], moment.focus)
    if stage.layer is not None and stage.layer.is_stepwise and depth > Depth.NEURON:
        unit = stage.unit_at(moment.cursor.position)
        return Place(moment, stage, moment.focus, unit, spans=True)
    if depth > Depth.NEURON and not (stage.layer is not None and stage.layer.is_map):
        return Place(moment, stage, moment.focus)
    unit = stage.unit_at(moment.cursor.position)
    if depth >= Depth.NEURON:
        return Place(moment, stage, moment.focus, unit)
    return Place(moment, stage, moment.focus, unit, leaf.term, weight_column(moment.graph, leaf.ref))


def place_of(moment: Moment, ref: Ref) -> Place | None:
    """The stage in which a number is computed, or used first where it is data."""
    stage = moment.outline.stage_of(*_quantity_behind(moment.graph, ref))
    if stage is None:
        return None
    example = moment.focus if ref.example is None else ref.example
    if example not in moment.rows:
        return None
    is_unit = bool(ref.cell) and stage.layer is not None and not _is_of_inputs(moment.graph, ref)
    unit = ref.cell[0] if is_unit else None
    if stage.layer is not None and (stage.layer.is_map or stage.layer.is_stepwise):
        unit = stage.places.unit_of(moment.graph[ref.scope], ref.own_cell)
    return Place(moment, stage, example, unit, weight=weight_column(moment.graph, ref))


def _is_of_inputs(graph: Graph, ref: Ref) -> bool:
    """Whether a number is an input, or what it is made from where some are dropped."""
    places = (graph.inputs.index, *graph.inputs.inputs)
    return ref.scope in graph and graph[ref.scope].index in places


def _quantity_behind(graph: Graph, ref: Ref) -> tuple[str, Part]:
    """The quantity whose stage shows a number that has no stage of its own."""
    if ref.scope not in graph:
        return ref.scope, ref.part
    if _is_of_inputs(graph, ref):
        return _first_value(graph.layers[0]).scope, Part.VALUE
    if ref.part in (Part.ERROR, Part.TERM) or (graph.target is not None and ref.scope == graph.target.scope):
        return "loss", Part.VALUE
    node = graph[ref.scope]
    layer = graph.layer_of(node)
    if ref.part in (Part.SHARE, Part.AT_STEP):
        return ref.scope, Part.GRADIENT
    if not isinstance(layer, WeightedLayer):
        return ref.scope, ref.part
    if ref.part is Part.SLOPE or (node is layer.z and ref.part is Part.GRADIENT):
        return layer.z.scope, Part.DELTA
    if node.is_parameter and ref.part is Part.VALUE:
        return layer.z.scope, Part.VALUE
    return ref.scope, ref.part


def _first_value(layer: Layer) -> Node:
    """What a layer computes first."""
    return layer.z if isinstance(layer, WeightedLayer) else layer.a


def weight_column(graph: Graph, ref: Ref) -> int | None:
    """The column of a parameter in W with its bias column; None for what is no parameter."""
    if ref.scope not in graph or not graph[ref.scope].is_parameter:
        return None
    layer = graph.layer_of(graph[ref.scope])
    if isinstance(layer, RecurrentLayer):
        first = {layer.w_h: int(layer.b is not None), layer.w_x: layer.width + (layer.b is not None)}
        return first.get(graph[ref.scope], 0) + (ref.own_cell[1] if len(ref.own_cell) > 1 else 0)
    if not isinstance(layer, DenseLayer) or (layer.slopes is not None and ref.scope == layer.slopes.scope):
        return None
    return ref.own_cell[1] + (layer.b is not None) if len(ref.own_cell) > 1 else 0


def just_computed(moment: Moment, depth: Depth) -> tuple[frozenset[Ref], frozenset[Ref]]:
    """What the last step has computed, and what it is still summing up."""
    stage, leaf = moment.stage, moment.leaf
    if stage is None or leaf is None or depth > Depth.NEURON:
        return frozenset(), frozenset()
    refs = [ref for ref, _ in stage.results(stage.unit_at(moment.cursor.position))]
    if depth is Depth.TERM:
        done = [] if leaf.term is not None else [leaf.ref]
        going_on = [ref for ref in refs if stage.kind is Kind.DELTA or ref == leaf.ref]
    else:
        done, going_on = refs, []
    computed, pending = (
        frozenset(with_example(moment.graph, ref, moment.focus) for ref in some) for some in (done, going_on)
    )
    return computed, frozenset(ref for ref in pending if moment.value(ref) is None)


# Matrices of a place


def across(place: Place, node: Node, part: Part, label: str, tone: str, ones: bool = False) -> Block:
    """A quantity of a layer with the examples as columns, under a row of ones if asked for."""
    examples = place.examples

    def entry(i: int, j: int) -> Entry:
        return 1.0 if ones and i == 0 else _number(place, node, i - ones, examples[j]).of(part)

    rows, quantities = _length(node) + ones, ((node.scope, part),)
    axes = (Axis.SOURCE if node is place.layer.x else Axis.UNIT, Axis.EXAMPLE)
    return Block(label, rows, len(examples), entry, quantities, tone, examples, axes=axes)


def _length(node: Node) -> int:
    """How many numbers of a layer go into one sum."""
    return node.shape[-1] if len(node.shape) == 2 else math.prod(node.shape)


def _number(place: Place, node: Node, index: int, example: int) -> Ref:
    """A number of a layer by its place in reading order, maps one after the other; of steps the last."""
    if place.graph.is_in_steps(node):
        last = place.moment.shape(node, example)[0] - 1
        return Ref(node.scope, cell=(last, index), example=example)
    return Ref(node.scope, cell=tuple(int(i) for i in np.unravel_index(index, node.shape)), example=example)


def single(place: Place, node: Node, part: Part, label: str, tone: str) -> Block:
    """A quantity of a layer for one example: a matrix of one column."""

    def entry(i: int, _: int) -> Entry:
        return Ref(node.scope, part, (i,), place.example)

    return Block(label, node.shape[0], 1, entry, ((node.scope, part),), tone)


def lying(place: Place, node: Node, label: str, ones: bool, rest: bool = True) -> Block:
    """Activations transposed: the examples are the rows, the inputs of the layer the columns."""

    def entry(i: int, j: int) -> Entry:
        return 1.0 if ones and j == 0 else _number(place, node, j - ones, place.examples[i])

    columns = ones + (_length(node) if rest else 0)
    quantities, tone = ((node.scope, Part.VALUE),), tone_of(place.graph, node)
    axes = (Axis.EXAMPLE, Axis.SOURCE)
    return Block(label, len(place.examples), columns, entry, quantities, tone, axes=axes)


def weights(layer: DenseLayer, part: Part, label: str, tone: str = "signed", learning: bool = False) -> Block:
    """W with the bias as its first column; `learning` leaves away what keeps its value.

    A bias that a layer shares is written into every row, but it has only one gradient.
    """
    b = layer.b if layer.b is not None and (layer.b.is_trainable or not learning) else None
    w = layer.w if layer.w.is_trainable or not learning else None
    first = 0 if b is None else 1

    def entry(i: int, j: int) -> Entry:
        if b is None or j > 0:
            return Ref(layer.w.scope, part, (i, j - first))
        last = b.shape[0] - 1
        is_repeated = i > last and (learning or part is not Part.VALUE)
        return None if is_repeated else Ref(b.scope, part, (min(i, last),))

    columns = first + (w.shape[1] if w is not None else 0)
    quantities = tuple((node.scope, part) for node in (b, w) if node is not None)
    return Block(label, layer.units, columns, entry, quantities, tone, axes=(Axis.UNIT, Axis.SOURCE))


def transposed_weights(place: Place, above: DenseLayer) -> Block:
    """Wᵀ of the layer above without its biases, as it is when the error comes back along it."""
    late = place.graph.late_weights and above.w.is_trainable
    part = Part.NEW if late else Part.VALUE

    def entry(k: int, i: int) -> Entry:
        return Ref(above.w.scope, part, (i, k))

    label = f"W{place.up(above, 'new ⊤' if late else '⊤')}"
    inputs = above.w.shape[1]
    axes = (Axis.UNIT, Axis.TERM)
    block = Block(label, inputs, above.units, entry, ((above.w.scope, part),), "signed", axes=axes)
    return row_used(block, place.unit, place.term)


def learning_rate() -> Block:
    return Block("α", 1, 1, lambda _i, _j: LEARNING_RATE, ((LEARNING_RATE.scope, Part.VALUE),), "update")


def loss_value() -> Block:
    return Block("E", 1, 1, lambda _i, _j: Ref("loss"), (("loss", Part.VALUE),))


def error_above(place: Place, above: DenseLayer) -> Block:
    """δ of the layer above, whose cells are the terms of the sum."""
    block = single(place, above.z, Part.DELTA, f"δ{place.up(above)}", "backward")
    block = replace(block, axes=(Axis.TERM, Axis.EXAMPLE))
    return whole_used(block) if place.term is None else cell_used(block, place.term)


def tone_of(graph: Graph, node: Node) -> str:
    """The color of activations; data has none."""
    return "forward" if node.inputs else "plain"


# What of a matrix is in use


def whole_used(block: Block) -> Block:
    return replace(block, used=Area(0, 0, block.rows, block.columns))


def row_used(block: Block, row: int | None, column: int | None = None) -> Block:
    """A row, or one cell of it."""
    if row is None or row >= block.rows:
        return block
    area = Area(row, 0, 1, block.columns) if column is None else Area(row, column)
    return replace(block, used=area)


def column_used(block: Block, column: int | None, row: int | None = None) -> Block:
    """A column, or one cell of it."""
    if column is None or column >= block.columns:
        return block
    return replace(block, used=Area(0, column, block.rows, 1) if row is None else Area(row, column))


def cell_used(block: Block, row: int | None, column: int = 0) -> Block:
    return block if row is None or row >= block.rows else replace(block, used=Area(row, column))
