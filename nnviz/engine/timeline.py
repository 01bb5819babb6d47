"""The whole run: every state it went through, every record on demand, and the edits made on the way."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from nnviz.engine.graph import Graph
from nnviz.engine.history import History
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.losses import Loss
from nnviz.engine.optimizers import GradientDescent
from nnviz.engine.program import Program
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.engine.run import Batch, Record, State, drain, forward, iterate

RECORDS_KEPT = 8
SLICE = 64  # examples whose loss is computed at once: more would not stay in the cache


@dataclass(frozen=True, slots=True)
class Settings:
    """What an iteration works with beside the parameters: the data, row by row, and α."""

    inputs: Array
    targets: Array | None
    learning_rate: float


@dataclass(frozen=True, slots=True)
class Stop:
    """When a run is over: the loss over all data is below `loss_below`, or so many iterations are done."""

    loss_below: float | None = None
    iterations: int = 10_000


@dataclass(frozen=True, slots=True)
class Edit:
    """Numbers that somebody changes at the start of an iteration."""

    iteration: int
    values: tuple[tuple[Ref, float], ...]


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of the run in which nobody edits data or α."""

    start: int
    settings: Settings
    whole: Batch | None


class Timeline:
    """States 0 … `length` − 1 of a run; state k is what iteration k starts from.

    `batch_size` None means the whole data set in every iteration (batch gradient descent), 1 an update after
    every example (online). Rows are taken in their order; the last batch of an epoch may be smaller.
    Replaying is exact: the same program on the same numbers.
    """

    def __init__(
        self,
        graph: Graph,
        parameters: Array,
        settings: Settings,
        *,
        batch_size: int | None = None,
        optimizer: GradientDescent | None = None,
        budget: int = 256 * 2**20,
    ) -> None:
        self.graph = graph
        self.optimizer = optimizer or GradientDescent()
        self.program = Program(graph, self.optimizer.step)
        self.examples = len(settings.inputs)
        self.batch_size = min(batch_size or self.examples, self.examples)
        self._segments = [self._new_segment(0, settings)]
        self._history = History(graph.parameter_size, budget)
        self._losses: list[float] = []
        self._records: OrderedDict[int, Record] = OrderedDict()
        self.edits: tuple[Edit, ...] = ()
        self.diverged_at: int | None = None
        self._history.append(np.array(parameters, dtype=np.float64))

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

    def batch_range(self, iteration: int) -> range:
        """The rows of the data that an iteration works on."""
        first = (iteration % self.iterations_per_epoch) * self.batch_size
        return range(first, min(first + self.batch_size, self.examples))

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
        row = _read_only(row)
        with np.errstate(all="ignore"):
            for k in range(start, iteration):
                row = _read_only(self._run(k, row).new_parameters())
        return State(row, self.settings(iteration).learning_rate)

    def record(self, iteration: int) -> Record:
        """Everything that an iteration computes."""
        if iteration in self._records:
            self._records.move_to_end(iteration)
            return self._records[iteration]
        parameters = self.state(iteration).parameters
        with np.errstate(all="ignore"):
            return self._recorded(iteration, parameters)

    def _recorded(self, iteration: int, parameters: Array) -> Record:
        """Run an iteration, and keep its record for a while."""
        record = self._records[iteration] = self._run(iteration, parameters)
        if len(self._records) > RECORDS_KEPT:
            self._records.popitem(last=False)
        return record

    def loss(self, iteration: int) -> float | None:
        """E over the batch of an iteration, None where the graph has no loss."""
        if self.graph.loss is None:
            return None
        return self._losses[iteration] if iteration < len(self._losses) else self.record(iteration).loss

    def data_loss(self, iteration: int) -> float:
        """E over all the data with the state that an iteration starts from."""
        if self.batch_size == self.examples:
            return float(self.loss(iteration) or 0.0)
        state, settings = self.state(iteration), self.settings(iteration)
        total = 0.0
        for start in range(0, self.examples, SLICE):
            rows = range(start, min(start + SLICE, self.examples))
            share = len(rows) / self.examples if self._is_mean else 1.0
            total += share * self._loss_of(state, self._rows(rows, settings))
        return total

    def _loss_of(self, state: State, batch: Batch) -> float:
        record = Record(self.program, state, batch)
        with np.errstate(all="ignore"):
            drain(forward(record))
        return record.loss

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

    def ensure(self, iteration: int) -> bool:
        """Run on until an iteration can be looked at; False when the run ends before it."""
        if iteration >= self.length and self.graph.trains:
            self.extend(iteration - self.length + 1)
        return 0 <= iteration < self.length

    def _is_over(self, stop: Stop | None) -> bool:
        if self.diverged_at is not None or not self.graph.trains:
            return True
        last = self.length - 1
        if stop is None or last >= stop.iterations:
            return stop is not None
        if stop.loss_below is None or last % self.iterations_per_epoch:
            return False
        loss = self._newest().loss if self.batch_size == self.examples else self.data_loss(last)
        return loss < stop.loss_below

    def _advance(self) -> None:
        """Run the last iteration and keep the state it leads to, unless it overflows."""
        last = self.length - 1
        record = self._newest()
        if len(self._losses) == last:
            self._losses.append(record.loss)
        row = record.new_parameters()
        if not (math.isfinite(self._losses[last]) and math.isfinite(float(row @ row))):
            self.diverged_at = last
            return
        self._history.append(row)
        self._records.pop(last, None)  # its memory is still warm for the next one

    def _newest(self) -> Record:
        """The record of the last iteration, run from the state that was kept last."""
        last = self.length - 1
        return self._records.get(last) or self._recorded(last, self._history.last)

    def _run(self, iteration: int, parameters: Array) -> Record:
        segment = self._segment(iteration)
        state = State(parameters, segment.settings.learning_rate)
        record = Record(self.program, state, segment.whole or self._batch(iteration, segment.settings))
        drain(iterate(record))
        return record

    def _segment(self, iteration: int) -> _Segment:
        for segment in reversed(self._segments):
            if segment.start <= iteration:
                return segment
        raise IndexError(f"iteration {iteration} is before the first")

    def _batch(self, iteration: int, settings: Settings) -> Batch:
        return self._rows(self.batch_range(iteration), settings)

    def _rows(self, rows: range, settings: Settings) -> Batch:
        targets = None if settings.targets is None else settings.targets[rows.start : rows.stop]
        return Batch(rows, settings.inputs[rows.start : rows.stop], targets)

    def _new_segment(self, start: int, settings: Settings) -> _Segment:
        """Data and α from an iteration on; where one batch is all the data, it is made once and for all."""
        settings = _frozen(settings)
        whole = Batch(range(self.examples), settings.inputs, settings.targets)
        return _Segment(start, settings, whole if self.batch_size == self.examples else None)

    # Editing

    def edited(self, edit: Edit) -> Timeline:
        """A timeline that shares the past before the edit and goes on differently; this one stays as it is.

        Raises ValueError for a number that cannot be edited or is not finite.
        """
        k = edit.iteration
        parameters = self.state(k).parameters.copy()
        settings = self.settings(k)
        for ref, value in edit.values:
            if not math.isfinite(value):
                raise ValueError(f"{ref.scope}: found {value}, wanted a finite number")
            if ref.part is not Part.VALUE:
                raise ValueError(
                    f"{ref.scope}: {ref.part} is computed; only parameters, data and α can be edited"
                )
            if ref.scope in self.graph and self.graph[ref.scope].is_parameter:
                self._set_parameter(parameters, ref, value)
            else:
                settings = self._with_value(settings, ref, value)
        branch = self._branch(k)
        branch._segments.append(branch._new_segment(k, settings))
        branch._history.append(parameters)
        branch.edits = (*(past for past in self.edits if past.iteration <= k), edit)
        return branch

    def _branch(self, k: int) -> Timeline:
        branch = object.__new__(Timeline)
        branch.__dict__.update(self.__dict__)
        branch._segments = [segment for segment in self._segments if segment.start < k]
        branch._history = self._history.before(k)
        branch._losses = self._losses[:k]
        branch._records = OrderedDict((i, r) for i, r in self._records.items() if i < k)
        branch.diverged_at = None
        return branch

    def _set_parameter(self, parameters: Array, ref: Ref, value: float) -> None:
        node = self.graph[ref.scope]
        parameters[self.graph.slices[node.index]].reshape(node.shape)[ref.cell] = value

    def _with_value(self, settings: Settings, ref: Ref, value: float) -> Settings:
        graph = self.graph
        if ref == LEARNING_RATE:
            return replace(settings, learning_rate=value)
        if ref.scope == graph.inputs.scope:
            return replace(settings, inputs=_with_cell(settings.inputs, ref, value))
        if graph.target is not None and ref.scope == graph.target.scope:
            assert settings.targets is not None
            return replace(settings, targets=_with_cell(settings.targets, ref, value))
        raise ValueError(f"{ref.scope} is computed; only parameters, data and α can be edited")


def flat(graph: Graph, arrays: Iterable[tuple[str, Array]]) -> Array:
    """The flat vector of a state from parameter arrays by scope."""
    by_scope = dict(arrays)
    parts = [np.ravel(by_scope[node.scope]) for node in graph.parameters]
    return np.concatenate([np.empty(0), *parts]).astype(np.float64)


def _with_cell(array: Array, ref: Ref, value: float) -> Array:
    if ref.example is None:
        raise ValueError(f"{ref.scope}: found no example, wanted the row of the data that is edited")
    changed = array.copy()
    changed[(ref.example, *ref.cell)] = value
    return changed


def _read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view


def _frozen(settings: Settings) -> Settings:
    targets = None if settings.targets is None else _read_only(settings.targets)
    return replace(settings, inputs=_read_only(settings.inputs), targets=targets)
