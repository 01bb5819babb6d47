"""One iteration as a tree of places: pass → layer → neuron → term.

The leaves are numbered from 1; position p means that the first p of them are computed. Everything finer than
a layer is arithmetic on the shapes of the graph, so the outline of a large layer costs no more than that of a
small one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from nnviz.engine.graph import Graph, Layer, Node
from nnviz.engine.ops.base import Cell, Contraction, Elementwise, Factor
from nnviz.engine.ops.losses import Loss
from nnviz.engine.ref import Part, Ref


class Depth(IntEnum):
    """How much one step covers, from finest to coarsest: a zoom, not a mode."""

    TERM = 1
    NEURON = 2
    LAYER = 3
    PASS = 4
    ITERATION = 5
    EPOCH = 6


class Pass(StrEnum):
    """The parts of an iteration, each with its hue."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


class Kind(StrEnum):
    """What a stage computes for each of its units."""

    SUM = "sum"  # z, and a where φ is a function of one number
    ACTIVATION = "activation"  # a of a layer whose units compete (softmax)
    LOSS = "loss"
    ERROR = "error"  # ∂E/∂a of a layer whose units compete
    DELTA = "delta"  # ∂E/∂a and δ
    GRADIENT = "gradient"  # ∂E/∂w
    UPDATE = "update"  # w ← w − α·∂E/∂w


class Leaf(NamedTuple):
    """The smallest thing that can be stepped to: a number, or one term of the sum that makes it."""

    ref: Ref
    term: int | None = None


Results = tuple[tuple[Ref, int], ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One layer in one pass.

    `results(unit)` lists what is computed for a unit, and from how many steppable terms; `computes` names
    the quantities as (scope, part). `starts` holds the position at which each unit begins, and the end.
    """

    kind: Kind
    into: Pass
    layer: Layer | None
    results: Callable[[int], Results]
    computes: tuple[tuple[str, Part], ...]
    starts: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.starts[0]

    @property
    def end(self) -> int:
        return self.starts[-1]

    @property
    def units(self) -> int:
        return len(self.starts) - 1

    def unit_at(self, position: int) -> int:
        """The unit whose leaf was computed last at a position inside this stage."""
        return bisect_right(self.starts, position - 1) - 1

    def leaf(self, position: int) -> Leaf:
        """The leaf computed last at a position inside this stage."""
        unit = self.unit_at(position)
        left = position - self.starts[unit] - 1
        for ref, terms in self.results(unit):
            if left < terms:
                return Leaf(ref, left)
            if left == terms:
                return Leaf(ref)
            left -= terms + 1
        raise IndexError(position)


class Outline:
    """The stages of an iteration over a batch of `examples` examples."""

    def __init__(self, graph: Graph, examples: int) -> None:
        self.graph = graph
        self.examples = examples
        self.stages: tuple[Stage, ...] = tuple(self._numbered())
        self.length = self.stages[-1].end if self.stages else 0

    # Where a position is

    def stage_at(self, position: int) -> Stage | None:
        """The stage in which a position lies; None at the start, where nothing is computed."""
        if position <= 0:
            return None
        return self.stages[bisect_right(self._stage_starts, position - 1) - 1]

    def passes(self) -> dict[Pass, tuple[Stage, ...]]:
        """The stages by pass, in order."""
        return {into: tuple(s for s in self.stages if s.into is into) for into in Pass}

    def ends(self, depth: Depth, position: int) -> tuple[int, int]:
        """(start, end) of the place of a depth in which the leaf after `position` lies.

        A step over goes to the end; the places of a depth follow each other without gaps.
        """
        if depth >= Depth.ITERATION or position >= self.length:
            return 0, self.length
        if depth is Depth.TERM:
            return position, position + 1
        stage = self.stages[bisect_right(self._stage_starts, position) - 1]
        if depth is Depth.LAYER:
            return stage.start, stage.end
        if depth is Depth.PASS:
            group = [s for s in self.stages if s.into is stage.into]
            return group[0].start, group[-1].end
        unit = stage.unit_at(position + 1)
        return stage.starts[unit], stage.starts[unit + 1]

    def stops(self, depth: Depth) -> Sequence[int]:
        """The ends of all places of a depth, in order: where stepping over them comes to rest."""
        if depth is Depth.TERM:
            return range(1, self.length + 1)
        if depth is Depth.NEURON:
            ends = [end for stage in self.stages for end in stage.starts[1:]]
        elif depth is Depth.LAYER:
            ends = [stage.end for stage in self.stages]
        elif depth is Depth.PASS:
            ends = [group[-1].end for group in self.passes().values() if group]
        else:
            ends = [self.length]
        return tuple(dict.fromkeys(ends))  # a unit with nothing to learn ends where it starts

    def completed_at(self, ref: Ref, row: int | None = None) -> int | None:
        """The position at which a number is computed; None for what an iteration does not compute.

        `row` is the place in the batch of a number that belongs to one example only: its share of a sum.
        Without it, all examples are meant.
        """
        row = self.examples - 1 if row is None else row
        match ref.part:
            case Part.ERROR | Part.TERM:
                return self._loss_reaches(ref, row)
            case Part.SLOPE:
                return self._slope_at(ref)
            case Part.SHARE:
                return self._share_at(ref, row)
            case Part.GRADIENT if self.stage_of(ref.scope, Part.DELTA):
                return self._result_at(ref.of(Part.DELTA))  # ∂E/∂z is δ without its sign convention
        return self._result_at(ref)

    def _result_at(self, ref: Ref) -> int | None:
        stage = self.stage_of(ref.scope, ref.part)
        unit = ref.cell[0] if ref.cell else 0
        if stage is None or unit >= stage.units:
            return None
        position = stage.starts[unit]
        for result, terms in stage.results(unit):
            position += terms + 1
            if result.scope == ref.scope and result.part is ref.part and result.cell == ref.cell:
                return position
        return None

    def _loss_reaches(self, ref: Ref, row: int) -> int | None:
        """Where the loss comes to one output of one example, or to the last output of the example."""
        stage = self.stage_of("loss", Part.VALUE)
        if stage is None or ref.scope != (self.graph.output.a.scope if ref.part is Part.ERROR else "loss"):
            return None
        unit = ref.cell[0] if ref.part is Part.ERROR else self.graph.output.units - 1
        return stage.start + row * self.graph.output.units + unit + 1

    def _slope_at(self, ref: Ref) -> int | None:
        """φ′ is looked at with the first leaf of the neuron whose δ it goes into."""
        node = self.graph[ref.scope]
        stage = self.stage_of(self.graph.nodes[node.inputs[0]].scope, Part.DELTA) if node.inputs else None
        if stage is None or not isinstance(node.op, Elementwise) or ref.cell[0] >= stage.units:
            return None
        return stage.starts[ref.cell[0]] + 1

    def _share_at(self, ref: Ref, row: int) -> int | None:
        """Where the sum over the examples has come past the terms of one example."""
        gradient = replace(ref, part=Part.GRADIENT, example=None)
        stage, done = self.stage_of(ref.scope, Part.GRADIENT), self._result_at(gradient)
        if stage is None or done is None or not self.graph[ref.scope].is_parameter:
            return None
        terms = dict(stage.results(ref.cell[0]))[gradient]
        return done - terms + (row + 1) * (terms // self.examples) - 1 if terms else done

    def stage_of(self, scope: str, part: Part) -> Stage | None:
        """The stage that computes a quantity."""
        return self._places.get((scope, part))

    @cached_property
    def _stage_starts(self) -> list[int]:
        return [stage.start for stage in self.stages]

    @cached_property
    def _places(self) -> dict[tuple[str, Part], Stage]:
        return {quantity: stage for stage in self.stages for quantity in stage.computes}

    # How it is built

    def _numbered(self) -> Iterator[Stage]:
        position = 0
        for draft in self._drafts():
            starts = tuple(accumulate(draft.lengths, initial=position))
            position = starts[-1]
            yield Stage(draft.kind, draft.into, draft.layer, draft.results, draft.computes, starts)

    def _drafts(self) -> Iterator[_Draft]:
        for layer in self.graph.layers:
            yield from self._forward(layer)
        if self.graph.loss is not None:
            outputs = self.graph.output.units * self.examples
            yield _draft(Kind.LOSS, Pass.LOSS, None, 1, lambda _: ((Ref("loss"), _steppable(outputs)),))
        if not self.graph.trains:
            return
        learning = [layer for layer in reversed(self.graph.layers) if self._is_reached(layer)]
        if self.graph.late_weights:
            for layer in learning:
                yield from self._backward(layer)
                yield from self._parameters(layer, Kind.GRADIENT, Pass.BACKWARD)
                yield from self._parameters(layer, Kind.UPDATE, Pass.BACKWARD)
            return
        for layer in learning:
            yield from self._backward(layer)
        for layer in learning:
            yield from self._parameters(layer, Kind.GRADIENT, Pass.BACKWARD)
        for layer in reversed(learning):
            yield from self._parameters(layer, Kind.UPDATE, Pass.UPDATE)

    def _is_reached(self, layer: Layer) -> bool:
        """Whether the error comes back as far as this layer: it or one before it learns."""
        before = self.graph.layers[: self.graph.layers.index(layer) + 1]
        return any(node.is_trainable for each in before for node in each.parameters)

    def _forward(self, layer: Layer) -> Iterator[_Draft]:
        terms = self._term_count(layer)
        together = isinstance(layer.a.op, Elementwise)

        def sums(i: int) -> Results:
            z = (Ref(layer.z.scope, cell=(i,)), terms)
            return (z, (Ref(layer.a.scope, cell=(i,)), 0)) if together else (z,)

        yield _draft(Kind.SUM, Pass.FORWARD, layer, layer.units, sums)
        if not together:
            yield _draft(Kind.ACTIVATION, Pass.FORWARD, layer, layer.units, _each(layer.a, Part.VALUE))

    def _backward(self, layer: Layer) -> Iterator[_Draft]:
        loss = self.graph.loss
        assert loss is not None and isinstance(loss.op, Loss)
        above = self.graph.consumer_layer(layer.a)
        errors = _each(layer.a, Part.GRADIENT, _steppable(above.units) if above else 0)
        deltas = _each(layer.z, Part.DELTA)
        if above is None and not loss.op.through_slope:
            yield _draft(Kind.DELTA, Pass.BACKWARD, layer, layer.units, deltas)
        elif isinstance(layer.a.op, Elementwise):
            yield _draft(Kind.DELTA, Pass.BACKWARD, layer, layer.units, lambda i: errors(i) + deltas(i))
        else:
            yield _draft(Kind.ERROR, Pass.BACKWARD, layer, layer.units, errors)
            deltas = _each(layer.z, Part.DELTA, _steppable(layer.units))
            yield _draft(Kind.DELTA, Pass.BACKWARD, layer, layer.units, deltas)

    def _parameters(self, layer: Layer, kind: Kind, into: Pass) -> Iterator[_Draft]:
        learning = [node for node in layer.parameters if node.is_trainable]
        part = Part.GRADIENT if kind is Kind.GRADIENT else Part.NEW
        terms = {n.scope: self._gradient_terms(layer, n) if part is Part.GRADIENT else 0 for n in learning}

        def weights(i: int) -> Results:
            cells = weights_of_unit(layer, i)
            return tuple((Ref(n.scope, part, cell), terms[n.scope]) for n, cell in cells if n.is_trainable)

        def length(i: int) -> int:
            return sum(_cells_of_unit(node, i) * (terms[node.scope] + 1) for node in learning)

        if learning:
            lengths = tuple(map(length, range(layer.units)))
            yield _Draft(kind, into, layer, weights, tuple((n.scope, part) for n in learning), lengths)

    def _term_count(self, layer: Layer) -> int:
        assert isinstance(layer.z.op, Contraction)
        return _steppable(sum(1 for _ in layer.z.op.terms((0,), *self._input_shapes(layer))))

    def _gradient_terms(self, layer: Layer, node: Node) -> int:
        """One for every example and every use: a shared bias is used by all units of its layer."""
        assert isinstance(layer.z.op, Contraction)
        first = Factor(layer.z.inputs.index(node.index), (0,) * len(node.shape))
        uses = sum(1 for _ in layer.z.op.uses(first, *self._input_shapes(layer)))
        return _steppable(self.examples * uses)

    def _input_shapes(self, layer: Layer) -> tuple[Cell, ...]:
        return tuple(self.graph.nodes[i].shape for i in layer.z.inputs)


class _Draft(NamedTuple):
    kind: Kind
    into: Pass
    layer: Layer | None
    results: Callable[[int], Results]
    computes: tuple[tuple[str, Part], ...]
    lengths: tuple[int, ...]


def _draft(
    kind: Kind, into: Pass, layer: Layer | None, units: int, results: Callable[[int], Results]
) -> _Draft:
    """A stage in which every unit takes the same steps."""
    first = results(0)
    length = sum(terms + 1 for _, terms in first)
    computes = tuple((ref.scope, ref.part) for ref, _ in first)
    return _Draft(kind, into, layer, results, computes, (length,) * units)


def _each(node: Node, part: Part, terms: int = 0) -> Callable[[int], Results]:
    return lambda i: ((Ref(node.scope, part, (i,)), terms),)


def _steppable(terms: int) -> int:
    """A sum of one term is not stepped term by term."""
    return terms if terms > 1 else 0


def _cells_of_unit(node: Node, unit: int) -> int:
    if len(node.shape) == 1:
        return int(unit < node.shape[0])
    return node.shape[1]


def weights_of_unit(layer: Layer, unit: int) -> Iterator[tuple[Node, Cell]]:
    """The weights into one unit, bias first; a shared bias belongs to the first unit."""
    if layer.b is not None and unit < layer.b.shape[0]:
        yield layer.b, (unit,)
    for k in range(layer.w.shape[1]):
        yield layer.w, (unit, k)
