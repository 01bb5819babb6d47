"""What the loss plot draws, decided without Qt: the curves of a run, and of runs that are kept beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.measures import Measure
from nnviz.engine.moment import Moment
from nnviz.engine.settings import Edit

Numbers = NDArray[np.float64]

EMPTY: Numbers = np.empty(0)
MOST_PINS = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """How the curves are shown: which quantity, over what, and on which axis."""

    is_correct: bool = False  # the share that is classified right, in %, in place of the error
    is_logarithmic: bool = False
    by_epoch: bool = False
    with_mean: bool = True  # of E over the last epoch, where a batch is a part of the data

    @property
    def is_log(self) -> bool:
        """Shares are never on a logarithmic axis."""
        return self.is_logarithmic and not self.is_correct


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Points of a line, from left to right."""

    x: Numbers = field(default_factory=lambda: EMPTY)
    y: Numbers = field(default_factory=lambda: EMPTY)

    def __len__(self) -> int:
        return len(self.x)

    def after(self, x: float) -> Curve:
        """What lies at a place and right of it."""
        return Curve(self.x[self.x >= x], self.y[self.x >= x])


NO_CURVE = Curve()


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What a run has shown so far.

    `losses` is E of the iterations from 0 on. `training` and `validation` are (n, 3): the iteration at whose
    start is measured, E per example, and the share that is classified right (NaN where nothing is).
    """

    losses: Numbers = field(default_factory=lambda: EMPTY)
    training: Numbers = field(default_factory=lambda: EMPTY.reshape(0, 3))
    validation: Numbers = field(default_factory=lambda: EMPTY.reshape(0, 3))
    per_epoch: int = 1

    @property
    def has_measures(self) -> bool:
        return len(self.validation) > 0

    def is_like(self, other: Run) -> bool:
        """Whether all numbers are the same."""
        pairs = (
            (self.losses, other.losses),
            (self.training, other.training),
            (self.validation, other.validation),
        )
        return all(np.array_equal(one, two, equal_nan=True) for one, two in pairs)

    @property
    def best(self) -> int | None:
        """The row of the lowest error on the validation set, the last of equal ones."""
        errors = self.validation[:, 1]
        known = errors[np.isfinite(errors)]
        return int(np.flatnonzero(errors == known.min())[-1]) if len(known) else None


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The curves of one run: E or the training error, that on the validation set, and E behind its mean."""

    main: Curve = NO_CURVE
    validation: Curve = NO_CURVE
    raw: Curve = NO_CURVE

    def __iter__(self) -> Iterator[Curve]:
        return iter((self.main, self.validation, self.raw))

    @property
    def newest(self) -> Curve:
        """The curve whose last point is where the class is."""
        return self.raw if len(self.raw) else self.main

    def after(self, x: float) -> Lines:
        return Lines(self.main.after(x), self.validation.after(x))


@dataclass(frozen=True, slots=True, eq=False)
class Pin:
    """A run that is kept to compare others with. `place` is its number among the pins, from 0."""

    name: str
    place: int
    run: Run


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """All that the plot shows. `tail` is what has been seen of the run after this moment."""

    lines: Lines = Lines()
    tail: Lines = Lines()
    pins: tuple[tuple[int, Lines], ...] = ()
    best: tuple[float, float] | None = None
    choice: Choice = Choice()
    per_unit: int = 1  # iterations in a unit of the axis
    per_stop: int = 1  # iterations between two that a click can go to
    last_iteration: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether any curve is seen right of where the class is."""
        now = self.lines.newest.x[-1] if len(self.lines.newest) else math.inf
        others = (self.tail, *(lines for _, lines in self.pins))
        return any(len(curve) and curve.x[-1] > now for lines in others for curve in lines)

    @property
    def last(self) -> float:
        """Where the last iteration of the run lies on the axis."""
        return self.last_iteration / self.per_unit

    def iteration_at(self, x: float) -> int:
        """The iteration nearest to a place; where epochs are measured, the first of the nearest epoch."""
        stops = round(max(0.0, x) * self.per_unit / self.per_stop)
        return min(stops, self.last_iteration // self.per_stop) * self.per_stop


class MeasureTable:
    """Measures as rows of numbers, (n, 3); of a list that grows only what is new is read."""

    def __init__(self) -> None:
        self._read: Sequence[Measure] = ()
        self._rows = EMPTY.reshape(0, 3)

    def rows(self, measures: Sequence[Measure]) -> Numbers:
        shared = min(len(measures), len(self._read))
        if shared and measures[shared - 1] is not self._read[shared - 1]:
            shared = 0
        if len(measures) > shared or not shared:
            new = [_row(one) for one in measures[shared:]]
            self._rows = np.concatenate([self._rows[:shared], np.reshape(new, (-1, 3))])
            self._read = measures
        return self._rows[: len(measures)]


class RunReader:
    """The run of a moment as arrays, and the longest that has been seen of it.

    `with_measures` says that a validation set is measured once an epoch.
    """

    def __init__(self, per_epoch: int = 1, with_measures: bool = False) -> None:
        self.per_epoch, self.with_measures = per_epoch, with_measures
        self.run = self.seen = Run(per_epoch=per_epoch)
        self._training, self._validation = MeasureTable(), MeasureTable()
        self._edits: tuple[Edit, ...] = ()
        self.run_length = 0

    def read(self, moment: Moment) -> bool:
        """Take over what a moment knows; tells whether it differs from what was known before.

        A measure counts once E of its iteration is computed.
        """
        losses = np.asarray(moment.losses[:], dtype=np.float64)
        rows = [self._training.rows(moment.training), self._validation.rows(moment.validation)]
        training, validation = (one[one[:, 0] < len(losses)] for one in rows)
        run = Run(losses, training, validation, self.per_epoch)
        before, self.run_length = self.run_length, moment.run_length
        if run.is_like(self.run) and before == self.run_length and moment.edits == self._edits:
            return False
        self.run = run
        if not self._is_seen(moment):
            self.seen, self._edits = run, moment.edits
        return True

    def _is_seen(self, moment: Moment) -> bool:
        """Whether the run is the beginning of what has been seen, and that can still be gone to."""
        count, seen = len(self.run.losses), self.seen.losses
        if not count < len(seen) <= moment.run_length:
            return False
        is_same = np.array_equal(self.run.losses, seen[:count], equal_nan=True)
        return is_same and moment.edits == self._edits[: len(moment.edits)]


def _row(one: Measure) -> tuple[float, float, float]:
    return one.iteration, one.loss, math.nan if one.accuracy is None else one.accuracy


def lines_of(run: Run, choice: Choice, with_measures: bool) -> Lines:
    """The curves of a run: its measures, or where there are none E of every iteration."""
    across = run.per_epoch if choice.by_epoch else 1
    if with_measures:
        return Lines(*(_measured(rows, choice, across) for rows in (run.training, run.validation)))
    x = np.arange(len(run.losses)) / across
    if choice.with_mean and 1 < run.per_epoch <= len(run.losses):
        mean = Curve(x[run.per_epoch - 1 :], mean_of_last(run.losses, run.per_epoch))
        return Lines(mean, raw=Curve(x, run.losses))
    return Lines(Curve(x, run.losses))


def _measured(rows: Numbers, choice: Choice, across: int) -> Curve:
    return Curve(rows[:, 0] / across, 100 * rows[:, 2] if choice.is_correct else rows[:, 1])


def drawing_of(reader: RunReader, choice: Choice, pins: Sequence[Pin]) -> Drawing:
    """What is drawn of a run beside its pins."""
    run = reader.run
    with_measures = reader.with_measures
    across = run.per_epoch if choice.by_epoch else 1
    lines = lines_of(run, choice, with_measures)
    tail = Lines()
    if reader.seen is not run and len(lines.newest):
        tail = lines_of(reader.seen, choice, with_measures).after(lines.newest.x[-1])
    return Drawing(
        lines,
        tail,
        tuple((pin.place, lines_of(pin.run, choice, with_measures)) for pin in pins),
        _best_point(run, lines) if len(run.validation) > 1 and not choice.is_correct else None,
        choice,
        across,
        run.per_epoch if with_measures else 1,
        max(reader.run_length, len(run.losses), 1) - 1,
    )


def _best_point(run: Run, lines: Lines) -> tuple[float, float] | None:
    best = run.best
    return None if best is None else (float(lines.validation.x[best]), float(lines.validation.y[best]))


def mean_of_last(numbers: Numbers, count: int) -> Numbers:
    """The mean of each number and the `count` − 1 before it, for every number that has so many.

    Sums are taken inside blocks of `count` numbers, from both ends: nothing is subtracted, so that a small
    mean after large numbers keeps its digits.
    """
    blocks = -(-len(numbers) // count)
    padded = np.zeros((blocks + 1, count))
    padded[1:].ravel()[: len(numbers)] = numbers
    with np.errstate(all="ignore"):
        from_left = padded.cumsum(axis=1)[1:]
        from_right = padded[:, ::-1].cumsum(axis=1)[:-1, ::-1]
        before = np.hstack([from_right[:, 1:], np.zeros((blocks, 1))])
        means = (from_left + before) / count
    result: Numbers = means.ravel()[count - 1 : len(numbers)]
    return result


def percent(share: float, count: int) -> str:
    """A share of so many examples: “95 %”. It is 100 % only where all of them are meant."""
    if not math.isfinite(share):
        return "–"
    places = 0 if count <= 100 else 1
    rounded = round(100 * share, places)
    if share < 1:
        rounded = min(rounded, 100 - 10.0**-places)
    return f"{rounded:.{places}f} %"
