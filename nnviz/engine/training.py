"""Iterations at full speed: the same steps as everywhere, in the same memory over and over."""

from __future__ import annotations

import numpy as np

from nnviz.engine.carried import NOTHING_CARRIED, Carried
from nnviz.engine.ops.base import Array
from nnviz.engine.program import Program
from nnviz.engine.run import Batch, Record, State, complete, given


class Training:
    """A run in which every iteration overwrites the one before: nothing of its records may be handed out.

    An iteration starts from one of two rows of numbers and writes its update into the other; then they change
    places. `iteration` is the one that it stands at, `is_done` whether that has been run.
    """

    def __init__(
        self, program: Program, iteration: int, row: Array, carried: Carried = NOTHING_CARRIED
    ) -> None:
        self.iteration = iteration
        self.is_done = False
        self._carried = carried
        assert program.graph.loss is not None
        self._program, self._loss = program, program.graph.loss.index
        self._here, self._there = _Row(program, row), _Row(program, row)
        self._records: dict[int, Record] = {}  # by the number of examples

    @property
    def row(self) -> Array:
        """What the iteration starts from: parameters, what the optimizer remembers, states that go on."""
        return self._here.numbers

    @property
    def carried(self) -> Array:
        """The end of that row: the states that sequences go on from."""
        return self._here.carried

    @property
    def new_row(self) -> Array:
        """What the update has led to, once the iteration is done."""
        return self._there.numbers

    def run(self, batch: Batch, learning_rate: float) -> float:
        """Run the iteration; its E."""
        record, program = self._record(batch), self._program
        cells = record.cells
        for cell, values in self._here.cells:
            cells[cell] = values
        cells[program.learning_rate] = learning_rate
        cells[program.update_count] = self.iteration + 1
        record.memory[program.flat_new] = self._there.written
        complete(record)
        record.memory = cells  # the next time each step is offered what it has written now
        written = cells[program.flat_new]
        if written is not self._there.written:
            self._there.take(written)
        if self._carried.size:
            self._carried.write(cells, self._there.carried)
        self.is_done = True
        loss: float = cells[self._loss]
        return loss

    def go_on(self) -> None:
        """Stand at the next iteration."""
        self._here, self._there = self._there, self._here
        self.iteration += 1
        self.is_done = False

    def _record(self, batch: Batch) -> Record:
        """The record for so many examples."""
        count = len(batch.examples)
        record = self._records.get(count)
        if record is None:
            state = state_of(self._program, self.iteration, self.row, 0.0)
            record = self._records[count] = Record(self._program, state, batch)
        record.take(batch)
        return record


class _Row:
    """One row of numbers: as the cells that an iteration starts from, and as memory for what it leads to."""

    def __init__(self, program: Program, row: Array) -> None:
        graph, remembered = program.graph, len(program.optimizer.remembers)
        self.numbers = np.array(row)
        changing = (program.learning_rate, program.update_count)
        state = state_of(program, 0, self.numbers, 0.0)
        self.cells = [(cell, values) for cell, values in given(program, state) if cell not in changing]
        self._learning = self.numbers[: graph.trainable_size]
        end = graph.parameter_size + remembered * graph.trainable_size
        self._kept = self.numbers[graph.parameter_size : end].reshape(remembered, graph.trainable_size)
        self.carried = self.numbers[end:]
        self.written: Array | None = self._learning
        if remembered:  # a line for each number, without a gap where nothing is frozen
            is_whole = graph.trainable_size == graph.parameter_size
            self.written = self.numbers[:end].reshape(-1, graph.trainable_size) if is_whole else None

    def take(self, written: Array) -> None:
        """Take over new numbers that were not written here."""
        new = np.atleast_2d(written)
        self._learning[:], self._kept[:] = new[0], new[1:]


def state_of(program: Program, iteration: int, row: Array, learning_rate: float) -> State:
    """A state from a row of numbers: parameters, what the optimizer remembers, and states that go on."""
    graph, remembered = program.graph, len(program.optimizer.remembers)
    size = graph.parameter_size
    if not remembered:
        return State(row[:size], learning_rate, carried=row[size:])
    end = size + remembered * graph.trainable_size
    kept = row[size:end].reshape(remembered, graph.trainable_size)
    return State(row[:size], learning_rate, kept, iteration + 1, row[end:])
