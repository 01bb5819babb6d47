"""The whole run: every state it went through, every record on demand, and the edits made on the way."""

from __future__ import annotations

import math
import sys
from collections import OrderedDict
from dataclasses import dataclass, field, replace

import numpy as np

from nnviz.engine.batching import Batching
from nnviz.engine.carried import NOTHING_CARRIED, carried_by
from nnviz.engine.curvature import curvature
from nnviz.engine.editing import apply, frozen, read_only
from nnviz.engine.fitting import require_examples, require_parameters
from nnviz.engine.graph import Graph
from nnviz.engine.history import History, stride_of
from nnviz.engine.measures import Examples, Measure, best
from nnviz.engine.measuring import is_mean, measured
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.rounding import is_below
from nnviz.engine.optimizers import Optimizer
from nnviz.engine.order import LISTED, Order, Rows
from nnviz.engine.penalty import NO_PENALTY, Penalty
from nnviz.engine.program import Program
from nnviz.engine.run import Batch, Record, State, complete, drain, forward
from nnviz.engine.schedules import CONSTANT, Schedule
from nnviz.engine.settings import Edit, Settings, Stop
from nnviz.engine.training import Training, state_of

__all__ = ["Edit", "Settings", "Stop", "Timeline"]

RECORDS_KEPT = 8


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of the run in which nobody edits data or α, and its batches by their place in an epoch."""

    start: int
    settings: Settings
    batches: dict[int, Batch] = field(default_factory=dict)


class Timeline:
    """States 0 … `length` − 1 of a run; state k is what iteration k starts from.

    `batch_size` None means the whole data set in every iteration (batch gradient descent), 1 an update after
    every example (online); `order` says which rows come when. `schedule` changes α on the way, `penalty` is
    added to the gradient, and `clip` is the most its length may be. With `carry` sequences go on where those
    of the batch before have ended. `validation` is measured, and never learned from; `seed` is that of
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
        carry: bool = False,
        clip: float | None = None,
        budget: int = 256 * 2**20,
    ) -> None:
        require_parameters(graph, parameters)
        require_examples(graph, settings.inputs, settings.targets, settings.given)
        if validation is not None:
            require_examples(graph, validation.inputs, validation.targets, validation.given)
        self.graph = graph
        self.program = Program(graph, optimizer, penalty, curvature, clip)
        self.optimizer, self.penalty, self.schedule = self.program.optimizer, penalty, schedule
        self.order, self.validation, self.seed = order, validation, seed
        self.examples = len(settings.inputs)
        self.batch_size = min(batch_size or self.examples, self.examples)
        self._batching = Batching(self.examples, self.batch_size, order, graph.masks, graph.given, seed)
        self.iterations_per_epoch = self._batching.per_epoch
        self._segments = [_Segment(0, frozen(settings))]
        self.carried = carried_by(graph, self.batch_size) if carry else NOTHING_CARRIED
        remembered = len(self.optimizer.remembers) * graph.trainable_size
        width = graph.parameter_size + remembered + self.carried.size
        self._history = History(width, budget, stride_of(width, self.batch_size * graph.multiplications))
        self._training: Training | None = None
        self._losses: list[float] = []
        self.training: list[Measure] = []
        self.validated: list[Measure] = []
        self._records: OrderedDict[int, Record] = OrderedDict()
        self.edits: tuple[Edit, ...] = ()
        self.diverged_at: int | None = None
        start = np.zeros(width)
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

    def epoch(self, iteration: int) -> int:
        return iteration // self.iterations_per_epoch

    def rows(self, iteration: int) -> Rows:
        """The rows of the data that an iteration works on."""
        return self._batching.rows(iteration)

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
        if iteration in self._records:
            return self._records[iteration].state
        row = read_only(self._row(iteration))
        return state_of(self.program, iteration, row, self.learning_rate(iteration))

    def kept(self, iteration: int) -> tuple[int, Array]:
        """(k, row): the latest iteration up to this one whose state is kept, parameters first in its row."""
        return self._history.nearest(iteration)

    def _row(self, iteration: int) -> Array:
        if self._training is not None and self._training.iteration == iteration:
            return self._training.row.copy()
        start, row = self._history.nearest(iteration)
        if start == iteration:
            return row
        replay = Training(self.program, start, row, self.carried)
        with np.errstate(all="ignore"):
            while replay.iteration < iteration:
                self._run(replay)
                replay.go_on()
        return replay.row

    def record(self, iteration: int) -> Record:
        """Everything that an iteration computes."""
        if iteration in self._records:
            self._records.move_to_end(iteration)
            return self._records[iteration]
        state = self.state(iteration)
        batch = self._batch(iteration, self._segment(iteration), state.carried)
        record = self._records[iteration] = Record(self.program, state, batch)
        with np.errstate(all="ignore"):
            complete(record)
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
        require_examples(self.graph, inputs, targets)
        batch = Batch(range(len(inputs)), inputs, targets)
        record = Record(self.program, self.state(iteration), batch)
        with np.errstate(all="ignore"):
            drain(forward(record, with_loss=targets is not None))
        return record

    def data_loss(self, iteration: int) -> float:
        """E over all the data with the state that an iteration starts from."""
        if self._is_whole:
            return float(self.loss(iteration) or 0.0)
        known = next((m for m in reversed(self.training) if m.iteration == iteration), None)
        one = known or self.measure(iteration, self._data(iteration))
        return one.loss * (1 if is_mean(self.graph) else self.examples)

    def _data(self, iteration: int) -> Examples:
        settings = self.settings(iteration)
        assert settings.targets is not None
        return Examples(settings.inputs, settings.targets, settings.given)

    @property
    def _is_whole(self) -> bool:
        """Whether E of an iteration is that of all the data."""
        return self.batch_size == self.examples and not self.graph.masks

    def measure(self, iteration: int, examples: Examples) -> Measure:
        """How well the network of an iteration does on examples: those it learns from, or others."""
        is_read_on = examples is self.validation and self.carried.size > 0
        starts = self._measured(iteration, self._data(iteration))[1] if is_read_on else None
        return self._measured(iteration, examples, starts)[0]

    def _measured(
        self, iteration: int, examples: Examples, starts: Array | None = None
    ) -> tuple[Measure, Array | None]:
        return measured(self.program, self.state(iteration), examples, iteration, self.carried, starts)

    @property
    def best(self) -> Measure | None:
        """Where the error on the validation set is lowest: what early stopping returns to."""
        return best(self.validated)

    # Going on

    def extend(self, iterations: int, stop: Stop | None = None) -> bool:
        """Run on for up to so many iterations; True when `stop` is reached or the run cannot go on.

        A run that overflows ends with `diverged_at` set to the iteration in which it did.
        """
        with np.errstate(all="ignore"):
            while iterations > 0 and not self._is_over(stop):
                stretch = min(iterations, self._stretch(stop))
                self._advance(stretch)
                iterations -= stretch
            return self._is_over(stop)

    def _stretch(self, stop: Stop | None) -> int:
        """How many iterations there are until something has to be measured or decided."""
        last = self.length - 1
        most = sys.maxsize if stop is None else stop.iterations - last
        is_watched = stop is not None and (stop.loss_below is not None or stop.patience is not None)
        if self.validation is None and not is_watched:
            return most
        return min(most, self.iterations_per_epoch - last % self.iterations_per_epoch)

    def _measure_newest(self) -> None:
        """At the start of an epoch: the error on all the data, and on the validation set."""
        last = self.length - 1
        if last % self.iterations_per_epoch or (self.validated and self.validated[-1].iteration >= last):
            return
        if self.validation is not None:
            one, ended = self._measured(last, self._data(last))
            self.training.append(one)
            self.validated.append(self._measured(last, self.validation, ended)[0])

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
        loss = self._loss_of(self._newest()) if self._is_whole else self.data_loss(last)
        return bool(is_below(loss, stop.loss_below))

    def _advance(self, iterations: int) -> None:
        """Go on for so many iterations and keep the states they lead to; not beyond one that overflows."""
        training = self._newest()
        for _ in range(iterations):
            loss, row = self._loss_of(training), training.new_row
            if not (math.isfinite(loss) and math.isfinite(row.dot(row))):
                self.diverged_at = training.iteration
                return
            self._history.append(row)
            training.go_on()

    def _newest(self) -> Training:
        """Training as it stands at the last iteration."""
        if self._training is None:
            last = self.length - 1
            self._training = Training(self.program, last, self._row(last), self.carried)
        return self._training

    def _loss_of(self, training: Training) -> float:
        """E of the last iteration, which is run if it has not been yet."""
        last = training.iteration
        if not training.is_done:
            loss = self._run(training)
            if len(self._losses) == last:
                self._losses.append(loss)
        return self._losses[last]

    def _run(self, training: Training) -> float:
        iteration = training.iteration
        segment = self._segment(iteration)
        rate = segment.settings.learning_rate * self._scale(iteration)
        return training.run(self._batch(iteration, segment, training.carried), rate)

    def _segment(self, iteration: int) -> _Segment:
        for segment in reversed(self._segments):
            if segment.start <= iteration:
                return segment
        raise IndexError(f"iteration {iteration} is before the first")

    def _batch(self, iteration: int, segment: _Segment, carried: Array) -> Batch:
        place = iteration % self.iterations_per_epoch
        batch = segment.batches.get(place)
        if batch is None:
            batch = self._batching.batch(iteration, segment.settings)
            if self._batching.repeats:
                segment.batches[place] = batch
        if self.goes_on(iteration):
            return batch._replace(masks={**batch.masks, **self.carried.starts(carried)})
        return batch

    def goes_on(self, iteration: int) -> bool:
        """Whether sequences go on with the states that the iteration before has ended with."""
        return self.carried.size > 0 and iteration % self.iterations_per_epoch > 0

    # Editing

    def edited(self, edit: Edit) -> Timeline:
        """A timeline that shares the past before the edit and goes on differently; this one stays as it is.

        Raises ValueError for a number that cannot be edited or is not finite.
        """
        k = edit.iteration
        state = self.state(k)
        row = np.concatenate([state.parameters, state.kept.ravel(), state.carried.ravel()])
        settings = apply(edit, self.graph, row, self.settings(k), self._scale(k))
        branch = self._branch(k)
        branch._segments.append(_Segment(k, frozen(settings)))
        branch._history.append(row)
        branch.edits = (*(past for past in self.edits if past.iteration <= k), edit)
        return branch

    def restarted(self, parameters: Array | None = None, learning_rate: float | None = None) -> Timeline:
        """The same training from its beginning, not yet run, with other first parameters or another α."""
        row, first = self._row(0).copy(), self.settings(0)
        if parameters is not None:
            require_parameters(self.graph, parameters)
            row[: self.graph.parameter_size] = parameters
        rate = first.learning_rate if learning_rate is None else learning_rate
        branch = self._branch(0)
        branch._segments, branch.edits = [_Segment(0, frozen(replace(first, learning_rate=rate)))], ()
        branch._history.append(row)
        return branch

    def _branch(self, k: int) -> Timeline:
        branch = object.__new__(Timeline)
        branch.__dict__.update(self.__dict__)
        branch._segments = [segment for segment in self._segments if segment.start < k]
        branch._history = self._history.before(k)
        branch._training = None
        branch._losses = self._losses[:k]
        branch.training = [one for one in self.training if one.iteration < k]
        branch.validated = [one for one in self.validated if one.iteration < k]
        branch._records = OrderedDict((i, r) for i, r in self._records.items() if i < k)
        branch.diverged_at = None
        return branch

    def _scale(self, iteration: int) -> float:
        """α of an iteration / α as it is set."""
        if self.schedule is CONSTANT:
            return 1.0
        return self.schedule.scale(self.schedule.turn(iteration, self.iterations_per_epoch))
