"""A graph compiled into steps: the straight-line program that an iteration runs.

Every step reads cells of a record and assigns one cell, once. A graph's steps are fixed, so they are made
once and hold no numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np

from nnviz.engine.clipping import clip_factor, norm_of
from nnviz.engine.graph import Graph, GraphError, Node
from nnviz.engine.ops.base import NOISE, Array, Cell, Elementwise, SumOp, placed
from nnviz.engine.optimizers import GradientDescent, Newton, Optimizer
from nnviz.engine.penalty import NO_PENALTY, Penalty
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import STEP_LOSSES, Part
from nnviz.engine.settling import (
    GradientSum,
    settled,
    settled_error,
    settled_update,
    terms_together,
    terms_together_in_steps,
)
from nnviz.engine.straight_line import written_out
from nnviz.engine.unrolling import Assignment, Unrolling

LATE = "backward_weights"  # the convention that an error is about
MOST_FOR_CURVATURE = 200  # parameters: H takes two passes for each of them


class Phase(StrEnum):
    """What a step does, in the order of an iteration."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    ACCUMULATE = "accumulate"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Step:
    """One assignment: ``cells[writes] = compute(*(cells[i] for i in reads), out=memory)``.

    `memory` is None, or an array for the result.
    """

    phase: Phase
    node: int
    reads: tuple[int, ...]
    writes: int
    compute: Callable[..., Any]


Layout = tuple[tuple[int, slice, Cell], ...]  # cells that are parts of a flat vector, with their shapes
Curvature = Callable[["Program", Array, Array, Array], Array]  # of learning parameters, inputs, targets: H


class Program:
    """The steps of a graph, and where in a record each of its numbers lies; `run` does all steps at once.

    Cells: `value` (one a node), `gradient` (∂E/∂ value), one cell for every contribution to the gradient of
    a node that is used more than once, and the flat vectors of the update: all parameters that learn, their
    gradients and their new values in one array each, so that an update is one line for a whole network. The
    gradients of single parameters are parts of the flat one, which is complete when the last of them is.
    """

    def __init__(
        self,
        graph: Graph,
        optimizer: Optimizer | None = None,
        penalty: Penalty = NO_PENALTY,
        curvature: Curvature | None = None,
        clip: float | None = None,
    ) -> None:
        self.graph = graph
        self.optimizer = optimizer or GradientDescent()
        self.penalty = penalty
        self.curvature = curvature
        self.clip = clip
        self._require_simple_update()
        count = len(graph.nodes)
        self.seed = 3 * count  # ∂E/∂E = 1
        self.size = 3 * count + 7
        self.learning_rate, self.learning, self.flat_gradient, self.flat_new, self.kept, self.update_count = (
            range(self.size - 6, self.size)
        )
        self.weights = self._weights()
        self.contributions: dict[tuple[int, int], int] = {}  # (consumer, slot) -> cell
        self.gradient_sums: dict[int, GradientSum] = {}  # of every parameter that is used once
        recurrent = [layer for layer in graph.layers if isinstance(layer, RecurrentLayer)]
        self.unrollings = {layer.a.index: Unrolling(self, layer) for layer in recurrent}
        self._unrolled = {node.index for layer in recurrent for node in layer.parts}
        self.forward = tuple(self._forward_steps())
        self.backward = tuple(self._backward_steps()) if graph.trains else ()
        self.update = tuple(self._update_steps()) if graph.trains else ()
        self.steps = self.forward + self.backward + self.update
        self.run = written_out(self.steps)
        self.layout = self._layout(graph.parameters, self.value)
        learning = tuple(node for node in graph.parameters if node.is_trainable)
        self.layout_of_gradients = self._layout(learning, self.gradient)

    def _require_simple_update(self) -> None:
        """Weights that are updated one by one follow plain gradient descent."""
        is_plain = type(self.optimizer) is GradientDescent and not self.penalty and self.clip is None
        if self.graph.late_weights and any(isinstance(one, RecurrentLayer) for one in self.graph.layers):
            message = "late weights: found a recurrent layer, wanted none: its weights are shared"
            raise GraphError(message, LATE)
        if self.graph.late_weights and not is_plain:
            message = f"late weights: found {self.optimizer.title}, wanted plain gradient descent"
            raise GraphError(message, LATE)
        frozen = self.graph.parameter_size - self.graph.trainable_size
        if self.optimizer.needs_curvature and frozen:
            raise GraphError(f"{self.optimizer.title}: found {frozen} frozen weights, wanted all to learn")
        if self.optimizer.needs_curvature and self.graph.trainable_size > MOST_FOR_CURVATURE:
            raise GraphError(
                f"{self.optimizer.title}: found {self.graph.trainable_size:,} weights, "
                f"wanted at most {MOST_FOR_CURVATURE}"
            )

    def _layout(self, nodes: tuple[Node, ...], cell: Callable[[Node], int]) -> Layout:
        return tuple((cell(node), self.graph.slices[node.index], node.shape) for node in nodes)

    def _weights(self) -> Array:
        """1 for every parameter that a penalty concerns, else 0, in the order of the flat vector."""
        learning = [node for node in self.graph.parameters if node.is_trainable]
        parts = [np.full(math.prod(node.shape), float(is_weight(node))) for node in learning]
        return np.concatenate([np.empty(0), *parts])

    def is_unrolled(self, node: Node) -> bool:
        """Whether a node is a part of a recurrent layer, which is computed step by step."""
        return node.index in self._unrolled

    def value(self, node: Node | int) -> int:
        return node if isinstance(node, int) else node.index

    def gradient(self, node: Node | int) -> int:
        return len(self.graph.nodes) + self.value(node)

    def new(self, node: Node | int) -> int:
        return 2 * len(self.graph.nodes) + self.value(node)

    def new_cell(self) -> int:
        """One more cell in the record."""
        self.size += 1
        return self.size - 1

    def _forward_steps(self) -> Iterator[Step]:
        for node in self.graph.nodes:
            if node.index in self.unrollings:
                yield from _steps(Phase.FORWARD, self.unrollings[node.index].forward())
            elif node.inputs and node.index not in self._unrolled:
                is_loss = node is self.graph.loss or node.scope == STEP_LOSSES
                phase = Phase.LOSS if is_loss else Phase.FORWARD
                yield Step(phase, node.index, node.inputs, self.value(node), self._forward_of(node))

    def _forward_of(self, node: Node) -> Callable[..., Any]:
        """A sum that leads to a kink is 0 where it is nothing but rounding."""
        if isinstance(node.op, SumOp) and self.graph.leads_to_a_kink(node):
            return settled(node.op)
        return node.op.forward

    def _backward_steps(self) -> Iterator[Step]:
        """Error gradients from the loss back to the first layer, then the gradients of the parameters.

        With `late_weights` the parameters of a layer are dealt with, and updated, before the error is
        handed on to the layer below.
        """
        uses = self._uses()
        if self.graph.late_weights:
            self._require_single_uses(uses)
        postponed: list[Step] = []
        for node in reversed(self.graph.nodes):
            if not self._has_gradient(node, uses):
                continue
            if node.index in self.unrollings:
                yield from self._errors_through_time(node, uses)
                of_parameters = [*self.unrollings[node.index].of_parameters()]
                postponed += _steps(Phase.BACKWARD, of_parameters)
                for one in of_parameters:
                    together = partial(terms_together_in_steps, one.compute)
                    self._remember_sum(one.node.index, one.reads, together)
                continue
            parameters = [*self._derivatives(node, uses, of_parameters=True)]
            if self.graph.late_weights:
                yield from parameters
                yield from (self._update_step(step.node) for step in parameters)
            else:
                postponed += parameters
            yield from self._derivatives(node, uses, of_parameters=False)
        yield from postponed

    def _errors_through_time(self, node: Node, uses: dict[int, list[tuple[int, int]]]) -> Iterator[Step]:
        """The errors of a recurrent layer, and what it hands on to the layer below."""
        unrolling = self.unrollings[node.index]
        yield from _steps(Phase.BACKWARD, unrolling.backward())
        x = unrolling.layer.x
        if x.index in uses:
            writes = self._contribution_cell(x.index, (node.index, 0), uses[x.index])
            yield from _steps(Phase.BACKWARD, [unrolling.of_input(writes)])

    def _uses(self) -> dict[int, list[tuple[int, int]]]:
        """For every node that the error depends on: where it is used, as (consumer, slot)."""
        wanted = self._wanted()
        uses: dict[int, list[tuple[int, int]]] = {}
        for consumer in reversed(self.graph.nodes):
            if not (consumer is self.graph.loss or consumer.index in uses):
                continue
            if consumer.index in self.unrollings:
                x = self.unrollings[consumer.index].layer.x.index
                if x in wanted:
                    uses.setdefault(x, []).append((consumer.index, 0))
                continue
            for slot, index in enumerate(consumer.inputs):
                if index in wanted and consumer.op.derivative_of(slot):
                    uses.setdefault(index, []).append((consumer.index, slot))
        return uses

    def _require_single_uses(self, uses: dict[int, list[tuple[int, int]]]) -> None:
        """A weight whose gradient comes later cannot be updated before the error is handed on along it."""
        for index, places in uses.items():
            if self.graph.nodes[index].is_parameter and len(places) > 1:
                scope = self.graph.nodes[index].scope
                raise GraphError(f"{scope}: late weights need every parameter to be used once", LATE)

    def _wanted(self) -> set[int]:
        """Nodes that depend on a parameter that learns: the only ones whose gradient anybody needs."""
        wanted: set[int] = set()
        for node in self.graph.nodes:
            if node.is_trainable or any(i in wanted for i in node.inputs):
                wanted.add(node.index)
        return wanted

    def _has_gradient(self, node: Node, uses: dict[int, list[tuple[int, int]]]) -> bool:
        return bool(node.inputs) and (node is self.graph.loss or node.index in uses)

    def _derivatives(
        self, node: Node, uses: dict[int, list[tuple[int, int]]], of_parameters: bool
    ) -> Iterator[Step]:
        """∂E/∂ of the slots of `node`, each followed by the sum of all contributions when it is the last."""
        dy = self.seed if node is self.graph.loss else self.gradient(node)
        inputs = node.inputs if of_parameters else self._weights_in_use(node)
        for slot, index in enumerate(node.inputs):
            places = uses.get(index, [])
            compute = node.op.derivative_of(slot)
            if (
                (node.index, slot) not in places
                or compute is None
                or self.graph.nodes[index].is_parameter != of_parameters
            ):
                continue
            writes = self._contribution_cell(index, (node.index, slot), places)
            if self.optimizer.divides_by_length and node.op.hands_back_sums and not of_parameters:
                compute = settled_error(node.op, slot)
            reads = (dy, self.value(node), *inputs)
            yield Step(Phase.BACKWARD, index, reads, writes, compute)
            if of_parameters and len(places) == 1:
                self._remember_sum(index, reads, partial(terms_together, node.op, slot))
            if len(places) > 1 and places[-1] == (node.index, slot):
                cells = tuple(self.contributions[place] for place in places)
                yield Step(Phase.ACCUMULATE, index, cells, self._error_cell(index), _total)

    def _remember_sum(self, index: int, reads: tuple[int, ...], together: Callable[..., Array]) -> None:
        self.gradient_sums[index] = GradientSum(self.graph.slices[index], reads, together)

    def _contribution_cell(self, index: int, place: tuple[int, int], places: list[tuple[int, int]]) -> int:
        """A cell of its own for every use of a node that is used more than once, else its gradient."""
        if len(places) == 1:
            return self._error_cell(index)
        self.contributions[place] = self.new_cell()
        return self.contributions[place]

    def _error_cell(self, index: int) -> int:
        """Where ∂E/∂ of a node goes; into a recurrent layer only what comes from above."""
        unrolling = self.unrollings.get(index)
        return self.gradient(index) if unrolling is None else unrolling.above

    def _weights_in_use(self, node: Node) -> tuple[int, ...]:
        """The cells that errors are handed on along: the weights before the update, or after it."""
        if not self.graph.late_weights or isinstance(node.op, Elementwise):  # φ keeps its slopes
            return node.inputs
        nodes = self.graph.nodes
        return tuple(self.new(i) if nodes[i].is_trainable else i for i in node.inputs)

    def _update_steps(self) -> Iterator[Step]:
        """One line for all parameters; with `late_weights` they are updated already and only gathered."""
        trainable = [node for node in self.graph.parameters if node.is_trainable]
        if self.graph.late_weights:
            yield Step(Phase.UPDATE, -1, tuple(map(self.new, trainable)), self.flat_new, _gathered)
            return
        reads: tuple[int, ...] = (self.learning, self.flat_gradient, self.learning_rate)
        if self.optimizer.needs_curvature:
            assert self.graph.target is not None
            data = (self.graph.inputs.index, self.graph.target.index)  # inputs of which some are dropped
            yield Step(Phase.UPDATE, -1, (*reads, *data), self.flat_new, self._update_with_curvature)
        else:
            is_plain = not self.penalty and self.clip is None
            update = self.optimizer.step if is_plain else self._update_with_total
            reads = (*reads, self.kept, self.update_count)
            if self.optimizer.divides_by_length:
                sums = tuple(self.gradient_sums.values())
                update = settled_update(update, sums)
                reads += tuple(cell for one in sums for cell in one.reads)
            yield Step(Phase.UPDATE, -1, reads, self.flat_new, update)

    def parts_of_update(self, node: Node) -> tuple[Part, ...]:
        """The numbers that are computed of a parameter in an update, its new value last."""
        has_total = self.clip is not None or (self.penalty and is_weight(node))
        total = (Part.TOTAL,) if has_total else ()
        return (*total, *self.optimizer.between, Part.NEW)

    def total_gradient(self, learning: Array, gradient: Array) -> Array:
        """∂E/∂w of all that learns as one vector, with what the penalty adds, no longer than it may be."""
        if self.penalty:
            gradient = gradient + self.penalty.pull(learning) * self.weights
        if self.clip is not None:
            gradient = gradient * clip_factor(norm_of(gradient), self.clip)
        return gradient

    def _update_with_total(
        self,
        learning: Array,
        gradient: Array,
        rate: float,
        kept: Array,
        update: int,
        out: Array | None = None,
    ) -> Array:
        total = self.total_gradient(learning, gradient)
        new = self.optimizer.step(learning, total, rate, kept, update, out)
        if self.penalty.l1:
            _settle_update(new, learning)
        return new

    def _update_with_curvature(
        self,
        learning: Array,
        gradient: Array,
        rate: float,
        inputs: Array,
        targets: Array,
        out: Array | None = None,
    ) -> Array:
        assert isinstance(self.optimizer, Newton) and self.curvature is not None
        curvature = self.curvature(self, learning, inputs, targets)
        step = self.optimizer.solved(self.total_gradient(learning, gradient), curvature)
        return self.optimizer.step(learning, step, rate, step[None], out=out)

    def _update_step(self, node: int) -> Step:
        reads = (self.value(node), self.gradient(node), self.learning_rate)
        return Step(Phase.UPDATE, node, reads, self.new(node), self.optimizer.step)


def _steps(phase: Phase, assignments: Iterable[Assignment]) -> Iterator[Step]:
    for one in assignments:
        yield Step(phase, one.node.index, one.reads, one.writes, one.compute)


def is_weight(node: Node) -> bool:
    """Whether a parameter is a weight, which a penalty concerns: no bias, no slope of an activation."""
    return node.is_parameter and node.scope.rpartition("/")[2] in ("w", "w_h", "w_x")


def _gathered(*arrays: Array, out: Array | None = None) -> Array:
    return np.concatenate([array.ravel() for array in arrays], out=out)


def _settle_update(new: Array, learning: Array) -> None:
    """0 for new values that are nothing but rounding: L1 takes their sign."""
    values = new if new.ndim == 1 else new[0]
    values[np.abs(values) <= NOISE * np.abs(learning)] = 0.0


def _total(*contributions: Any, out: Array | None = None) -> Any:
    return placed(sum(contributions[1:], contributions[0]), out)
