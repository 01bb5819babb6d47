"""What the network says of sets of examples, and which of it is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.measures import Examples, Task, decided, is_right
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Array
from nnviz.engine.timeline import Settings
from nnviz.ui.layout.names import subscripted

SetName = Literal["training", "validation", "test"]
Places = NDArray[np.int64]
UNDECIDED = "?"


@dataclass(frozen=True, eq=False)
class ExampleSet:
    """Examples and what they are for; only those that are trained on can be in focus."""

    name: SetName
    inputs: Array
    targets: Array | None

    @property
    def is_training(self) -> bool:
        return self.name == "training"

    def example(self, moment: Moment, row: int) -> str:
        """The name of one of them."""
        return subscripted(moment.textbook.example(row)) if self.is_training else f"{self.name} {row + 1}"


def sets_of(settings: Settings, validation: Examples | None, test: Examples | None) -> tuple[ExampleSet, ...]:
    """All sets that a lesson has, what is trained on first."""
    sets = [ExampleSet("training", settings.inputs, settings.targets)]
    if validation is not None and len(validation.inputs):
        sets.append(ExampleSet("validation", validation.inputs, validation.targets))
    if test is not None and len(test.inputs):
        sets.append(ExampleSet("test", test.inputs, test.targets))
    return tuple(sets)


def class_names(task: Task, given: Sequence[str], outputs: int) -> tuple[str, ...]:
    """The classes in the order in which `decided` counts them."""
    count = outputs if task == "classes" else 2
    if len(given) == count:
        return tuple(given)
    if task == "classes":
        return tuple(str(i + 1) for i in range(count))
    return ("0", "1") if task == "binary" else ("−1", "+1")


def classes_said(outputs: Array, task: Task) -> Places:
    """The class that every row of outputs speaks for, −1 where it is undecided or not a number."""
    finite = np.asarray(np.isfinite(outputs).all(axis=1))
    said = decided(np.where(finite[:, None], outputs, 0.0), task)
    if task != "classes":
        finite &= outputs[:, 0] != threshold(task)
    return np.where(finite, said, -1)


def threshold(task: Task | None) -> float:
    """Where a single output changes its mind."""
    return 0.0 if task == "signs" else 0.5


def wrong(outputs: Array, targets: Array, task: Task | None) -> NDArray[np.bool_]:
    """Which examples are classified wrong; none where nothing is classified."""
    if task is None:
        return np.zeros(len(outputs), dtype=bool)
    return ~is_right(outputs, targets, task)


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often which class (row) is taken for which (column).

    There is a last column “?” where an example is undecided. `true` and `said` are the classes of the
    examples one by one.
    """

    names: tuple[str, ...]
    columns: tuple[str, ...]
    counts: NDArray[np.int64]
    true: Places
    said: Places

    @property
    def right(self) -> int:
        return int(np.trace(self.counts))

    @property
    def accuracy(self) -> float:
        return self.right / len(self.true) if len(self.true) else 0.0

    def examples(self, row: int, column: int) -> tuple[int, ...]:
        """The rows of the data that a cell counts."""
        said = column if column < len(self.names) else -1
        return tuple(int(i) for i in np.flatnonzero((self.true == row) & (self.said == said)))


def confusion(outputs: Array, targets: Array, task: Task, names: tuple[str, ...]) -> Confusion:
    """The table of all examples of a set; outputs and targets are (examples, outputs)."""
    true, said = decided(targets, task), classes_said(outputs, task)
    columns = (*names, UNDECIDED) if (said < 0).any() else names
    counts = np.zeros((len(names), len(columns)), dtype=np.int64)
    np.add.at(counts, (true, np.where(said < 0, len(names), said)), 1)
    return Confusion(names, columns, counts, true, said)


def said_of(outputs: Array, targets: Array | None, task: Task | None, gain: float) -> str:
    """How good a set of answers is: the share that is right, or the usual error on the original scale."""
    if targets is None or not len(targets):
        return ""
    if task is None:
        return f"RMSE {show(abs(gain) * float(np.sqrt(np.mean((outputs - targets) ** 2))), 3)}"
    return in_words(float(np.mean(~wrong(outputs, targets, task))))


def in_words(share: float) -> str:
    """An accuracy as it is read: never 100 % where something is wrong."""
    percent = 100 * share
    text = f"{percent:.1f}"
    if text == "100.0" and share < 1:
        text = "99.9"
    return f"{text.removesuffix('.0')} %"
