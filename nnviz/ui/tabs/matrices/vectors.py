"""The vectors and matrices of one step of time: states as columns, the weights of a gate, hx = [1, h, x]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnviz.engine.graph import DenseLayer, Layer, Node
from nnviz.engine.notation_steps import StepNotation
from nnviz.engine.recurrent import Gate, RecurrentLayer
from nnviz.engine.ref import Part, Ref
from nnviz.ui.layout.matrix_equation import (
    Area,
    Axis,
    Block,
    Entry,
    Place,
    Sign,
    column_used,
    row_used,
    tone_of,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of time of one example; `unit` is what of a vector is in use, `term` what of its sum."""

    place: Place
    t: int
    unit: int | None = None
    term: int | None = None

    @property
    def notation(self) -> StepNotation:
        notation = self.place.moment.notation.steps
        assert notation is not None
        return notation

    @property
    def length(self) -> int:
        """How many steps the sequence of the example has."""
        moment = self.place.moment
        return moment.lengths.of(moment.place_of(self.place.example))

    @property
    def minus(self) -> tuple[Sign, ...]:
        """The sign in front of an error where δ is the negative gradient."""
        return (Sign("−"),) if self.place.moment.textbook.conventions.delta_sign < 0 else ()

    def vector(self, node: Node, part: Part, label: str, tone: str | None = None) -> Block:
        """What a layer has at this step: a matrix of one column. A mask or a given error has no step."""

        def entry(i: int, _: int) -> Entry:
            return Ref(node.scope, part, self.cell(node, i), self.place.example)

        shown = tone or ("backward" if part in BACKWARD else tone_of(self.place.graph, node))
        return Block(label, node.shape[-1], 1, entry, ((node.scope, part),), shown)

    def cell(self, node: Node, i: int) -> tuple[int, ...]:
        return (self.t, i) if len(node.shape) == 2 else (i,)

    def used(self, block: Block) -> Block:
        """With the cell framed that the unit in use reads."""
        return block if self.unit is None else row_used(block, self.unit)

    def at(self, t: int) -> Step:
        return replace(self, t=t)

    def label(self, node: Node, layer: Layer) -> str:
        """The letter of a vector: f, c‡, h(t−1)."""
        name = node.scope.rpartition("/")[2]
        if not isinstance(layer, RecurrentLayer):
            return f"{name}{self.place.up(layer)}"
        state, _, what = name.rpartition("_")
        if what == "prev":
            return f"{state}(t−1)"
        gate = layer.gate_of(node)
        if gate is not None and node is gate.z:
            return f"z{self.gate_up(layer, gate)}"
        return self.notation.letter(layer, name)

    def gate_up(self, layer: RecurrentLayer, gate: Gate, after: str = "") -> str:
        """What stands above the letter of the weights and sums of a gate."""
        name = f"({self.notation.letter(layer, gate.name)})" if len(layer.gates) > 1 else ""
        return f"^{{{name}{after}}}" if name or after else ""


BACKWARD = (Part.DELTA, Part.GRADIENT, Part.ABOVE)


def stacked(step: Step, label: str, nodes: Sequence[Node], ones: bool) -> Block:
    """[1, h, x]: vectors of a step below each other, as one column."""
    cells: list[Entry] = [1.0] if ones else []
    for node in nodes:
        size = node.shape[-1]
        cells += [Ref(node.scope, Part.VALUE, step.cell(node, i), step.place.example) for i in range(size)]
    quantities = tuple((node.scope, Part.VALUE) for node in nodes)
    axes = (Axis.SOURCE, Axis.EXAMPLE)
    block = Block(label, len(cells), 1, lambda i, _: cells[i], quantities, "forward", axes=axes)
    return column_used(block, 0, step.term) if step.unit is not None else block


def lying_steps(step: Step, label: str, nodes: Sequence[Node], ones: bool, column: int | None) -> Block:
    """[1, h, x] of all steps of an example, a row for each step."""
    sources: list[tuple[Node, int]] = [(node, i) for node in nodes for i in range(node.shape[-1])]

    def entry(t: int, j: int) -> Entry:
        if ones and j == 0:
            return 1.0
        node, i = sources[j - ones]
        return Ref(node.scope, Part.VALUE, (t, i), step.place.example)

    quantities = tuple((node.scope, Part.VALUE) for node in nodes)
    steps, axes = nodes[0].shape[0], (Axis.TERM, Axis.SOURCE)
    block = Block(label, steps, len(sources) + ones, entry, quantities, "forward", axes=axes)
    return column_used(block, column, step.term)


def errors_of_steps(step: Step, node: Node, part: Part, label: str) -> Block:
    """Δ: the errors of a layer, a column for each step."""

    def entry(i: int, t: int) -> Entry:
        return Ref(node.scope, part, (t, i), step.place.example)

    steps, units = node.shape
    axes = (Axis.UNIT, Axis.TERM)
    block = Block(label, units, steps, entry, ((node.scope, part),), "backward", axes=axes)
    return row_used(block, step.unit, step.term) if step.unit is not None else block


def parameters_of(layer: Layer, node: Node | None = None) -> tuple[Node, ...]:
    """Bias and weights of a layer in the order of hx; those that one of its sums reads, if it is given."""
    if isinstance(layer, DenseLayer):
        return tuple(one for one in (layer.b, layer.w) if one is not None)
    assert isinstance(layer, RecurrentLayer)
    extra = layer.extra[0] if layer.extra else None
    known = [one for one in (layer.b, extra, layer.w_h, layer.w_x) if one is not None]
    return tuple(known if node is None else (one for one in known if one.index in node.inputs))


def gate_weights(
    nodes: Sequence[Node],
    rows: slice,
    part: Part,
    label: str,
    tone: str = "signed",
    is_learning: bool = False,
) -> Block:
    """W of a gate, its bias first: the rows of the shared parameters that lead into it."""
    nodes = [node for node in nodes if node.is_trainable or not is_learning]
    most = max((node.shape[0] for node in nodes), default=0)
    columns = [(node, k) for node in nodes for k in range(node.shape[1] if len(node.shape) > 1 else 1)]

    def entry(i: int, j: int) -> Entry:
        node, k = columns[j]
        row = rows.start + i - (most - node.shape[0])  # b_h of a GRU has rows of the last gate only
        return Ref(node.scope, part, (row, k) if len(node.shape) > 1 else (row,))

    quantities = tuple((node.scope, part) for node in nodes)
    axes = (Axis.UNIT, Axis.SOURCE)
    return Block(label, rows.stop - rows.start, len(columns), entry, quantities, tone, axes=axes)


def weights_back(step: Step, node: Node, rows: slice, label: str) -> Block:
    """Wᵀ of a gate without its biases, along which its error comes back."""

    def entry(k: int, i: int) -> Entry:
        return Ref(node.scope, Part.VALUE, (rows.start + i, k))

    size, axes = (node.shape[1], rows.stop - rows.start), (Axis.UNIT, Axis.TERM)
    block = Block(label, *size, entry, ((node.scope, Part.VALUE),), "signed", axes=axes)
    return row_used(block, step.unit) if step.unit is not None else block


def all_used(block: Block) -> Block:
    return replace(block, used=Area(0, 0, block.rows, block.columns))
