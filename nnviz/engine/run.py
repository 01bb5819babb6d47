"""The one place where the mathematics runs: generators that write one cell of a record a step.

Drained they train, stepped they teach.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from nnviz.engine.clipping import Clipping, clip_factor, norm_of
from nnviz.engine.graph import Node
from nnviz.engine.ops.base import Array
from nnviz.engine.optimizers import Trace
from nnviz.engine.program import Layout, Phase, Program, Step, is_weight
from nnviz.engine.ref import Part
from nnviz.engine.rounded import Rounded

NO_MASKS: Mapping[int, Array] = MappingProxyType({})
NOTHING = np.empty((0, 0))


class State(NamedTuple):
    """Everything that survives an update, read-only: all parameters as one flat vector, and α.

    The order of the vector is that of `Graph.parameters`. `kept` is what the optimizer remembers, one row for
    each of its numbers and one column for every parameter that learns; `update` counts the updates from 1.
    `carried` are the states of sequences that the iteration before has ended with.
    """

    parameters: Array
    learning_rate: float
    kept: Array = NOTHING
    update: int = 1
    carried: Array = NOTHING


class Batch(NamedTuple):
    """The examples of one iteration: their rows in the data, and the rows themselves.

    `masks` are those of the inputs and layers with dropout, by node; without them nothing is dropped.
    """

    examples: Sequence[int]
    inputs: Array
    targets: Array | None
    masks: Mapping[int, Array] = NO_MASKS


def _keep_freed_memory() -> None:
    """Give one large block back to the C library, so that it keeps what records give back later.

    glibc takes the size of a freed block for the size from which on memory is fetched from the system and
    returned to it (man 3 mallopt, M_MMAP_THRESHOLD; at most 32 MiB). Every new record would be fetched
    page by page again, which takes longer than its arithmetic. Elsewhere it does nothing.
    """
    np.empty(32 * 2**20 - 2**16, dtype=np.uint8)


_keep_freed_memory()


class Record:
    """One iteration: a cell for every number that the program computes, each assigned once.

    `memory` has an array for the result of some steps: gradients of parameters are written side by side, as
    parts of one vector.
    """

    __slots__ = ("program", "batch", "state", "cells", "memory", "traces", "rounded")

    def __init__(self, program: Program, state: State, batch: Batch) -> None:
        self.program = program
        self.state = state
        self.cells: list[Any] = [None] * program.size
        self.memory: list[Any] = [None] * program.size
        self.traces: dict[int, Trace] = {}
        self.rounded = Rounded(self)
        if program.graph.trains:
            self._lay_out_gradients()
        self.cells[program.seed] = 1.0
        for cell, values in given(program, state):
            self.cells[cell] = values
        self.take(batch)

    def _lay_out_gradients(self) -> None:
        gradient = np.full(self.program.graph.trainable_size, np.nan)
        self.cells[self.program.flat_gradient] = gradient
        for cell, part in parts(gradient, self.program.layout_of_gradients):
            self.memory[cell] = part

    def take(self, batch: Batch) -> None:
        """Set what is given of the examples."""
        graph = self.program.graph
        self.batch = batch
        self.cells[graph.data.index] = batch.inputs
        if graph.target is not None:
            self.cells[graph.target.index] = batch.targets
        for index, mask in batch.masks.items():
            self.cells[index] = mask

    @property
    def loss(self) -> float:
        """E of this iteration; call it only where there is a loss and the forward pass has run."""
        assert self.program.graph.loss is not None
        return float(self.cells[self.program.graph.loss.index])

    def new_value(self, node: Node) -> Array:
        """One parameter after the update."""
        return self._updated[self.program.graph.slices[node.index]].reshape(node.shape)

    @property
    def _updated(self) -> Array:
        """The parameters that learn, after the update."""
        written: Array = self.cells[self.program.flat_new]
        return written if written.ndim == 1 else written[0]

    @property
    def clipping(self) -> Clipping | None:
        """Whether and how much the gradients are made shorter; None where they never are."""
        program = self.program
        if program.clip is None:
            return None
        gradient: Array = self.cells[program.flat_gradient]
        if program.penalty:
            pull = program.penalty.pull(self.state.parameters[: len(gradient)])
            gradient = gradient + pull * program.weights
        norm = norm_of(gradient)
        return Clipping(norm, program.clip, clip_factor(norm, program.clip))

    def trace(self, node: Node) -> Trace:
        """Every number of the update of one parameter that learns, as the optimizer writes it down."""
        if node.index not in self.traces:
            self.traces[node.index] = self._trace(node)
        return self.traces[node.index]

    def _trace(self, node: Node) -> Trace:
        program, optimizer = self.program, self.program.optimizer
        part = program.graph.slices[node.index]
        w, gradient = self.state.parameters[part], np.ravel(self.cells[program.gradient(node)])
        if program.penalty and is_weight(node):
            gradient = gradient + program.penalty.pull(w)
        if (clipping := self.clipping) is not None:
            gradient = gradient * clipping.factor
        kept = self.state.kept[:, part]
        if optimizer.needs_curvature:
            kept = self.cells[program.flat_new][1:, part]
        with np.errstate(all="ignore"):
            trace = {Part.TOTAL: gradient} | optimizer.trace(
                w, gradient, kept, self.state.learning_rate, self.state.update
            )
        for place, (_, before) in enumerate(optimizer.remembers):
            trace.setdefault(before, kept[place])
        return {name: np.reshape(values, node.shape) for name, values in trace.items()}


def parts(vector: Array, layout: Layout) -> list[tuple[int, Array]]:
    """A flat vector as the cells that it consists of: views of it in their own shapes."""
    return [(cell, vector[part].reshape(shape)) for cell, part, shape in layout]


def given(program: Program, state: State) -> list[tuple[int, Any]]:
    """The cells that a state gives, and what is in them."""
    return [
        (program.learning_rate, state.learning_rate),
        (program.update_count, state.update),
        (program.kept, state.kept),
        (program.learning, state.parameters[: program.graph.trainable_size]),
        *parts(state.parameters, program.layout),
    ]


def forward(record: Record, with_loss: bool = True) -> Iterator[Step]:
    """The forward pass and the loss."""
    steps = record.program.forward
    if not with_loss:
        steps = tuple(step for step in steps if step.phase is not Phase.LOSS)
    return _run(steps, record)


def backward(record: Record) -> Iterator[Step]:
    """The backward pass: every error gradient, then the gradient of every parameter."""
    return _run(record.program.backward, record)


def update(record: Record) -> Iterator[Step]:
    """The new value of every parameter that learns."""
    return _run(record.program.update, record)


def iterate(record: Record) -> Iterator[Step]:
    """One whole iteration."""
    return _run(record.program.steps, record)


def drain(steps: Iterable[Step]) -> None:
    """Run a pass at full speed."""
    deque(steps, maxlen=0)


def complete(record: Record) -> None:
    """One whole iteration at full speed: what `iterate` does, with nobody looking."""
    record.program.run(record.cells, record.memory)


def _run(steps: tuple[Step, ...], record: Record) -> Iterator[Step]:
    cells, memory = record.cells, record.memory
    for step in steps:
        cells[step.writes] = step.compute(*(cells[i] for i in step.reads), out=memory[step.writes])
        yield step
