"""The whole run: every state it went through, every record on demand, and the edits made on the way."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from nnviz.engine.curvature import curvature
from nnviz.engine.editing import apply, frozen, read_only
from nnviz.engine.graph import Graph, Node
from nnviz.engine.history import History
from nnviz.engine.measures import Examples, Measure, accuracy, best, task_of
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.dropout import Mask
from nnviz.engine.ops.losses import Loss
from nnviz.engine.optimizers import Optimizer
from nnviz.engine.order import LISTED, Order, Rows
from nnviz.engine.penalty import NO_PENALTY, Penalty
from nnviz.engine.program import Program
from nnviz.engine.run import NO_MASKS, Batch, Record, State, complete, drain, forward
from nnviz.engine.schedules import CONSTANT, Schedule
from nnviz.engine.settings import Edit, Settings, Stop

__all__ = ["Edit", "Settings", "Stop", "Timeline", "flat"]

RECORDS_KEPT = 8
SLICE = 64  # examples whose loss is computed at once: more would not stay in the cache


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of the run in which nobody edits data or α."""

    start: int
    settings: Settings
    whole: Batch | None


class Timeline:
    """States 0 … `length` − 1 of a run; state k is what iteration k starts from.

    `batch_size` None means the whole data set in every iteration (batch gradient descent), 1 an update after
    every example (online); `order` says which rows come when. `schedule` changes α on the way, `penalty` is
    added to the gradient. `validation` is measured, and never learned from. `seed` is that of the masks of
    dropout. Replaying is exact: the same program on the same numbers.
    """

    def __init__(
        self,
        graph: Graph,
        parameters: Array,
        settings: Settings,
        *,
        batch_size: int | None = None,
        optimizer: Optimizer | None = None,
        penalty: Penalty = NO_PENALTY,
        schedule: Schedule = CONSTANT,
        order: Order = LISTED,
        validation: Examples | None = None,
        seed: int = 0,
        budget: int = 256 * 2**20,
    ) -> None:
        self.graph = graph
        self.program = Program(graph, optimizer, penalty, curvature)
        self.optimizer, self.penalty, self.schedule = self.program.optimizer, penalty, schedule
        self.order, self.validation, self.seed = order, validation, seed
        self.examples = len(settings.inputs)
        self.batch_size = min(batch_size or self.examples, self.examples)
        self._segments = [self._new_segment(0, settings)]
        remembered = len(self.optimizer.remembers) * graph.trainable_size
        self._history = History(graph.parameter_size + remembered, budget)
        self._losses: list[float] = []
        self.training: list[Measure] = []
        self.validated: list[Measure] = []
        self._records: OrderedDict[int, Record] = OrderedDict()
        self.edits: tuple[Edit, ...] = ()
        self.diverged_at: int | None = None
        start = np.zeros(graph.parameter_size + remembered)
        start[: graph.parameter_size] = parameters
        self._history.append(start)

    # What the run consists of

    @property
    def length(self) -> int:
        """How many states there are."""
        return self._history.length

    @property
    def nbytes(self) -> int:
        """Memory that the states and losses take."""
        return self._history.nbytes + 32 * len(self._losses)

    @property
    def iterations_per_epoch(self) -> int:
        return -(-self.examples // self.batch_size)

    def epoch(self, iteration: int) -> int:
        return iteration // self.iterations_per_epoch

    def rows(self, iteration: int) -> Rows:
        """The rows of the data that an iteration works on."""
        return self.order.rows(self.examples, self.batch_size, iteration)

    def iteration_with(self, example: int, epoch: int) -> int:
        """The iteration of an epoch that works on an example."""
        first = epoch * self.iterations_per_epoch
        if self.order.method == "listed":
            return first + example // self.batch_size
        all_of_it = range(first, first + self.iterations_per_epoch)
        return next(k for k in all_of_it if example in self.rows(k))

    def learning_rate(self, iteration: int) -> float:
        """α of an iteration: what is set, as the schedule has changed it."""
        return self.settings(iteration).learning_rate * self._scale(iteration)

    def settings(self, iteration: int) -> Settings:
        """Data and α as they are in an iteration."""
        return self._segment(iteration).settings

    def losses_until(self, count: int) -> list[float]:
        """E of at least the first `count` iterations, in order; the list grows with the run."""
        while len(self._losses) < count:
            self._losses.append(self.record(len(self._losses)).loss)
        return self._losses

    # Looking at one iteration

    def state(self, iteration: int) -> State:
        """The state that an iteration starts from, replayed from the nearest one that is kept."""
        start, row = self._history.nearest(iteration)
        row = read_only(row)
        with np.errstate(all="ignore"):
            for k in range(start, iteration):
                row = read_only(self._run(k, row).new_row())
        return self._state(iteration, row)

    def kept(self, iteration: int) -> tuple[int, Array]:
        """(k, row): the latest iteration up to this one whose state is kept, parameters first in its row."""
        return self._history.nearest(iteration)

    def _state(self, iteration: int, row: Array) -> State:
        size = self.graph.parameter_size
        rate = self.learning_rate(iteration)
        if len(row) == size:
            return State(row, rate)
        return State(row[:size], rate, row[size:].reshape(-1, self.graph.trainable_size), iteration + 1)

    def record(self, iteration: int) -> Record:
        """Everything that an iteration computes."""
        if iteration in self._records:
            self._records.move_to_end(iteration)
            return self._records[iteration]
        state = self.state(iteration)
        with np.errstate(all="ignore"):
            return self._recorded(iteration, state)

    def _recorded(self, iteration: int, state: State) -> Record:
        """Run an iteration, and keep its record for a while."""
        record = self._records[iteration] = self._run_from(iteration, state)
        if len(self._records) > RECORDS_KEPT:
            self._records.popitem(last=False)
        return record

    def loss(self, iteration: int) -> float | None:
        """E over the batch of an iteration, None where the graph has no loss."""
        if self.graph.loss is None:
            return None
        return self._losses[iteration] if iteration < len(self._losses) else self.record(iteration).loss

    def evaluate(self, iteration: int, inputs: Array, targets: Array | None = None) -> Record:
        """What the network of an iteration makes of other examples: a forward pass, with nothing dropped.

        E is computed only where there are targets.
        """
        batch = Batch(range(len(inputs)), inputs, targets)
        record = Record(self.program, self.state(iteration), batch)
        with np.errstate(all="ignore"):
            drain(forward(record, with_loss=targets is not None))
        return record

    def data_loss(self, iteration: int) -> float:
        """E over all the data with the state that an iteration starts from."""
        if self._is_whole:
            return float(self.loss(iteration) or 0.0)
        measured = next((m for m in reversed(self.training) if m.iteration == iteration), None)
        measured = measured or self._measure(iteration, self._data(iteration))
        return measured.loss * (1 if self._is_mean else self.examples)

    def _data(self, iteration: int) -> Examples:
        settings = self.settings(iteration)
        assert settings.targets is not None
        return Examples(settings.inputs, settings.targets)

    @property
    def _is_whole(self) -> bool:
        """Whether E of an iteration is that of all the data."""
        return self.batch_size == self.examples and not self.masks

    def measure(self, iteration: int, examples: Examples) -> Measure:
        """How well the network of an iteration does on a set of examples."""
        return self._measure(iteration, examples)

    def _measure(self, iteration: int, examples: Examples) -> Measure:
        state, total, right = self.state(iteration), 0.0, 0.0
        task = task_of(examples.targets)
        count = len(examples.inputs)
        for start in range(0, count, SLICE):
            rows = slice(start, min(start + SLICE, count))
            inputs, targets = examples.inputs[rows], examples.targets[rows]
            record = Record(self.program, state, Batch(range(len(inputs)), inputs, targets))
            with np.errstate(all="ignore"):
                drain(forward(record))
            total += record.loss * (len(inputs) if self._is_mean else 1)
            outputs = record.cells[self.graph.output.a.index]
            right += (accuracy(outputs, targets, task) or 0.0) * len(inputs)
        return Measure(iteration, total / count, right / count if task else None)

    @property
    def best(self) -> Measure | None:
        """Where the error on the validation set is lowest: what early stopping returns to."""
        return best(self.validated)

    @property
    def _is_mean(self) -> bool:
        """Whether the loss is a mean over the examples."""
        loss = self.graph.loss
        return loss is not None and isinstance(loss.op, Loss) and loss.op.mean

    # Going on

    def extend(self, iterations: int, stop: Stop | None = None) -> bool:
        """Run on for up to so many iterations; True when `stop` is reached or the run cannot go on.

        A run that overflows ends with `diverged_at` set to the iteration in which it did.
        """
        with np.errstate(all="ignore"):
            for _ in range(iterations):
                if self._is_over(stop):
                    return True
                self._advance()
            return self._is_over(stop)

    def _measure_newest(self) -> None:
        """At the start of an epoch: the error on all the data, and on the validation set."""
        last = self.length - 1
        if last % self.iterations_per_epoch or (self.validated and self.validated[-1].iteration >= last):
            return
        if self.validation is not None:
            self.training.append(self._measure(last, self._data(last)))
            self.validated.append(self._measure(last, self.validation))

    def _is_out_of_patience(self, patience: int) -> bool:
        lowest = self.best
        if lowest is None:
            return False
        return sum(1 for one in self.validated if one.iteration > lowest.iteration) >= patience

    def ensure(self, iteration: int) -> bool:
        """Run on until an iteration can be looked at; False when the run ends before it."""
        if iteration >= self.length and self.graph.trains:
            self.extend(iteration - self.length + 1)
        elif iteration == self.length - 1:
            self._measure_newest()
        return 0 <= iteration < self.length

    def _is_over(self, stop: Stop | None) -> bool:
        if self.diverged_at is not None or not self.graph.trains:
            return True
        self._measure_newest()
        last = self.length - 1
        if stop is None or last >= stop.iterations:
            return stop is not None
        if last % self.iterations_per_epoch:
            return False
        if stop.patience is not None and self._is_out_of_patience(stop.patience):
            return True
        if stop.loss_below is None:
            return False
        return (self._newest().loss if self._is_whole else self.data_loss(last)) < stop.loss_below

    def _advance(self) -> None:
        """Run the last iteration and keep the state it leads to, unless it overflows."""
        last = self.length - 1
        record = self._newest()
        if len(self._losses) == last:
            self._losses.append(record.loss)
        row = record.new_row()
        if not (math.isfinite(self._losses[last]) and math.isfinite(float(row @ row))):
            self.diverged_at = last
            return
        self._history.append(row)
        self._records.pop(last, None)  # its memory is still warm for the next one

    def _newest(self) -> Record:
        """The record of the last iteration, run from the state that was kept last."""
        last = self.length - 1
        return self._records.get(last) or self._recorded(last, self._state(last, self._history.last))

    def _run(self, iteration: int, row: Array) -> Record:
        return self._run_from(iteration, self._state(iteration, row))

    def _run_from(self, iteration: int, state: State) -> Record:
        segment = self._segment(iteration)
        record = Record(self.program, state, segment.whole or self._batch(iteration, segment.settings))
        complete(record)
        return record

    def _segment(self, iteration: int) -> _Segment:
        for segment in reversed(self._segments):
            if segment.start <= iteration:
                return segment
        raise IndexError(f"iteration {iteration} is before the first")

    def _batch(self, iteration: int, settings: Settings) -> Batch:
        rows = self.rows(iteration)
        taken = slice(rows.start, rows.stop) if isinstance(rows, range) else np.asarray(rows)
        targets = None if settings.targets is None else settings.targets[taken]
        return Batch(rows, settings.inputs[taken], targets, self._masks(iteration, len(rows)))

    @property
    def masks(self) -> tuple[Node, ...]:
        """The masks of the layers with dropout."""
        return self.graph.masks

    def _masks(self, iteration: int, examples: int) -> Mapping[int, Array]:
        """Which units are kept for which example, drawn anew in every iteration."""
        if not self.masks:
            return NO_MASKS
        return {node.index: _drawn(node, (self.seed, iteration, node.index), examples) for node in self.masks}

    def _new_segment(self, start: int, settings: Settings) -> _Segment:
        """Data and α from an iteration on; where one batch is all the data, it is made once and for all."""
        settings = frozen(settings)
        whole = Batch(range(self.examples), settings.inputs, settings.targets)
        is_always_the_same = self.batch_size == self.examples and not self.masks
        is_in_order = isinstance(self.rows(0), range)
        return _Segment(start, settings, whole if is_always_the_same and is_in_order else None)

    # Editing

    def edited(self, edit: Edit) -> Timeline:
        """A timeline that shares the past before the edit and goes on differently; this one stays as it is.

        Raises ValueError for a number that cannot be edited or is not finite.
        """
        k = edit.iteration
        state = self.state(k)
        row = np.concatenate([state.parameters, state.kept.ravel()])
        settings = apply(edit, self.graph, row, self.settings(k), self._scale(k))
        branch = self._branch(k)
        branch._segments.append(branch._new_segment(k, settings))
        branch._history.append(row)
        branch.edits = (*(past for past in self.edits if past.iteration <= k), edit)
        return branch

    def _branch(self, k: int) -> Timeline:
        branch = object.__new__(Timeline)
        branch.__dict__.update(self.__dict__)
        branch._segments = [segment for segment in self._segments if segment.start < k]
        branch._history = self._history.before(k)
        branch._losses = self._losses[:k]
        branch.training = [one for one in self.training if one.iteration < k]
        branch.validated = [one for one in self.validated if one.iteration < k]
        branch._records = OrderedDict((i, r) for i, r in self._records.items() if i < k)
        branch.diverged_at = None
        return branch

    def _scale(self, iteration: int) -> float:
        return self.schedule.scale(self.schedule.turn(iteration, self.iterations_per_epoch))


def flat(graph: Graph, arrays: Iterable[tuple[str, Array]]) -> Array:
    """The flat vector of a state from parameter arrays by scope."""
    by_scope = dict(arrays)
    parts = [np.ravel(by_scope[node.scope]) for node in graph.parameters]
    return np.concatenate([np.empty(0), *parts]).astype(np.float64)


def _drawn(node: Node, seed: tuple[int, ...], examples: int) -> Array:
    """1 with the probability that a unit is kept, else 0 (inverted dropout, algorithm 2 of the notes)."""
    assert isinstance(node.op, Mask)
    random = np.random.default_rng(seed).random((examples, *node.shape))
    return (random < node.op.keep).astype(np.float64)
