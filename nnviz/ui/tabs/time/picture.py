"""What the tab “Time” shows of a moment: gradients, gates and predictions, step by step. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from nnviz.engine.graph import DenseLayer, Graph, Layer, Node
from nnviz.engine.lengths import length_of
from nnviz.engine.moment import Moment
from nnviz.engine.ops import Logistic
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.outline import Kind
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.engine.textbook import Textbook
from nnviz.engine.typeset import SUBSCRIPTS, name_text

MOST_CELLS = 12  # numbers that one length is made of and that are listed
Rows = tuple[tuple[Node, slice], ...]


# What there is to choose


@dataclass(frozen=True, slots=True)
class Traced:
    """What has a gradient at every step: a state (T, H), or the rows of weights that lead to a gate."""

    title: str
    node: Node | None = None
    weights: Rows = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """What a map shows: a node (T, H); `is_share` where its numbers lie between 0 and 1."""

    title: str
    node: Node
    is_share: bool


def recurrent_layers(graph: Graph) -> tuple[RecurrentLayer, ...]:
    return tuple(layer for layer in graph.layers if isinstance(layer, RecurrentLayer))


def has_errors_of_steps(graph: Graph) -> bool:
    """Whether every step has an error of its own, whose way back can be followed alone."""
    return STEP_LOSSES in graph


def traced_of(graph: Graph, textbook: Textbook) -> tuple[Traced, ...]:
    """The states first, then the weights of every gate, then those of other layers in the steps."""
    found: list[Traced] = []
    for layer in recurrent_layers(graph):
        where = _where(graph, layer)
        states = [copied for _, copied in layer.memories]
        for node in sorted(states, key=lambda one: one is not layer.a):
            found.append(Traced(f"∂E/∂{_letter(textbook, layer, node)}{where}", node))
        found += [
            Traced(f"W of {_gate(gate.title, layer)}{where}", weights=_rows_of(layer, gate.name))
            for gate in layer.gates
            if gate.rows.stop > gate.rows.start
        ]
    for dense in _dense_layers(graph):
        rows = tuple((node, slice(None)) for node in dense.parameters)
        found.append(Traced(f"W of {dense.title}", weights=rows))
    return tuple(found)


def activities_of(graph: Graph, textbook: Textbook) -> tuple[Activity, ...]:
    """The gates, what they pass on and what is remembered; then the answers of the network."""
    found: list[Activity] = []
    for layer in recurrent_layers(graph):
        sums = {gate.z.index for gate in layer.gates} | {memory.index for memory, _ in layer.memories}
        parts = [node for node in layer.parts if node.index not in sums and len(node.shape) == 2]
        for node in parts:
            caption = textbook.notation.caption(Ref(node.scope, cell=(0, 0)))
            words = caption.partition(" 1 of ")[0]
            letter, where = _letter(textbook, layer, node), _where(graph, layer)
            found.append(Activity(f"{letter}  {words}{where}", node, isinstance(node.op, Logistic)))
    for dense in _dense_layers(graph):
        is_share = isinstance(dense.a.op, Logistic | Softmax)
        found.append(Activity(f"a  {dense.title}", dense.a, is_share))
    return tuple(found)


def _dense_layers(graph: Graph) -> Iterator[DenseLayer]:
    """The layers that do the same at every step."""
    return (layer for layer in graph.layers if isinstance(layer, DenseLayer) and layer.is_stepwise)


def _gate(title: str, layer: RecurrentLayer) -> str:
    return f"the {title}" if len(layer.gates) > 1 else layer.title


def _rows_of(layer: RecurrentLayer, name: str) -> Rows:
    """The weights that lead into a gate: bias, from the state, from the input."""
    gate = next(one for one in layer.gates if one.name == name)
    shared = [node for node in (layer.b, layer.w_h, layer.w_x) if node is not None]
    extra = layer.extra if gate is layer.gates[-1] else ()
    return tuple((node, gate.rows) for node in shared) + tuple((node, slice(None)) for node in extra)


def _letter(textbook: Textbook, layer: RecurrentLayer, node: Node) -> str:
    steps = textbook.notation.steps
    assert steps is not None
    return steps.letter(layer, layer.name_of(node))


def _where(graph: Graph, layer: Layer) -> str:
    return f" · {layer.title}" if len(recurrent_layers(graph)) > 1 else ""


# Gradient through time


@dataclass
class Contributed:
    """Contributions that were computed last, so that a step of the cursor does not compute them anew."""

    kept: dict[tuple[str, int | None], tuple[Array, Array]] = field(default_factory=dict)

    def of(self, moment: Moment, scope: str, error: int | None) -> Array | None:
        known = moment.known.get((scope, Part.GRADIENT))
        if known is None or known.mask is not None:
            return None
        gradient, found = self.kept.get((scope, error), (None, None))
        if gradient is not known.array:
            found = moment.contributions(scope, error)
            if found is not None:
                self.kept[scope, error] = known.array, found
        return found


@dataclass(frozen=True, slots=True)
class Gradients:
    """The length of a gradient at every step, None where it is not computed; `now` is the step at work.

    `comes_with` are the numbers after which all of a step is computed: where to go for an empty bar.
    """

    lengths: tuple[float | None, ...]
    comes_with: tuple[Ref, ...]
    now: int | None


def gradients_at(moment: Moment, traced: Traced, error: int | None, contributed: Contributed) -> Gradients:
    """The bars of a moment; of E at one step alone where `error` says so."""
    if traced.node is not None:
        cells = _errors(moment, traced.node, error, contributed)
        steps, width = length_of(moment), traced.node.shape[1]
        comes = tuple(Ref(traced.node.scope, Part.GRADIENT, (t, width - 1)) for t in range(steps))
    else:
        cells = _uses(moment, traced.weights, error, contributed)
        node, rows = traced.weights[-1]
        layer = moment.graph.layer_of(node)
        assert layer is not None
        steps = layer.a.shape[0]
        last = Ref(node.scope, Part.GRADIENT, tuple(n - 1 for n in node.shape))
        comes = (last,) * steps
    lengths = (None,) * steps if cells is None else tuple(_length(cells[t]) for t in range(steps))
    return Gradients(lengths, comes, step_of(moment))


def _length(cells: Array) -> float | None:
    """The Euclidean length, None while a part of it is not computed."""
    if np.isnan(cells).any():
        return None
    with np.errstate(over="ignore"):
        return float(np.linalg.norm(cells))


def _errors(moment: Moment, node: Node, error: int | None, contributed: Contributed) -> Array | None:
    """∂E/∂ of a state of the example in focus: (T, H), NaN where it is not computed."""
    if error is not None:
        found = contributed.of(moment, node.scope, error)
        return None if found is None else found[moment.row]
    known = moment.array(node.scope, Part.GRADIENT)
    return None if known is None else known.array[moment.row]


def _uses(moment: Moment, weights: Rows, error: int | None, contributed: Contributed) -> Array | None:
    """All contributions to weights, side by side: (T, …)."""
    parts = []
    for node, rows in weights:
        found = contributed.of(moment, node.scope, error)
        if found is None:
            return None
        parts.append(found[:, rows].reshape(len(found), -1))
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """Numbers that a length is made of, each with a short name; the largest ones where they are many."""

    items: tuple[tuple[str, Ref], ...]
    count: int


def cells_of(moment: Moment, traced: Traced, step: int) -> Listed:
    """The numbers behind one bar. A contribution of one error alone has no address, so it is not listed."""
    if traced.node is not None:
        refs = [Ref(traced.node.scope, Part.GRADIENT, (step, i)) for i in range(traced.node.shape[1])]
    else:
        refs = list(_refs_of_uses(traced.weights, step))
    count = len(refs)
    if count > MOST_CELLS:
        sizes = [abs(moment.value(ref) or 0.0) for ref in refs]
        largest = sorted(range(count), key=lambda i: -sizes[i])[:MOST_CELLS]
        refs = [refs[i] for i in sorted(largest)]
    return Listed(tuple((_short(moment, traced, ref), ref) for ref in refs), count)


def _refs_of_uses(weights: Rows, step: int) -> Iterator[Ref]:
    for node, rows in weights:
        for row in range(*rows.indices(node.shape[0])):
            for rest in np.ndindex(node.shape[1:]):
                yield Ref(node.scope, Part.AT_STEP, (step, row, *map(int, rest)))


def _short(moment: Moment, traced: Traced, ref: Ref) -> str:
    if traced.node is not None:
        return f"unit {ref.cell[1] + 1}"
    name = moment.notation.name(Ref(ref.scope, cell=ref.own_cell))
    return f"{name.letter}{name.sub.translate(SUBSCRIPTS)}{name.over}"


def step_of(moment: Moment) -> int | None:
    """The time step that the step of the cursor is about, None where it is about no single one."""
    leaf, stage = moment.leaf, moment.stage
    if leaf is None or stage is None or leaf.ref.scope not in moment.graph:
        return None
    node = moment.graph[leaf.ref.scope]
    if node.is_parameter:
        is_sum = stage.kind is Kind.GRADIENT and stage.layer is not None and stage.layer.is_stepwise
        return leaf.term if is_sum else None
    return moment.graph.step_of(leaf.ref)


# Contributions of one weight


@dataclass(frozen=True, slots=True)
class Uses:
    """One weight at every step, and the sum: the gradient that trains."""

    name: str
    steps: tuple[tuple[Ref, float | None], ...]
    total: Ref
    sum: float | None


def weight_of(moment: Moment, ref: Ref | None) -> Ref | None:
    """The shared weight that a number belongs to."""
    if ref is None or ref.scope not in moment.graph or not moment.graph[ref.scope].is_parameter:
        return None
    layer = moment.graph.layer_of(moment.graph[ref.scope])
    if layer is None or not layer.is_stepwise:
        return None
    return Ref(ref.scope, cell=ref.own_cell)


def first_weight(graph: Graph) -> Ref:
    """The weight that is shown until another one is chosen: from the first state to itself."""
    return Ref(recurrent_layers(graph)[0].w_h.scope, cell=(0, 0))


def uses_of(moment: Moment, weight: Ref) -> Uses:
    """What a weight does at each step."""
    layer = moment.graph.layer_of(moment.graph[weight.scope])
    assert layer is not None
    refs = [Ref(weight.scope, Part.AT_STEP, (t, *weight.cell)) for t in range(layer.a.shape[0])]
    total = weight.of(Part.GRADIENT)
    name = name_text(moment.notation.name(weight)).replace("^(", "(")
    return Uses(name, tuple((ref, moment.value(ref)) for ref in refs), total, moment.value(total))


# Gates


@dataclass(frozen=True, slots=True)
class Map:
    """A node over time: `values` (T, H) of the sequence in focus, NaN where they are not computed.

    `largest` is the largest size, 0 where all are 0 or none is known.
    """

    scope: str
    values: Array
    is_share: bool
    largest: float


def map_at(moment: Moment, activity: Activity) -> Map:
    known = moment.array(activity.node.scope)
    empty = np.full(activity.node.shape, np.nan)
    values = (empty if known is None else known.array[moment.row])[: length_of(moment)]
    finite = np.abs(values[np.isfinite(values)])
    return Map(activity.node.scope, values, activity.is_share, float(finite.max()) if finite.size else 0.0)
