"""The one place where the mathematics runs: generators that write one cell of a record a step.

Drained they train, stepped they teach.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnviz.engine.graph import Node
from nnviz.engine.ops.base import Array
from nnviz.engine.program import Program, Step


@dataclass(frozen=True, slots=True)
class State:
    """Everything that survives an update, read-only: all parameters as one flat vector, and α.

    The order of the vector is that of `Graph.parameters`.
    """

    parameters: Array
    learning_rate: float


@dataclass(frozen=True, slots=True)
class Batch:
    """The examples of one iteration: their rows in the data, and the rows themselves."""

    examples: range
    inputs: Array
    targets: Array | None


def _keep_freed_memory() -> None:
    """Give one large block back to the C library, so that it keeps what records give back later.

    glibc takes the size of a freed block for the size from which on memory is fetched from the system and
    returned to it (man 3 mallopt, M_MMAP_THRESHOLD; at most 32 MiB). Every new record would be fetched
    page by page again, which takes longer than its arithmetic. Elsewhere it does nothing.
    """
    np.empty(32 * 2**20 - 2**16, dtype=np.uint8)


_keep_freed_memory()


class Record:
    """One iteration: a cell for every number that the program computes, each assigned once."""

    __slots__ = ("program", "batch", "state", "cells")

    def __init__(self, program: Program, state: State, batch: Batch) -> None:
        self.program = program
        self.state = state
        self.batch = batch
        self.cells: list[Any] = [None] * program.size
        self.cells[program.seed] = 1.0
        self.cells[program.learning_rate] = state.learning_rate
        graph = program.graph
        self.cells[graph.inputs.index] = batch.inputs
        if graph.target is not None:
            self.cells[graph.target.index] = batch.targets
        parameters = state.parameters
        self.cells[program.learning] = parameters[: graph.trainable_size]
        for index, part, shape in program.layout:
            self.cells[index] = parameters[part].reshape(shape)

    @property
    def loss(self) -> float:
        """E of this iteration; call it only where there is a loss and the forward pass has run."""
        assert self.program.graph.loss is not None
        return float(self.cells[self.program.graph.loss.index])

    def new_parameters(self) -> Array:
        """All parameters after the update, as a flat vector; frozen ones as they were."""
        new: Array = self.cells[self.program.flat_new]
        frozen = self.state.parameters[len(new) :]
        return np.concatenate([new, frozen]) if len(frozen) else new

    def new_value(self, node: Node) -> Array:
        """One parameter after the update."""
        new: Array = self.cells[self.program.flat_new]
        return new[self.program.graph.slices[node.index]].reshape(node.shape)


def forward(record: Record) -> Iterator[Step]:
    """The forward pass and the loss."""
    return _run(record.program.forward, record.cells)


def backward(record: Record) -> Iterator[Step]:
    """The backward pass: every error gradient, then the gradient of every parameter."""
    return _run(record.program.backward, record.cells)


def update(record: Record) -> Iterator[Step]:
    """The new value of every parameter that learns."""
    return _run(record.program.update, record.cells)


def iterate(record: Record) -> Iterator[Step]:
    """One whole iteration."""
    return _run(record.program.steps, record.cells)


def drain(steps: Iterable[Step]) -> None:
    """Run a pass at full speed."""
    deque(steps, maxlen=0)


def _run(steps: tuple[Step, ...], cells: list[Any]) -> Iterator[Step]:
    for step in steps:
        cells[step.writes] = step.compute(*step.arguments(cells))
        yield step
